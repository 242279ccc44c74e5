import { type Actor, loginOf } from '../access/actor.ts'
import { needSignedIn, needWrite } from '../access/permission.ts'
import { fileChangesBetween } from '../git/changes.ts'
import { invalid, Refusal } from '../refusal.ts'
import { type PullIssue, pullShape } from '../representations/pull.ts'
import { reviewCommentShape, reviewShape } from '../representations/review.ts'
import type { ReviewCommentRecord, ReviewRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { mergeWhenReady } from './auto-merge.ts'
import { needUnlocked } from './comments.ts'
import { payload } from './payload.ts'
import { needActionsAllowed } from './pulls.ts'

const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const

export interface NewReview {
  body: string
  event: keyof typeof STATES
  commit: string | undefined
  comments: readonly NewReviewComment[]
}

export interface NewReviewComment {
  path: string
  body: string
  line: number
  startLine: number | null
  side: 'LEFT' | 'RIGHT'
}

/** A review with its comments on lines. The event tells of it once, however many comments it has. */
export async function createReview(world: World, actor: Actor, issue: PullIssue, wanted: NewReview) {
  needSignedIn(actor, 'pull-requests')
  if (wanted.event === 'APPROVE') needActionsAllowed(world, actor)
  if (wanted.event !== 'COMMENT' && issue.author === loginOf(actor)) {
    const did = wanted.event === 'APPROVE' ? 'approve' : 'request changes on'
    throw new Refusal(422, 'Unprocessable Entity', [`Can not ${did} your own pull request`])
  }
  if (wanted.event !== 'APPROVE' && wanted.body === '' && wanted.comments.length === 0)
    throw invalid({ resource: 'PullRequestReview', code: 'missing_field', field: 'body' })
  const hunks = await hunksOf(world, issue, wanted)
  const { pull } = issue
  pull.requestedReviewers = pull.requestedReviewers?.filter((login) => login !== loginOf(actor)) ?? []
  const review = addReview(world, actor, issue, wanted)
  for (const comment of wanted.comments)
    addComment(world, actor, review, { ...comment, replyTo: null, hunk: hunks.get(comment.path) ?? '' })
  await emitReview(world, actor, issue, review)
  await mergeWhenReady(world, actor, issue)
  return review
}

async function hunksOf(world: World, { pull }: PullIssue, { comments }: NewReview): Promise<Map<string, string>> {
  if (comments.length === 0) return new Map()
  const from = (await world.git.mergeBase(pull.baseSha, pull.headSha)) ?? pull.baseSha
  const changes = await fileChangesBetween(world.git, from, pull.headSha)
  const hunks = new Map(changes.map(({ path, patch }) => [path, patch]))
  if (!comments.every(({ path }) => hunks.has(path)))
    throw new Refusal(422, 'Unprocessable Entity', ['Path could not be resolved'])
  return hunks
}

function addReview(world: World, actor: Actor, issue: PullIssue, wanted: Omit<NewReview, 'comments'>): ReviewRecord {
  const review: ReviewRecord = {
    id: world.store.nextId(),
    issue: issue.number,
    author: loginOf(actor),
    body: wanted.body,
    state: STATES[wanted.event],
    commit: wanted.commit ?? issue.pull.headSha,
    submittedAt: world.now(),
  }
  world.store.doc.reviews.push(review)
  world.store.changed()
  return review
}

type Placed = NewReviewComment & Pick<ReviewCommentRecord, 'replyTo' | 'hunk'>

function addComment(world: World, actor: Actor, review: ReviewRecord, placed: Placed): ReviewCommentRecord {
  const comment: ReviewCommentRecord = {
    ...placed,
    id: world.store.nextId(),
    issue: review.issue,
    review: review.id,
    author: loginOf(actor),
    commit: review.commit,
    createdAt: world.now(),
    resolvedBy: null,
  }
  world.store.doc.reviewComments = [...(world.store.doc.reviewComments ?? []), comment]
  world.store.changed()
  return comment
}

/** A reply is a review of its own, without a body, as on GitHub. */
export async function replyToReview(
  world: World,
  actor: Actor,
  issue: PullIssue,
  first: ReviewCommentRecord,
  body: string,
): Promise<ReviewCommentRecord> {
  needSignedIn(actor, 'pull-requests')
  needUnlocked(actor, issue)
  if (body.trim() === '') throw invalid({ resource: 'PullRequestReviewComment', code: 'missing_field', field: 'body' })
  const review = addReview(world, actor, issue, { body: '', event: 'COMMENT', commit: undefined })
  const { path, line, startLine, side, hunk } = first
  const placed = { path, line, startLine, side, hunk, body, replyTo: first.id }
  const comment = addComment(world, actor, review, placed)
  await emitReview(world, actor, issue, review)
  const own = { action: 'created', comment: reviewCommentShape(world, comment), pull_request: pullShape(world, issue) }
  await world.emit({ name: 'pull_request_review_comment', payload: payload(world, actor, own) }, actor)
  return comment
}

/** The author of the pull request may, and people with write access; a job needs to push and to write pull requests. */
export function resolveThread(world: World, actor: Actor, issue: PullIssue, first: ReviewCommentRecord): void {
  if (actor.kind === 'job') {
    needWrite(actor, ['pull-requests'])
    needWrite(actor, ['contents'])
  } else if (issue.author !== loginOf(actor)) needWrite(actor, ['pull-requests'])
  first.resolvedBy ??= loginOf(actor)
  world.store.changed()
}

function emitReview(world: World, actor: Actor, issue: PullIssue, review: ReviewRecord) {
  // Events have the state in lower case, and null if there is no body.
  const shown = { ...reviewShape(world, review), state: review.state.toLowerCase(), body: review.body || null }
  const own = { action: 'submitted', review: shown, pull_request: pullShape(world, issue) }
  return world.emit({ name: 'pull_request_review', payload: payload(world, actor, own) }, actor)
}
