import { z } from 'zod'
import type { LineComment, PullReview } from '../../core/command/decide-pull-review.ts'
import { shaSchema } from '../../core/ids.ts'
import type { SeenPull } from '../../ports/forge.ts'
import type { RepositoryClient } from './client.ts'

/** Ids of reviews and their comments exceed GraphQL's Int, so they are read from the address. */
const idIn = (url: string): number => Number(/(\d+)$/.exec(url)?.[1])

const VERDICTS = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes_requested',
  COMMENTED: 'commented',
} as const satisfies Record<string, PullReview['verdict']>

const reviewSchema = z.object({
  url: z.string().transform(idIn).pipe(z.int()),
  body: z.string(),
  state: z.enum(['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED']),
  submittedAt: z.string(),
  commit: z.object({ oid: shaSchema }),
  author: z.object({ login: z.string(), __typename: z.string() }),
})
const pullSchema = z.object({
  number: z.int(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  headRefOid: shaSchema,
  reviews: z.object({ nodes: z.array(z.unknown()) }).nullable(),
})
const repositorySchema = z.object({ repository: z.record(z.string(), z.unknown()) })

const NEWEST = 30
const REVIEWS = `number state headRefOid reviews(last: ${NEWEST}, states: [APPROVED, CHANGES_REQUESTED, COMMENTED]) {
  nodes { url body state submittedAt commit { oid } author { login __typename } } }`

/** Several pull requests with their newest reviews, by one request. An author that is gone has none. */
export async function lookAtPulls(
  { client, owner, repo }: RepositoryClient,
  pulls: readonly number[],
): Promise<SeenPull[]> {
  if (pulls.length === 0) return []
  const fields = pulls.map((number) => `p${number}: pullRequest(number: ${Math.trunc(number)}) { ${REVIEWS} }`)
  const text = `query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ${fields.join(' ')} } }`
  const { data } = await client.graph('query', text, { owner, name: repo })
  const found = repositorySchema.safeParse(data)
  if (!found.success) return []
  return Object.values(found.data.repository).flatMap((shown) => {
    const parsed = pullSchema.safeParse(shown)
    if (!parsed.success) return []
    const { number, state, headRefOid: head, reviews } = parsed.data
    const seen = { number, head, state: state === 'OPEN' ? 'open' : 'closed', merged: state === 'MERGED' } as const
    return [{ ...seen, reviews: (reviews?.nodes ?? []).flatMap((node) => readReview(number, node)) }]
  })
}

function readReview(pull: number, node: unknown) {
  const parsed = reviewSchema.safeParse(node)
  if (!parsed.success) return []
  const { url: id, body, state, submittedAt, commit, author } = parsed.data
  const by = { login: author.login, type: author.__typename }
  return [{ id, pull, body, verdict: VERDICTS[state], submittedAt, commit: commit.oid, author: by }]
}

const THREADS = `query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { reviewThreads(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id path line originalLine diffSide
      comments(first: 100) { nodes { url body originalCommit { oid } pullRequestReview { url } } } } } } } }`

const threadSchema = z.object({
  id: z.string(),
  path: z.string(),
  line: z.int().nullable(),
  originalLine: z.int().nullable(),
  diffSide: z.enum(['LEFT', 'RIGHT']),
  comments: z.object({
    nodes: z.array(
      z.object({
        url: z.string(),
        body: z.string(),
        originalCommit: z.object({ oid: shaSchema }).nullable(),
        pullRequestReview: z.object({ url: z.string() }).nullable(),
      }),
    ),
  }),
})
const threadsSchema = z.object({
  repository: z.object({
    pullRequest: z.object({
      reviewThreads: z.object({
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
        nodes: z.array(threadSchema),
      }),
    }),
  }),
})

/** The comments of a review, with the threads that they stand in: only GraphQL knows these. */
export async function lineComments(
  { client, owner, repo }: RepositoryClient,
  { pull, id }: Pick<PullReview, 'pull' | 'id'>,
): Promise<LineComment[]> {
  const found: LineComment[] = []
  for (let after: string | null = null, more = true; more; ) {
    const { data } = await client.graph('query', THREADS, { owner, name: repo, number: pull, after })
    const { nodes, pageInfo } = threadsSchema.parse(data).repository.pullRequest.reviewThreads
    found.push(...nodes.flatMap((thread) => commentsOf(thread, id)))
    after = pageInfo.endCursor
    more = pageInfo.hasNextPage
  }
  return found
}

function commentsOf(thread: z.infer<typeof threadSchema>, review: number): LineComment[] {
  const { id, path, line, originalLine, diffSide, comments } = thread
  const [start] = comments.nodes
  const on = start?.originalCommit ?? null
  const made =
    on === null || originalLine === null || diffSide === 'LEFT' ? null : { commit: on.oid, line: originalLine }
  const place = { first: idIn(start?.url ?? ''), thread: id, path, line: line ?? originalLine, made }
  return comments.nodes
    .filter(({ pullRequestReview }) => idIn(pullRequestReview?.url ?? '') === review)
    .map(({ url, body }) => ({ id: idIn(url), ...place, body }))
}
