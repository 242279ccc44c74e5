import { nodeId } from '../representations/node-id.ts'
import type { PullIssue } from '../representations/pull.ts'
import { reviewCommentHtml, reviewCommentsOf, reviewHtml } from '../representations/review.ts'
import type { MergeMethod, ReviewCommentRecord, ReviewRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { connection, type Window } from './connection.ts'
import { actorNode, commitNode } from './nodes.ts'

interface ReviewFilter extends Window {
  author?: string | null
  states?: readonly string[] | null
}

/** The fields of a pull request that reviews fill. */
export const reviewFields = (world: World, issue: PullIssue) => ({
  reviews: ({ author, states, ...window }: ReviewFilter) => {
    const found = world.store.doc.reviews
      .filter((review) => review.issue === issue.number)
      .filter((review) => !author || review.author === author)
      .filter((review) => !states || states.includes(review.state))
    return connection(
      found.map((review) => reviewNode(world, review)),
      window,
    )
  },
  reviewThreads: (window: Window) =>
    connection(
      reviewCommentsOf(world, issue.number)
        .filter(({ replyTo }) => replyTo === null)
        .map((first) => threadNodeOf(world, issue, first)),
      window,
    ),
  autoMergeRequest: () => autoMergeNode(world, issue),
})

const METHODS = { merge: 'MERGE', squash: 'SQUASH', rebase: 'REBASE' } as const satisfies Record<MergeMethod, string>

function autoMergeNode(world: World, { pull }: PullIssue) {
  if (!pull.autoMerge) return null
  const { at, by, method } = pull.autoMerge
  return { enabledAt: at, enabledBy: () => actorNode(world, by), mergeMethod: METHODS[method] }
}

export const reviewNode = (world: World, review: ReviewRecord) => ({
  __typename: 'PullRequestReview',
  id: nodeId('PRR', review.id),
  databaseId: review.id,
  author: () => actorNode(world, review.author),
  body: review.body,
  state: review.state,
  submittedAt: review.submittedAt,
  commit: () => commitNode(world, review.commit),
  url: reviewHtml(world, review),
  isMinimized: false,
  minimizedReason: null,
  comments: (window: Window) =>
    connection(
      reviewCommentsOf(world, review.issue)
        .filter((comment) => comment.review === review.id)
        .map((comment) => reviewCommentNode(world, comment)),
      window,
    ),
})

export const threadNodeOf = (world: World, issue: PullIssue, first: ReviewCommentRecord) => ({
  __typename: 'PullRequestReviewThread',
  id: nodeId('PRRT', first.id),
  isResolved: first.resolvedBy !== null,
  resolvedBy: () => (first.resolvedBy === null ? null : actorNode(world, first.resolvedBy)),
  path: first.path,
  // What has changed since has no line in the newest diff.
  line: first.commit === issue.pull.headSha ? first.line : null,
  startLine: first.commit === issue.pull.headSha ? first.startLine : null,
  originalLine: first.line,
  originalStartLine: first.startLine,
  diffSide: first.side,
  comments: (window: Window) =>
    connection(
      reviewCommentsOf(world, issue.number)
        .filter((comment) => (comment.replyTo ?? comment.id) === first.id)
        .map((comment) => reviewCommentNode(world, comment)),
      window,
    ),
})

export const reviewCommentNode = (world: World, comment: ReviewCommentRecord) => ({
  __typename: 'PullRequestReviewComment',
  id: nodeId('PRRC', comment.id),
  databaseId: comment.id,
  author: () => actorNode(world, comment.author),
  body: comment.body,
  path: comment.path,
  line: comment.line,
  originalLine: comment.line,
  originalCommit: () => commitNode(world, comment.commit),
  createdAt: comment.createdAt,
  url: reviewCommentHtml(world, comment),
  isMinimized: false,
  minimizedReason: null,
  pullRequestReview: () => {
    const review = world.store.doc.reviews.find(({ id }) => id === comment.review)
    return review === undefined ? null : reviewNode(world, review)
  },
})
