import { z } from 'zod'
import type { RepositoryClient } from './client.ts'

/** GraphQL node ids of the repository and of threads. */
export interface Nodes {
  repository: string
  /** The repository's page. */
  url?: string | undefined
  /** Null if there is no such issue or pull request. */
  thread(number: number): string | null
}

export type NodesFor = (threads: readonly number[]) => Promise<Nodes>

/** Requests missing ids when they are needed, in one request, and caches them, since they never change. */
export function openNodes(repository: RepositoryClient): NodesFor {
  let repositoryId: string | undefined
  let url: string | undefined
  const known = new Map<number, string>()
  return async (threads) => {
    const missing = [...new Set(threads)].filter((number) => !known.has(number))
    if (repositoryId === undefined || missing.length > 0) {
      const found = await ask(repository, missing)
      repositoryId = found.repository
      url = found.url
      for (const [number, node] of found.threads) known.set(number, node)
    }
    return { repository: repositoryId, url, thread: (number) => known.get(number) ?? null }
  }
}

const nodeSchema = z.object({ id: z.string() })
const answerSchema = z.object({
  repository: nodeSchema.extend({ url: z.string().optional() }).catchall(nodeSchema.nullish().or(z.string())),
})

async function ask({ client, owner, repo }: RepositoryClient, threads: readonly number[]) {
  const variables = Object.fromEntries(threads.map((number) => [`n${number}`, number]))
  const { data, errors } = await client.graph('query', question(threads), { owner, name: repo, ...variables })
  const parsed = answerSchema.safeParse(data)
  if (!parsed.success) throw new Error(`GitHub does not show ${owner}/${repo}: ${errors[0]?.message ?? 'no answer'}`)
  const found = threads.flatMap((number): [number, string][] => {
    const node = nodeSchema.safeParse(parsed.data.repository[`t${number}`])
    return node.success ? [[number, node.data.id]] : []
  })
  const { id, url } = parsed.data.repository
  return { repository: id, url, threads: found }
}

function question(threads: readonly number[]): string {
  const declared = threads.map((number) => `, $n${number}: Int!`).join('')
  const asked = threads.map(
    (number) => `t${number}: issueOrPullRequest(number: $n${number}) { ... on Issue { id } ... on PullRequest { id } }`,
  )
  return `query($owner: String!, $name: String!${declared}) { repository(owner: $owner, name: $name) { id url ${asked.join(' ')} } }`
}
