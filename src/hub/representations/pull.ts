import { associationOf } from '../access/people.ts'
import { countChanges } from '../git/changes.ts'
import type { IssueRecord, PullRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { assigned, issueHtml, issueLabels } from './issue.ts'
import { nodeId } from './node-id.ts'
import { repositoryShape } from './repository.ts'
import { reviewCommentsOf } from './review.ts'
import { userShape } from './user.ts'

export type PullIssue = IssueRecord & { pull: PullRecord }
export const isPull = (issue: IssueRecord): issue is PullIssue => issue.pull !== null

/** A pull request as lists and events show it. */
export function pullShape(world: World, issue: PullIssue) {
  const { pull } = issue
  return {
    ...addresses(world, issue),
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    number: issue.number,
    state: issue.state,
    locked: issue.locked === true,
    title: issue.title,
    user: userShape(world, issue.author),
    body: issue.body,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommit,
    ...assigned(world, issue),
    requested_reviewers: (pull.requestedReviewers ?? []).map((login) => userShape(world, login)),
    requested_teams: [],
    labels: issueLabels(world, issue),
    milestone: null,
    draft: pull.draft,
    head: side(world, pull.head, pull.headSha),
    base: side(world, pull.base, pull.baseSha),
    author_association: associationOf(issue.author),
    auto_merge: autoMergeShape(world, pull),
    active_lock_reason: null,
  }
}

const autoMergeShape = (world: World, { autoMerge }: PullRecord) =>
  autoMerge === undefined || autoMerge === null
    ? null
    : {
        enabled_by: userShape(world, autoMerge.by),
        merge_method: autoMerge.method,
        commit_title: '',
        commit_message: '',
      }

function addresses(world: World, issue: PullIssue) {
  const url = `${world.urls.repo}/pulls/${issue.number}`
  const issueUrl = `${world.urls.repo}/issues/${issue.number}`
  const html = issueHtml(world, issue)
  const links = {
    self: url,
    html,
    issue: issueUrl,
    comments: `${issueUrl}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${world.urls.repo}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${world.urls.repo}/statuses/${issue.pull.headSha}`,
  }
  return {
    url,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issueUrl,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
  }
}

const side = (world: World, ref: string, sha: string) => ({
  label: `${world.store.doc.owner}:${ref}`,
  ref,
  sha,
  user: userShape(world, world.store.doc.owner),
  repo: repositoryShape(world),
})

/** A single pull request, with the fields that are computed by git. */
export async function fullPullShape(world: World, issue: PullIssue) {
  const { pull } = issue
  const merged = pull.mergedAt !== null
  const [size, commits, mergeable] = await Promise.all([
    sizeOf(world, pull),
    commitCount(world, pull),
    issue.state === 'open' ? isMergeable(world, pull) : null,
  ])
  return {
    ...pullShape(world, issue),
    ...size,
    commits,
    merged,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeable === null ? 'unknown' : mergeable ? (pull.draft ? 'draft' : 'clean') : 'dirty',
    merged_by: pull.mergedBy === null ? null : userShape(world, pull.mergedBy),
    comments: world.store.doc.comments.filter((comment) => comment.issue === issue.number).length,
    review_comments: reviewCommentsOf(world, issue.number).length,
    maintainer_can_modify: false,
  }
}

async function sizeOf(world: World, pull: PullRecord) {
  const from = (await world.git.mergeBase(pull.baseSha, pull.headSha)) ?? pull.baseSha
  return countChanges(world.git, from, pull.headSha)
}

async function commitCount(world: World, pull: PullRecord): Promise<number> {
  return Number(await world.git.text(['rev-list', '--count', `${pull.baseSha}..${pull.headSha}`]))
}

export async function isMergeable(world: World, pull: PullRecord): Promise<boolean> {
  const base = await world.git.commitOf(`refs/heads/${pull.base}`)
  if (base === null) return false
  return (await world.git.run(['merge-tree', '--write-tree', base, pull.headSha])).code === 0
}
