import { describe, expect, it } from 'vitest'
import { type TestHub, testHub, where } from '../support/hub.ts'
import { commitFiles, git, remoteGit } from '../support/repository.ts'
import { ask } from './ask.ts'

const ALL = { checks: 'write', 'pull-requests': 'write', issues: 'write', contents: 'write' } as const

const repositoryId = async (hub: TestHub) => (await hub.as('admin').repos.get(where)).data.node_id

async function withBranch() {
  const hub = await testHub()
  git(hub.checkout, 'checkout', '-q', '-b', 'topic')
  const head = commitFiles(hub.checkout, { 'a.txt': 'a' })
  await remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), 'topic')
  hub.events.length = 0
  return { hub, head, repositoryId: await repositoryId(hub), ...hub.job(ALL) }
}

const CREATE_PULL = `mutation($input: CreatePullRequestInput!) { createPullRequest(input: $input) {
  pullRequest { id number isDraft state headRefName headRefOid baseRefName author { login __typename } url } } }`

describe('mutations', () => {
  it('run in order, each with its own answer or error', async () => {
    const hub = await testHub()
    const head = git(hub.checkout, 'rev-parse', 'HEAD')
    const { token } = hub.job({ checks: 'write' })
    const query = `mutation($good: CreateCheckRunInput!, $bad: CreateCheckRunInput!) {
      first: createCheckRun(input: $good) { checkRun { id databaseId status externalId url } clientMutationId }
      second: createCheckRun(input: $bad) { checkRun { id } }
      third: addComment(input: {subjectId: "I_kwHub99", body: "Hi"}) { subject { id } }
    }`
    const base = { repositoryId: await repositoryId(hub), name: '42/t1', externalId: '42/t1/1', status: 'IN_PROGRESS' }
    const good = { ...base, headSha: head, clientMutationId: 'a' }
    const answer = await ask(hub, token, query, { good, bad: { ...base, headSha: 'f'.repeat(40) } })
    const { data } = await hub.as('reader').checks.listForRef({ ...where, ref: 'main' })
    expect(data.check_runs).toMatchObject([{ name: '42/t1', status: 'in_progress' }])
    const id = data.check_runs[0]?.node_id
    expect(answer.data).toMatchObject({
      first: { checkRun: { id, status: 'IN_PROGRESS', externalId: '42/t1/1' }, clientMutationId: 'a' },
      second: null,
      third: null,
    })
    expect(answer.errors).toMatchObject([
      { type: 'UNPROCESSABLE', path: ['second'], message: `No commit found for SHA: ${'f'.repeat(40)}` },
      { type: 'NOT_FOUND', path: ['third'], message: "Could not resolve to a node with the global id of 'I_kwHub99'" },
    ])
  })

  it('are held to the schema of GitHub, and to somebody being there', async () => {
    const hub = await testHub()
    const query = 'mutation { addComment(input: {subjectId: "x", text: "y"}) { subject { id } } }'
    const answer = await ask(hub, hub.tokens.writer, query)
    expect(answer.data).toBeUndefined()
    expect(answer.errors?.map(({ message }) => message)).toEqual([
      'Field "AddCommentInput.body" of required type "String!" was not provided.',
      'Field "text" is not defined by type "AddCommentInput".',
    ])
    expect((await ask(hub, hub.tokens.writer, 'mutation {')).errors).toHaveLength(1)
    expect((await ask(hub, '', 'query { viewer { login } }')).status).toBe(401)
  })

  it('are refused as over REST where a permission is missing', async () => {
    const { hub, head, repositoryId } = await withBranch()
    const { token } = hub.job({ contents: 'write' })
    const query = `mutation {
      check: createCheckRun(input: {repositoryId: "${repositoryId}", name: "a", headSha: "${head}"}) { clientMutationId }
      pull: createPullRequest(input: {repositoryId: "${repositoryId}", title: "T", headRefName: "topic", baseRefName: "main"}) { clientMutationId }
    }`
    expect((await ask(hub, token, query)).errors).toMatchObject([
      { type: 'FORBIDDEN', path: ['check'], message: 'Resource not accessible by integration' },
      { type: 'FORBIDDEN', path: ['pull'], message: 'Resource not accessible by integration' },
    ])
    const asPerson = await ask(hub, hub.tokens.admin, query)
    expect(asPerson.errors).toMatchObject([{ type: 'FORBIDDEN', path: ['check'] }])
  })
})

describe('check runs', () => {
  it('are completed with output and annotations', async () => {
    const { hub, head, repositoryId, token, octokit } = await withBranch()
    const { data } = await octokit.checks.create({ ...where, name: 'a', head_sha: head })
    const location = { startLine: 3, endLine: 4 }
    const annotations = [{ path: 'a.txt', annotationLevel: 'WARNING', location, message: 'Hm' }]
    const input = {
      repositoryId,
      checkRunId: data.node_id,
      conclusion: 'FAILURE',
      output: { title: 'No', summary: 'It failed', text: 'log', annotations },
    }
    const query = `mutation($input: UpdateCheckRunInput!) { updateCheckRun(input: $input) { checkRun {
      status conclusion title summary text completedAt checkSuite { status conclusion commit { oid } } } } }`
    const answer = await ask(hub, token, query, { input })
    expect(answer.data).toMatchObject({
      updateCheckRun: {
        checkRun: {
          status: 'COMPLETED',
          conclusion: 'FAILURE',
          title: 'No',
          completedAt: expect.any(String),
          checkSuite: { conclusion: 'FAILURE', commit: { oid: head } },
        },
      },
    })
    const listed = await octokit.checks.listAnnotations({ ...where, check_run_id: data.id })
    expect(listed.data).toMatchObject([{ path: 'a.txt', start_line: 3, end_line: 4, annotation_level: 'warning' }])
  })
})

