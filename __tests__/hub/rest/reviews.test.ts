import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Login } from '../../../src/hub/access/people.ts'
import { ask as send } from '../graphql/ask.ts'
import { type TestHub, testHub, where } from '../support/hub.ts'
import { commitFiles, git, remoteGit } from '../support/repository.ts'

const on = { ...where, pull_number: 1 }

const answerSchema = z.object({
  // Each test looks at what it has asked for.
  data: z.record(z.string(), z.any()).nullish(),
  errors: z.array(z.object({ type: z.string().optional(), message: z.string() })).default([]),
})

async function ask(hub: TestHub, login: Login, query: string, variables: object) {
  const { data, errors } = answerSchema.parse(await send(hub, hub.tokens[login], query, variables))
  return { data: data ?? {}, errors, error: errors[0] }
}

/** The writer's pull request 1, with one new file. */
async function withPull(settings: object = {}): Promise<{ hub: TestHub; head: string }> {
  const hub = await testHub({ settings })
  git(hub.checkout, 'checkout', '-q', '-B', 'topic', 'main')
  const head = commitFiles(hub.checkout, { 'topic.txt': 'one\ntwo\nthree\n' }, 'Add topic')
  await remoteGit(hub.checkout, 'push', '-q', '-f', hub.gitUrl(hub.tokens.writer), 'topic')
  await hub.as('writer').pulls.create({ ...where, title: 'Topic', head: 'topic', base: 'main' })
  return { hub, head }
}

const comments = [
  { path: 'topic.txt', line: 1, body: 'why?' },
  { path: 'topic.txt', line: 3, start_line: 2, body: 'shorter' },
]

describe('a review', () => {
  it('has its comments on lines, which one event tells of, with the commit it was made on', async () => {
    const { hub, head } = await withPull()
    const { data } = await hub.as('admin').pulls.createReview({ ...on, event: 'REQUEST_CHANGES', comments })
    expect(data).toMatchObject({ state: 'CHANGES_REQUESTED', commit_id: head })
    const listed = await hub.as('reader').pulls.listCommentsForReview({ ...on, review_id: data.id })
    expect(listed.data).toMatchObject([
      { path: 'topic.txt', line: 1, body: 'why?', user: { login: 'admin' }, pull_request_review_id: data.id },
      { line: 3, start_line: 2, body: 'shorter', diff_hunk: expect.stringContaining('+three') },
    ])
    expect((await hub.as('reader').pulls.get(on)).data.review_comments).toBe(2)
    const events = hub.events.filter(({ name }) => name.startsWith('pull_request_review'))
    expect(events).toMatchObject([
      { payload: { action: 'submitted', review: { state: 'changes_requested', body: null, commit_id: head } } },
    ])
  })

  it('is refused on a file that the pull request does not change, or without any word', async () => {
    const { hub } = await withPull()
    const elsewhere = [{ path: 'README.md', line: 1, body: 'here' }]
    const review = { ...on, event: 'COMMENT' } as const
    const pulls = hub.as('admin').pulls
    await expect(pulls.createReview({ ...review, comments: elsewhere })).rejects.toMatchObject({ status: 422 })
    await expect(pulls.createReview(review)).rejects.toMatchObject({ status: 422 })
  })
})

const THREADS = `query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { pullRequest(number: 1) {
  reviews(last: 10) { nodes { databaseId state commit { oid } author { login } comments(first: 10) { totalCount } } }
  reviewThreads(first: 10) { nodes { id isResolved path line originalLine comments(first: 10) { nodes { body } } } } } } }`

describe('a review thread', () => {
  it('takes replies, each of which is a review of its own, and is resolved by those who may push', async () => {
    const { hub, head } = await withPull()
    await hub.as('admin').pulls.createReview({ ...on, event: 'COMMENT', comments })
    const [first] = (await hub.as('reader').pulls.listReviewComments(on)).data
    const reply = { ...on, comment_id: first?.id ?? 0, body: 'because' }
    expect((await hub.as('writer').pulls.createReplyForReviewComment(reply)).data.in_reply_to_id).toBe(first?.id)
    const shown = async () =>
      (await ask(hub, 'reader', THREADS, { owner: 'octo', name: 'demo' })).data.repository.pullRequest
    const before = await shown()
    expect(before.reviews.nodes).toMatchObject([
      { state: 'COMMENTED', commit: { oid: head }, author: { login: 'admin' }, comments: { totalCount: 2 } },
      { state: 'COMMENTED', author: { login: 'writer' }, comments: { totalCount: 1 } },
    ])
    expect(before.reviewThreads.nodes).toMatchObject([
      { isResolved: false, path: 'topic.txt', line: 1, comments: { nodes: [{ body: 'why?' }, { body: 'because' }] } },
      { isResolved: false, line: 3 },
    ])
    const threadId = before.reviewThreads.nodes[0].id
    const resolve =
      'mutation($threadId: ID!) { resolveReviewThread(input: { threadId: $threadId }) { thread { isResolved } } }'
    expect((await ask(hub, 'reader', resolve, { threadId })).error?.type).toBe('FORBIDDEN')
    expect((await ask(hub, 'admin', resolve, { threadId })).data.resolveReviewThread.thread.isResolved).toBe(true)
    expect((await shown()).reviewThreads.nodes.map((one: { isResolved: boolean }) => one.isResolved)).toEqual([
      true,
      false,
    ])
  })
})

