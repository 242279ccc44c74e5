import { associationOf } from '../access/people.ts'
import type { CommentRecord, IssueRecord, LabelRecord, ReactionRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { nodeId } from './node-id.ts'
import { userShape } from './user.ts'

export const REACTIONS = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'] as const

export function issueShape(world: World, issue: IssueRecord) {
  const url = `${world.urls.repo}/issues/${issue.number}`
  const { doc } = world.store
  return {
    id: issue.id,
    node_id: nodeId(issue.pull === null ? 'I' : 'PR', issue.pull?.id ?? issue.id),
    url,
    repository_url: world.urls.repo,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: issueHtml(world, issue),
    number: issue.number,
    title: issue.title,
    body: issue.body,
    user: userShape(world, issue.author),
    labels: issueLabels(world, issue),
    state: issue.state,
    state_reason: issue.stateReason,
    locked: issue.locked === true,
    active_lock_reason: null,
    ...assigned(world, issue),
    milestone: null,
    comments: doc.comments.filter((comment) => comment.issue === issue.number).length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    closed_by: issue.closedBy === null ? null : userShape(world, issue.closedBy),
    author_association: associationOf(issue.author),
    reactions: reactionCounts(world, 'issue', issue.id, `${url}/reactions`),
    performed_via_github_app: null,
    ...(issue.pull === null ? {} : { draft: issue.pull.draft, pull_request: pullLinks(world, issue) }),
  }
}

export function assigned(world: World, { assignees = [] }: IssueRecord) {
  const shown = assignees.map((login) => userShape(world, login))
  return { assignee: shown[0] ?? null, assignees: shown }
}

export const issueHtml = (world: World, issue: IssueRecord): string =>
  `${world.urls.html}/${issue.pull === null ? 'issues' : 'pull'}/${issue.number}`

const pullLinks = (world: World, issue: IssueRecord) => ({
  url: `${world.urls.repo}/pulls/${issue.number}`,
  html_url: issueHtml(world, issue),
  diff_url: `${issueHtml(world, issue)}.diff`,
  patch_url: `${issueHtml(world, issue)}.patch`,
  merged_at: issue.pull?.mergedAt ?? null,
})

export function commentShape(world: World, comment: CommentRecord) {
  const issue = world.store.doc.issues.find((known) => known.number === comment.issue)
  const url = `${world.urls.repo}/issues/comments/${comment.id}`
  return {
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    url,
    html_url: `${issue === undefined ? world.urls.html : issueHtml(world, issue)}#issuecomment-${comment.id}`,
    issue_url: `${world.urls.repo}/issues/${comment.issue}`,
    user: userShape(world, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    body: comment.body,
    author_association: associationOf(comment.author),
    reactions: reactionCounts(world, 'comment', comment.id, `${url}/reactions`),
    performed_via_github_app: null,
  }
}

export function reactionCounts(world: World, kind: 'comment' | 'issue', id: number, url: string) {
  const given = world.store.doc.reactions.filter(({ subject }) => subject.kind === kind && subject.id === id)
  const counts = REACTIONS.map((content) => [content, given.filter((reaction) => reaction.content === content).length])
  return { url, total_count: given.length, ...Object.fromEntries(counts) }
}

export const reactionShape = (world: World, reaction: ReactionRecord) => ({
  id: reaction.id,
  node_id: nodeId('REA', reaction.id),
  user: userShape(world, reaction.author),
  content: reaction.content,
  created_at: reaction.createdAt,
})

export const labelShape = (world: World, label: LabelRecord) => ({
  id: label.id,
  node_id: nodeId('LA', label.id),
  url: `${world.urls.repo}/labels/${encodeURIComponent(label.name)}`,
  name: label.name,
  color: label.color,
  default: false,
  description: label.description,
})

export const issueLabels = (world: World, issue: IssueRecord) =>
  issue.labels.flatMap((name) => {
    const label = world.store.doc.labels.find((known) => known.name === name)
    return label === undefined ? [] : [labelShape(world, label)]
  })