describe('pull requests', () => {
  it('go from draft to ready, are renamed, closed and opened again, and start nothing', async () => {
    const { hub, head, repositoryId, token } = await withBranch()
    const input = { repositoryId, title: 'T', headRefName: 'topic', baseRefName: 'main', draft: true }
    const created = await ask(hub, token, CREATE_PULL, { input })
    expect(created.data).toMatchObject({
      createPullRequest: {
        pullRequest: {
          number: 1,
          isDraft: true,
          state: 'OPEN',
          headRefOid: head,
          author: { login: 'github-actions[bot]', __typename: 'Bot' },
          url: expect.stringMatching(/\/octo\/demo\/pull\/1$/),
        },
      },
    })
    const pull = (await hub.as('reader').pulls.get({ ...where, pull_number: 1 })).data
    const steps = `mutation($id: ID!) {
      ready: markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { isDraft } }
      again: convertPullRequestToDraft(input: {pullRequestId: $id}) { pullRequest { isDraft } }
      named: updatePullRequest(input: {pullRequestId: $id, title: "Better", body: "B"}) { pullRequest { title body } }
      closed: closePullRequest(input: {pullRequestId: $id}) { pullRequest { state closed } }
      opened: reopenPullRequest(input: {pullRequestId: $id}) { pullRequest { state } }
    }`
    expect((await ask(hub, token, steps, { id: pull.node_id })).data).toEqual({
      ready: { pullRequest: { isDraft: false } },
      again: { pullRequest: { isDraft: true } },
      named: { pullRequest: { title: 'Better', body: 'B' } },
      closed: { pullRequest: { state: 'CLOSED', closed: true } },
      opened: { pullRequest: { state: 'OPEN' } },
    })
    expect(hub.events).toEqual([])
    expect((await ask(hub, token, CREATE_PULL, { input })).errors).toMatchObject([
      { type: 'UNPROCESSABLE', path: ['createPullRequest'], message: 'A pull request already exists for octo:topic.' },
    ])
    const same = { ...input, headRefName: 'main' }
    expect((await ask(hub, token, CREATE_PULL, { input: same })).errors).toMatchObject([
      { type: 'UNPROCESSABLE', message: 'No commits between main and main' },
    ])
  })
})

describe('comments', () => {
  it('are added, edited and hidden on issues and pull requests', async () => {
    const { hub, token } = await withBranch()
    const issue = (await hub.as('writer').issues.create({ ...where, title: 'T' })).data
    const add =
      'mutation($id: ID!) { addComment(input: {subjectId: $id, body: "One"}) { commentEdge { node { id body url } } subject { id } } }'
    const added = await ask(hub, token, add, { id: issue.node_id })
    expect(added.data).toMatchObject({
      addComment: { commentEdge: { node: { body: 'One' } }, subject: { id: issue.node_id } },
    })
    const [comment] = (await hub.as('reader').issues.listComments({ ...where, issue_number: 1 })).data
    const change = `mutation($id: ID!) {
      edit: updateIssueComment(input: {id: $id, body: "Two"}) { issueComment { body } }
      hide: minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) { minimizedComment { isMinimized minimizedReason } }
    }`
    expect((await ask(hub, token, change, { id: comment?.node_id })).data).toEqual({
      edit: { issueComment: { body: 'Two' } },
      hide: { minimizedComment: { isMinimized: true, minimizedReason: 'outdated' } },
    })
    expect(hub.events.map(({ name }) => name)).toEqual(['issues'])
  })
})

describe('refs', () => {
  const UPDATE = 'mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }'
  const nothing = '0'.repeat(40)

  it('move together or not at all', async () => {
    const { hub, head, repositoryId, token } = await withBranch()
    const main = git(hub.checkout, 'rev-parse', 'main')
    const tips = async () =>
      (await remoteGit(hub.checkout, 'ls-remote', hub.git, 'refs/heads/*'))
        .split('\n')
        .map((line) => line.split('/').at(-1))
    const create = { name: 'refs/heads/new', beforeOid: nothing, afterOid: head }
    const wrong = { name: 'refs/heads/main', beforeOid: head, afterOid: head }
    const refused = await ask(hub, token, UPDATE, { input: { repositoryId, refUpdates: [create, wrong] } })
    expect(refused.errors).toMatchObject([{ type: 'UNPROCESSABLE', path: ['updateRefs'] }])
    expect(await tips()).toEqual(['main', 'topic'])
    const right = { ...wrong, beforeOid: main }
    expect(
      (await ask(hub, token, UPDATE, { input: { repositoryId, refUpdates: [create, right] } })).errors,
    ).toBeUndefined()
    expect(await tips()).toEqual(['main', 'new', 'topic'])
    const back = { name: 'refs/heads/main', afterOid: main }
    expect((await ask(hub, token, UPDATE, { input: { repositoryId, refUpdates: [back] } })).errors).toMatchObject([
      { message: 'Update of `refs/heads/main` is not a fast forward.' },
    ])
    const gone = ['new', 'topic'].map((name) => ({ name: `refs/heads/${name}`, afterOid: nothing }))
    expect((await ask(hub, token, UPDATE, { input: { repositoryId, refUpdates: gone } })).errors).toBeUndefined()
    expect(await tips()).toEqual(['main'])
    const reading = hub.job({ contents: 'read' }).token
    expect((await ask(hub, reading, UPDATE, { input: { repositoryId, refUpdates: [create] } })).errors).toMatchObject([
      { type: 'FORBIDDEN' },
    ])
  })
})