describe('people of a pull request or an issue', () => {
  it('are asked for a review, and are no longer asked once they gave it', async () => {
    const { hub } = await withPull()
    await hub.as('writer').pulls.requestReviewers({ ...on, reviewers: ['admin', 'reader'] })
    const asked = async () =>
      (await hub.as('reader').pulls.listRequestedReviewers(on)).data.users.map(({ login }) => login)
    expect(await asked()).toEqual(['admin', 'reader'])
    await hub.as('admin').pulls.createReview({ ...on, event: 'APPROVE' })
    expect(await asked()).toEqual(['reader'])
    for (const reviewers of [['writer'], ['outsider']])
      await expect(hub.as('admin').pulls.requestReviewers({ ...on, reviewers })).rejects.toMatchObject({ status: 422 })
  })

  it('are assigned and labels are put on, each of which the workflows hear of', async () => {
    const hub = await testHub()
    await hub.as('reader').issues.create({ ...where, title: 'T' })
    const issue = { ...where, issue_number: 1 }
    await hub.as('writer').issues.addAssignees({ ...issue, assignees: ['admin', 'outsider'] })
    await hub.as('writer').issues.addLabels({ ...issue, labels: ['tributary', 'bug'] })
    expect((await hub.as('reader').issues.get(issue)).data).toMatchObject({ assignees: [{ login: 'admin' }] })
    await expect(hub.as('reader').issues.addLabels({ ...issue, labels: ['x'] })).rejects.toMatchObject({ status: 403 })
    expect(hub.events.slice(1)).toMatchObject([
      { name: 'issues', payload: { action: 'assigned', assignee: { login: 'admin' } } },
      { name: 'issues', payload: { action: 'labeled', label: { name: 'tributary' }, sender: { login: 'writer' } } },
      { name: 'issues', payload: { action: 'labeled', label: { name: 'bug' } } },
    ])
  })
})

const AUTO = `mutation($id: ID!, $head: GitObjectID) { enablePullRequestAutoMerge(input: { pullRequestId: $id, mergeMethod: SQUASH, expectedHeadOid: $head }) {
  pullRequest { autoMergeRequest { mergeMethod enabledBy { login } } } } }`

describe('auto-merge', () => {
  it('is refused where the setting is off, where nothing is missing, and for another head', async () => {
    const { hub } = await withPull()
    const id = (await hub.as('reader').pulls.get(on)).data.node_id
    const said = async (head?: string) => (await ask(hub, 'writer', AUTO, { id, head })).error?.message
    expect(await said()).toContain('Auto merge is not allowed')
    await hub.hub('settings', 'POST', { allowAutoMerge: true })
    expect(await said()).toContain('clean status')
    await hub.hub('settings', 'POST', { requiredApprovals: 1 })
    expect(await said('1'.repeat(40))).toContain('Head branch was modified')
  })

  it('merges in the wanted way as soon as the approval is there that the branch wants', async () => {
    const { hub, head } = await withPull({ allowAutoMerge: true, requiredApprovals: 1 })
    const id = (await hub.as('reader').pulls.get(on)).data.node_id
    const enabled = await ask(hub, 'writer', AUTO, { id, head })
    expect(enabled.data.enablePullRequestAutoMerge.pullRequest.autoMergeRequest).toEqual({
      mergeMethod: 'SQUASH',
      enabledBy: { login: 'writer' },
    })
    await hub.as('reader').pulls.createReview({ ...on, event: 'APPROVE' })
    expect((await hub.as('reader').pulls.get(on)).data.state).toBe('open')
    await hub.as('admin').pulls.createReview({ ...on, event: 'APPROVE' })
    const merged = (await hub.as('reader').pulls.get(on)).data
    expect(merged).toMatchObject({ merged: true, auto_merge: { merge_method: 'squash' } })
    await remoteGit(hub.checkout, 'fetch', '-q', hub.git, 'main')
    expect(git(hub.checkout, 'show', '-s', '--format=%P', 'FETCH_HEAD').split(' ')).toHaveLength(1)
  })
})
