import { issueHtml } from '../representations/issue.ts'
import { nodeId } from '../representations/node-id.ts'
import { isPull, type PullIssue } from '../representations/pull.ts'
import type { CommentRecord, IssueRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { connection, type Window } from './connection.ts'
import { actorNode, commitNode, refNode } from './nodes.ts'
import { reviewFields } from './review-nodes.ts'

/** Issues, pull requests and their comments as GraphQL nodes. */
const comments = (world: World, issue: IssueRecord) => (window: Window) =>
  connection(
    world.store.doc.comments.filter((comment) => comment.issue === issue.number).map((one) => commentNode(world, one)),
    window,
  )

const thread = (world: World, issue: IssueRecord) => ({
  number: issue.number,
  title: issue.title,
  body: issue.body ?? '',
  closed: issue.state === 'closed',
  closedAt: issue.closedAt,
  url: issueHtml(world, issue),
  author: () => actorNode(world, issue.author),
  createdAt: issue.createdAt,
  updatedAt: issue.updatedAt,
  comments: comments(world, issue),
})

export const threadNode = (world: World, issue: IssueRecord) =>
  isPull(issue) ? pullNode(world, issue) : issueNode(world, issue)

export const issueNode = (world: World, issue: IssueRecord) => ({
  __typename: 'Issue',
  id: nodeId('I', issue.id),
  databaseId: issue.id,
  ...thread(world, issue),
  state: issue.state.toUpperCase(),
})

export const pullNode = (world: World, issue: PullIssue) => ({
  __typename: 'PullRequest',
  id: nodeId('PR', issue.pull.id),
  databaseId: issue.pull.id,
  ...thread(world, issue),
  state: issue.pull.mergedAt === null ? issue.state.toUpperCase() : 'MERGED',
  isDraft: issue.pull.draft,
  merged: issue.pull.mergedAt !== null,
  mergedAt: issue.pull.mergedAt,
  mergedBy: () => (issue.pull.mergedBy === null ? null : actorNode(world, issue.pull.mergedBy)),
  mergeCommit: () => (issue.pull.mergeCommit === null ? null : commitNode(world, issue.pull.mergeCommit)),
  headRefName: issue.pull.head,
  headRefOid: issue.pull.headSha,
  headRef: () => refNode(world, `refs/heads/${issue.pull.head}`),
  baseRefName: issue.pull.base,
  baseRefOid: issue.pull.baseSha,
  baseRef: () => refNode(world, `refs/heads/${issue.pull.base}`),
  ...reviewFields(world, issue),
})

export function commentNode(world: World, comment: CommentRecord) {
  const issue = world.store.doc.issues.find((known) => known.number === comment.issue)
  return {
    __typename: 'IssueComment',
    id: nodeId('IC', comment.id),
    databaseId: comment.id,
    body: comment.body,
    author: () => actorNode(world, comment.author),
    url: `${issue === undefined ? world.urls.html : issueHtml(world, issue)}#issuecomment-${comment.id}`,
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    isMinimized: comment.minimized !== null,
    minimizedReason: comment.minimized?.toLowerCase().replace('_', '-') ?? null,
    issue: () => (issue === undefined ? null : issueNode(world, issue)),
    pullRequest: () => (issue === undefined || !isPull(issue) ? null : pullNode(world, issue)),
  }
}
