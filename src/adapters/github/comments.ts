import { z } from 'zod'
import type { Located, Said, ThreadComment } from '../../ports/forge.ts'
import { LIMITS } from '../../render/markdown/fit.ts'
import { ownerAndRepo, type RepositoryClient } from './client.ts'
import { httpStatusOf, refusalOf, UnknownOutcome } from './http-error.ts'

/** A comment's author, in REST's shape. */
const authorSchema = z.object({ login: z.string(), type: z.string() }).nullable()
type Author = z.infer<typeof authorSchema>

/** GraphQL sometimes omits the `[bot]` of an App's login, REST never does. A person's login cannot have the suffix. */
const isSelf = (self: string, author: Author): boolean =>
  author !== null && (author.login === self || (author.type === 'Bot' && author.login === `${self}[bot]`))

const commentSchema = z.object({ id: z.int(), node_id: z.string(), body: z.string().nullish(), user: authorSchema })
export type StoredComment = z.infer<typeof commentSchema>

/** Every comment of an issue or pull request, oldest first. */
export const commentsOn = async (repository: RepositoryClient, thread: number): Promise<StoredComment[]> =>
  z.array(commentSchema).parse(await pagesOfComments(repository, thread))

/** Our own comment with this first line. Anyone can type that line, so the author must match too. */
export function ownComment(comments: readonly StoredComment[], self: string, marker: string): Located | null {
  const found = comments.find(({ body, user }) => firstLine(body ?? '') === marker && isSelf(self, user))
  return found === undefined ? null : { number: found.id, node: found.node_id }
}

const firstLine = (body: string): string => body.split(/\r?\n/, 1)[0]?.trimEnd() ?? ''

export const withMarker = (marker: string, body: string): string =>
  firstLine(body) === marker ? body : `${marker}\n${body}`

/** The current text of a comment. */
export async function commentText(repository: RepositoryClient, comment: number): Promise<string> {
  const parameters = { ...ownerAndRepo(repository), comment_id: comment }
  const { data } = await repository.client.octokit.request(
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

/** The comments of a thread, by anyone; none of one that is gone. The author of a deleted account is `ghost`, as on GitHub. */
export async function allComments(repository: RepositoryClient, thread: number): Promise<ThreadComment[]> {
  const found = await pagesOfComments(repository, thread).catch((error: unknown) => {
    if ([404, 410].includes(httpStatusOf(error) ?? 0)) return []
    throw error
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

const pagesOfComments = (repository: RepositoryClient, thread: number): Promise<unknown[]> =>
  repository.client.octokit.paginate('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
    ...ownerAndRepo(repository),
    issue_number: thread,
    per_page: 100,
  })

const NEWEST = `query($owner: String!, $name: String!, $number: Int!) { repository(owner: $owner, name: $name) { issueOrPullRequest(number: $number) {
  ... on Issue { comments(last: 50) { nodes { body createdAt author { __typename } } } }
  ... on PullRequest { comments(last: 50) { nodes { body createdAt author { __typename } } } } } } }`
const newestSchema = z.object({
  repository: z.object({
    issueOrPullRequest: z.object({
      comments: z.object({
        nodes: z.array(
          z.object({
            body: z.string(),
            createdAt: z.string(),
            author: z.object({ __typename: z.string() }).nullable(),
          }),
        ),
      }),
    }),
  }),
})

/** By GraphQL, since requests to REST are what runs work with. */
export async function botComments({ client, owner, repo }: RepositoryClient, thread: number, since: Date) {
  const { data } = await client.graph('query', NEWEST, { owner, name: repo, number: thread })
  const found = newestSchema.safeParse(data)
  if (!found.success) return []
  return found.data.repository.issueOrPullRequest.comments.nodes
    .filter(({ author, createdAt }) => author?.__typename === 'Bot' && Date.parse(createdAt) >= since.getTime())
    .map(({ body }) => body)
}

const TRIES = 3

interface Answer {
  thread: number
  key: string
  body: string
  /** Certainly the first try, so no earlier reply is looked for. */
  fresh: boolean
}

/** Replies once per key: looks for the reply of an earlier try before it writes. */
export function reply(repository: RepositoryClient, self: () => Promise<string>, answer: Answer): Promise<void> {
  const { thread } = answer
  const comments = () => commentsOn(repository, thread)
  return writeOnce(repository, self, answer, { comments, write: (text) => write(repository, thread, text) })
}

/** The same in a thread on a line: `thread` is the pull request, `first` the comment that it begins with. */
export function replyInThread(
  repository: RepositoryClient,
  self: () => Promise<string>,
  { thread: pull_number, first, ...answer }: Omit<Answer, 'fresh'> & { first: number },
): Promise<void> {
  const { octokit } = repository.client
  const at = { ...ownerAndRepo(repository), pull_number }
  const comments = async () =>
    z
      .array(commentSchema)
      .parse(await octokit.paginate('GET /repos/{owner}/{repo}/pulls/{pull_number}/comments', { ...at, per_page: 100 }))
  const route = 'POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies'
  const write = async (body: string) => void (await octokit.request(route, { ...at, comment_id: first, body }))
  return writeOnce(repository, self, { ...answer, fresh: false }, { comments, write })
}

interface Place {
  comments(): Promise<StoredComment[]>
  write(text: string): Promise<void>
}

async function writeOnce(
  repository: RepositoryClient,
  self: () => Promise<string>,
  { key, body, fresh }: Omit<Answer, 'thread'>,
  place: Place,
): Promise<void> {
  const marker = replyMarker(key)
  const text = withMarker(marker, body)
  if (text.length > LIMITS.comment) throw new Error(`a reply of ${text.length} characters is too long`)
  const isThere = async () => ownComment(await place.comments(), await self(), marker) !== null
  for (let tries = 1; ; tries += 1) {
    if ((!fresh || tries > 1) && (await isThere())) return
    try {
      await place.write(text)
      return
    } catch (error) {
      if (!(error instanceof UnknownOutcome) || tries === TRIES) throw error
      await repository.client.clock.wait(tries)
    }
  }
}

/** A permanent refusal is an answer, not an error: the caller goes on without the comment. */
export async function said(work: Promise<unknown>): Promise<Said> {
  try {
    await work
    return { ok: true }
  } catch (error) {
    const message = refusalOf(error)
    if (message === null) throw error
    return { ok: false, message }
  }
}

/** A key, such as a comment's id, must not be able to end the HTML comment that holds it. */
function replyMarker(key: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.:@/-]*$/.test(key) || key.includes('--'))
    throw new Error(`not a key for a reply: ${key}`)
  return `<!-- tributary:reply:${key} -->`
}

async function write(repository: RepositoryClient, thread: number, body: string): Promise<void> {
  const parameters = { ...ownerAndRepo(repository), issue_number: thread, body }
  await repository.client.octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', parameters)
}
