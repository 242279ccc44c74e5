import { z } from 'zod'
import type { GraphAnswer, RepositoryClient } from './client.ts'

/** GraphQL node ids of the repository and of threads. */
export interface Nodes {
  repository: string
  /** The repository's page. */
  url?: string | undefined
  /** Null if there is no such issue or pull request. */
  thread(number: number): string | null
}

/** What GitHub calls things: asked for when it is first needed, all by one request. */
export interface Names {
  /** The login that our token writes under. */
  self(): Promise<string>
  /** `again`: it is not what it was. */
  defaultBranch(again?: 'again'): Promise<string>
  nodes(threads: readonly number[]): Promise<Nodes>
  /** Node ids that are known from elsewhere. */
  note(thread: number, node: string): void
}

interface Known {
  /** The login, if it need not be asked for. */
  self?: string | undefined
  /** Threads that will be needed. */
  threads?: readonly number[] | undefined
}

export function openNames(repository: RepositoryClient, { self: login, threads: expected = [] }: Known = {}): Names {
  let self = login
  let found: z.infer<typeof repositorySchema> | undefined
  const nodes = new Map<number, string>()
  const look = async (threads: readonly number[]) => {
    const missing = [...new Set([...(found === undefined ? expected : []), ...threads])].filter((it) => !nodes.has(it))
    const answer = await ask(repository, missing, self === undefined)
    self ??= answer.self
    found = answer.repository
    for (const number of missing) {
      const node = nodeSchema.safeParse(found[`t${number}`])
      if (node.success) nodes.set(number, node.data.id)
    }
    return found
  }
  return {
    self: async () => {
      if (self === undefined) await look([])
      if (self === undefined) throw new Error('GitHub does not tell whose token this is')
      return self
    },
    defaultBranch: async (again) => {
      const { defaultBranchRef } = found === undefined || again !== undefined ? await look([]) : found
      if (defaultBranchRef == null) throw new Error('the repository has no default branch')
      return defaultBranchRef.name
    },
    nodes: async (threads) => {
      const isKnown = found !== undefined && threads.every((number) => nodes.has(number))
      const { id, url } = isKnown && found !== undefined ? found : await look(threads)
      return { repository: id, url, thread: (number) => nodes.get(number) ?? null }
    },
    note: (thread, node) => void nodes.set(thread, node),
  }
}

const nodeSchema = z.object({ id: z.string() })
const repositorySchema = z
  .object({ id: z.string(), url: z.string().optional(), defaultBranchRef: z.object({ name: z.string() }).nullish() })
  .catchall(z.unknown())
const answerSchema = z.object({
  viewer: z.object({ login: z.string() }).optional(),
  repository: repositorySchema,
})

/** A token that may not ask who it is gets no answer at all to that: then the rest is asked for alone. */
async function ask(repository: RepositoryClient, threads: readonly number[], who: boolean) {
  const { client, owner, repo } = repository
  const variables = Object.fromEntries(threads.map((number) => [`n${number}`, number]))
  const send = (text: string): Promise<GraphAnswer> => client.graph('query', text, { owner, name: repo, ...variables })
  const { data, errors } = await send(question(threads, who))
  const parsed = answerSchema.safeParse(data)
  if (parsed.success) return { self: parsed.data.viewer?.login, repository: parsed.data.repository }
  if (who) return ask(repository, threads, false)
  throw new Error(`GitHub does not show ${owner}/${repo}: ${errors[0]?.message ?? 'no answer'}`)
}

function question(threads: readonly number[], who: boolean): string {
  const declared = threads.map((number) => `, $n${number}: Int!`).join('')
  const asked = threads.map(
    (number) => `t${number}: issueOrPullRequest(number: $n${number}) { ... on Issue { id } ... on PullRequest { id } }`,
  )
  const fields = ['id url defaultBranchRef { name }', ...asked].join(' ')
  const viewer = who ? 'viewer { login } ' : ''
  return `query($owner: String!, $name: String!${declared}) { ${viewer}repository(owner: $owner, name: $name) { ${fields} } }`
}
