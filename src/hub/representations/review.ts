import { associationOf } from '../access/people.ts'
import type { ReviewCommentRecord, ReviewRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { reactionCounts } from './issue.ts'
import { nodeId } from './node-id.ts'
import { userShape } from './user.ts'

export const reviewCommentsOf = (world: World, issue: number): ReviewCommentRecord[] =>
  (world.store.doc.reviewComments ?? []).filter((comment) => comment.issue === issue)

const pullLinks = (world: World, issue: number, html: string) => {
  const pull = `${world.urls.repo}/pulls/${issue}`
  return { html_url: html, pull_request_url: pull, _links: { html: { href: html }, pull_request: { href: pull } } }
}

export const reviewHtml = (world: World, { issue, id }: Pick<ReviewRecord, 'issue' | 'id'>): string =>
  `${world.urls.html}/pull/${issue}#pullrequestreview-${id}`

export const reviewShape = (world: World, review: ReviewRecord) => ({
  ...pullLinks(world, review.issue, reviewHtml(world, review)),
  id: review.id,
  node_id: nodeId('PRR', review.id),
  user: userShape(world, review.author),
  body: review.body,
  state: review.state,
  submitted_at: review.submittedAt,
  commit_id: review.commit,
  author_association: associationOf(review.author),
})

export const reviewCommentHtml = (world: World, { issue, id }: Pick<ReviewCommentRecord, 'issue' | 'id'>): string =>
  `${world.urls.html}/pull/${issue}#discussion_r${id}`

/** A comment on a line, as lists and events show it. */
export function reviewCommentShape(world: World, comment: ReviewCommentRecord) {
  const url = `${world.urls.repo}/pulls/comments/${comment.id}`
  const { _links, ...links } = pullLinks(world, comment.issue, reviewCommentHtml(world, comment))
  return {
    ...links,
    _links: { self: { href: url }, ..._links },
    url,
    id: comment.id,
    node_id: nodeId('PRRC', comment.id),
    pull_request_review_id: comment.review,
    diff_hunk: comment.hunk,
    path: comment.path,
    position: comment.line,
    original_position: comment.line,
    commit_id: comment.commit,
    original_commit_id: comment.commit,
    user: userShape(world, comment.author),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
    author_association: associationOf(comment.author),
    line: comment.line,
    original_line: comment.line,
    start_line: comment.startLine,
    original_start_line: comment.startLine,
    side: comment.side,
    start_side: comment.startLine === null ? null : comment.side,
    subject_type: 'line',
    reactions: reactionCounts(world, 'comment', comment.id, `${url}/reactions`),
    ...(comment.replyTo === null ? {} : { in_reply_to_id: comment.replyTo }),
  }
}
