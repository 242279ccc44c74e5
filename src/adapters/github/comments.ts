import { z } from 'zod'
import type { Located, ThreadComment } from '../../ports/forge.ts'
import { LIMITS } from '../../render/markdown/fit.ts'
import { type Client, ownerAndRepo, type RepositoryClient } from './client.ts'
import { UnknownOutcome } from './http-error.ts'

/** Who a comment's author is, as REST says it. */
const authorSchema = z.object({ login: z.string(), type: z.string() }).nullable()
type Author = z.infer<typeof authorSchema>

const viewerSchema = z.object({ viewer: z.object({ login: z.string() }) })

/** The login that our token writes under; asked once, and only when somebody must know. */
export function openSelf(client: Client, known?: string): () => Promise<string> {
  let asked: Promise<string> | undefined = known === undefined ? undefined : Promise.resolve(known)
  return () => {
    asked ??= ask(client).catch((error: unknown) => {
      asked = undefined
      throw error
    })
    return asked
  }
}

async function ask(client: Client): Promise<string> {
  const { data, errors } = await client.graph('query', 'query { viewer { login } }', {})
  const parsed = viewerSchema.safeParse(data)
  if (!parsed.success) throw new Error(`GitHub does not tell whose token this is: ${errors[0]?.message ?? 'no answer'}`)
  return parsed.data.viewer.login
}

/** GraphQL leaves the `[bot]` off an App's login at times, REST never does. A person cannot have the suffix. */
const isSelf = (self: string, author: Author): boolean =>
  author !== null && (author.login === self || (author.type === 'Bot' && author.login === `${self}[bot]`))

const commentSchema = z.object({ id: z.int(), node_id: z.string(), body: z.string().nullish(), user: authorSchema })
export type StoredComment = z.infer<typeof commentSchema>

/** Every comment of an issue or pull request, oldest first. */
export async function commentsOn(place: RepositoryClient, thread: number): Promise<StoredComment[]> {
  const found = await place.client.octokit.paginate('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...ownerAndRepo(place),
    issue_number: thread,
    per_page: 100,
  })
  return z.array(commentSchema).parse(found)
}

/** Our own comment with this first line. Anyone can type the line, so the author counts too. */
export function ownComment(comments: readonly StoredComment[], self: string, marker: string): Located | null {
  const found = comments.find(({ body, user }) => firstLine(body ?? '') === marker && isSelf(self, user))
  return found === undefined ? null : { number: found.id, node: found.node_id }
}

const firstLine = (body: string): string => body.split(/\r?\n/, 1)[0]?.trimEnd() ?? ''

export const withMarker = (marker: string, body: string): string =>
  firstLine(body) === marker ? body : `${marker}\n${body}`

/** What a comment says now. */
export async function commentText(place: RepositoryClient, comment: number): Promise<string> {
  const parameters = { ...ownerAndRepo(place), comment_id: comment }
  const { data } = await place.client.octokit.request(
    'GET /repos/{owner}/{repo}/issues/comments/{comment_id}',
    parameters,
  )
  return data.body ?? ''
}

const threadCommentSchema = z.object({
  body: z.string().nullish(),
  created_at: z.string(),
  author_association: z.string().nullish(),
  user: z.object({ login: z.string(), type: z.string() }).nullish(),
})

const BELONG = ['OWNER', 'MEMBER', 'COLLABORATOR']

/** What everybody has written on a thread, over all pages; whoever is gone from GitHub is called `ghost`, as there. */
export async function allComments(place: RepositoryClient, thread: number): Promise<ThreadComment[]> {
  const found = await place.client.octokit.paginate('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...ownerAndRepo(place),
    issue_number: thread,
    per_page: 100,
  })
  return z
    .array(threadCommentSchema)
    .parse(found)
    .map(({ body, created_at: createdAt, user, author_association: association }) => ({
      author: user?.login ?? 'ghost',
      type: user?.type ?? 'User',
      body: body ?? '',
      createdAt,
      belongs: BELONG.includes(association ?? ''),
    }))
}

const TRIES = 3

interface Answer {
  thread: number
  key: string
  body: string
  /** Surely the first try, so nobody looks. */
  fresh: boolean
}

/** Answers once per key: what an earlier try may have written is looked for before anything is written again. */
export async function reply(place: RepositoryClient, self: () => Promise<string>, answer: Answer): Promise<void> {
  const { thread, key, body, fresh } = answer
  const marker = replyMarker(key)
  const text = withMarker(marker, body)
  if (text.length > LIMITS.comment) throw new Error(`a reply of ${text.length} characters is too long`)
  const isThere = async () => ownComment(await commentsOn(place, thread), await self(), marker) !== null
  for (let tries = 1; ; tries += 1) {
    if ((!fresh || tries > 1) && (await isThere())) return
    try {
      await write(place, thread, text)
      return
    } catch (error) {
      if (!(error instanceof UnknownOutcome) || tries === TRIES) throw error
      await place.client.clock.wait(tries)
    }
  }
}

/** A key is a comment's id or the like; it must not be able to end the HTML comment that it stands in. */
function replyMarker(key: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.:@/-]*$/.test(key) || key.includes('--'))
    throw new Error(`not a key for a reply: ${key}`)
  return `<!-- tributary:reply:${key} -->`
}

async function write(place: RepositoryClient, thread: number, body: string): Promise<void> {
  const parameters = { ...ownerAndRepo(place), issue_number: thread, body }
  await place.client.octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', parameters)
}
