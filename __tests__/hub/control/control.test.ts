import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type TestHub, testHub, where } from '../support/hub.ts'
import { commitFiles, git, remoteGit } from '../support/repository.ts'

interface Report {
  requests: number
  not_modified: number
  content_writes: number
  graphql: number
  git_reads: number
  git_fetches: number
  git_bytes: number
  git_pushes: number
  pushed_refs: number
  by_route: Record<string, { requests: number; not_modified: number }>
  by_task: Record<string, Partial<Report>>
  by_token: (Partial<Report> & { who: string })[]
}
const report = async (hub: TestHub) => (await hub.hub('metrics')) as Report

describe('figures', () => {
  it('count requests by route, task and token, unchanged ones apart', async () => {
    const hub = await testHub()
    const head_sha = git(hub.checkout, 'rev-parse', 'HEAD')
    const { octokit, token } = hub.job({ checks: 'write' })
    const { data } = await octokit.checks.create({ ...where, name: 't1', head_sha, external_id: '42/t1/1' })
    await octokit.checks.update({ ...where, check_run_id: data.id, conclusion: 'success' })
    const url = `${hub.api}/repos/octo/demo/check-runs/${data.id}`
    const etag = (await fetch(url)).headers.get('etag') ?? ''
    await fetch(url, { headers: { 'if-none-match': etag, authorization: `token ${token}` } })
    const figures = await report(hub)
    expect(figures).toMatchObject({ requests: 3, not_modified: 1, content_writes: 2 })
    expect(figures.by_route['GET /repos/{owner}/{repo}/check-runs/{id}']).toEqual({ requests: 1, not_modified: 1 })
    expect(figures.by_task['42/t1']).toMatchObject({ requests: 3, content_writes: 2 })
    expect(figures.by_token).toMatchObject([
      { who: 'job 9001', requests: 2, not_modified: 1 },
      { who: 'anonymous', requests: 1 },
    ])
    const writes = { 'POST /repos/{owner}/{repo}/check-runs': 1, 'PATCH /repos/{owner}/{repo}/check-runs/{id}': 1 }
    expect(figures.by_token[0]).toMatchObject({ writes })
    expect(JSON.stringify(figures)).not.toContain(token)
    await hub.hub('metrics/reset', 'POST')
    expect(await report(hub)).toMatchObject({ requests: 0, by_task: {} })
  })

  it('count each mutation of a request for its own task', async () => {
    const hub = await testHub()
    const headSha = git(hub.checkout, 'rev-parse', 'HEAD')
    const repositoryId = (await hub.as('reader').repos.get(where)).data.node_id
    const one = (task: string) =>
      `${task}: createCheckRun(input: {repositoryId: "${repositoryId}", name: "x", externalId: "42/${task}/1", headSha: "${headSha}"}) { clientMutationId }`
    await hub.hub('metrics/reset', 'POST')
    await hub.job({ checks: 'write' }).octokit.graphql(`mutation { ${one('t1')} ${one('t2')} }`)
    const figures = await report(hub)
    expect(figures).toMatchObject({ requests: 1, graphql: 1, content_writes: 2 })
    expect(figures.by_task).toMatchObject({
      '42/t1': { content_writes: 1 },
      '42/t2': { content_writes: 1 },
      shared: { requests: 1 },
    })
    expect(figures.by_token).toContainEqual(expect.objectContaining({ writes: { createCheckRun: 2 } }))
  })

  it('count reads, fetches, pushes and the refs that were pushed', async () => {
    const hub = await testHub()
    await remoteGit(hub.checkout, 'ls-remote', '-q', hub.git)
    await remoteGit(hub.checkout, 'fetch', '-q', hub.git, 'main')
    commitFiles(hub.checkout, { 'a.txt': 'a' })
    const refs = ['main:refs/heads/tributary/42/t1', 'main:refs/tributary/42/log', 'main:refs/heads/tributary/42/trunk']
    await remoteGit(hub.checkout, 'push', '-q', '--atomic', hub.gitUrl(hub.tokens.writer), ...refs)
    const figures = await report(hub)
    expect(figures).toMatchObject({ requests: 0, git_reads: 2, git_pushes: 1, pushed_refs: 3 })
    expect(figures.by_task).toMatchObject({ '42/t1': { git_pushes: 1, pushed_refs: 1 }, shared: { pushed_refs: 2 } })
  })

  it('count the bytes that git is answered, those of refs and those of objects', async () => {
    const hub = await testHub()
    const bytesAfter = async (...args: string[]) => {
      await remoteGit(hub.checkout, ...args)
      return (await report(hub)).git_bytes
    }
    const refs = await bytesAfter('ls-remote', '-q', hub.git)
    expect(refs).toBeGreaterThan(40)
    expect(refs).toBeLessThan(1_000)
    commitFiles(hub.checkout, { 'noise.bin': randomBytes(100_000).toString('base64') })
    const pushed = await bytesAfter('push', '-q', hub.gitUrl(hub.tokens.writer), 'main:refs/heads/noise')
    const fetched = await bytesAfter('clone', '-q', '--bare', '--branch=noise', hub.git, 'noise.git')
    // Base64 packs to three quarters.
    expect(fetched - pushed).toBeGreaterThan(100_000)
    expect(fetched - pushed).toBeLessThan(120_000)
  })
})

const jobRecord = (id: number, name: string, status: 'queued' | 'in_progress') => ({
  id,
  run_id: 1,
  run_attempt: 1,
  name,
  status,
  conclusion: null,
  created_at: '2026-01-01T00:00:00Z',
  started_at: null,
  completed_at: null,
  steps: [],
  runner_name: null,
  labels: [],
  summary: '',
})

describe('faults', () => {
  it('answer instead of the hub, as often as asked', async () => {
    const hub = await testHub()
    const slow = {
      kind: 'status',
      method: 'GET',
      route: '/issues$',
      status: 429,
      count: 2,
      headers: { 'retry-after': '7' },
      message: 'You have exceeded a secondary rate limit.',
    }
    await hub.hub('faults', 'POST', [slow])
    const ask = () => fetch(`${hub.api}/repos/octo/demo/issues`)
    const first = await ask()
    expect([first.status, first.headers.get('retry-after')]).toEqual([429, '7'])
    expect(await first.json()).toMatchObject({ message: 'You have exceeded a secondary rate limit.', status: '429' })
    expect(await hub.hub('faults')).toMatchObject([{ kind: 'status', count: 1 }])
    expect([(await ask()).status, (await ask()).status]).toEqual([429, 200])
  })

  it('answer badly for what was done well', async () => {
    const hub = await testHub()
    await hub.hub('faults', 'POST', { kind: 'status-after', method: 'POST', route: '/issues$', status: 502 })
    await expect(hub.as('writer').issues.create({ ...where, title: 'There' })).rejects.toMatchObject({ status: 502 })
    expect((await hub.as('reader').issues.listForRepo(where)).data).toMatchObject([{ title: 'There' }])
  })

  it('reach git too: a push that succeeded looks failed', async () => {
    const hub = await testHub()
    await hub.hub('faults', 'POST', { kind: 'status-after', method: 'POST', route: 'git-receive-pack', status: 500 })
    const sha = commitFiles(hub.checkout, { 'a.txt': 'a' })
    const pushed = remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), 'main')
    await expect(pushed).rejects.toThrow('500')
    expect(await remoteGit(hub.checkout, 'ls-remote', hub.git, 'refs/heads/main')).toContain(sha)
    await hub.hub('faults', 'POST', { kind: 'status', route: 'service=git-receive-pack', status: 503 })
    await expect(remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), 'main')).rejects.toThrow('503')
  })

  it('lose an event, or deliver it twice', async () => {
    const hub = await testHub()
    await hub.hub('faults', 'POST', [
      { kind: 'drop-event', event: 'issues' },
      { kind: 'double-event', event: 'issue_comment' },
    ])
    await hub.as('writer').issues.create({ ...where, title: 'Unheard' })
    expect(hub.events).toEqual([])
    await hub.as('writer').issues.createComment({ ...where, issue_number: 1, body: 'twice' })
    expect(hub.events.map(({ name }) => name)).toEqual(['issue_comment', 'issue_comment'])
  })

  it('kill jobs that run and those that start later, and delay others', async () => {
    const hub = await testHub()
    const job = (name: string, status: 'queued' | 'in_progress') => jobRecord(hub.host.nextId(), name, status)
    const running = job('work (1)', 'in_progress')
    hub.host.saveJob(running)
    const killed = () => expect.poll(() => hub.killed)
    await hub.hub('faults', 'POST', { kind: 'kill-job', name: '^work', count: 2 })
    await killed().toEqual([running.id])
    const waiting = job('work (2)', 'queued')
    hub.host.saveJob(waiting)
    hub.host.saveJob({ ...waiting, status: 'in_progress' })
    await killed().toEqual([running.id, waiting.id])
    await hub.hub('faults', 'POST', { kind: 'delay-job', name: 'orchestrate', ms: 250 })
    expect([
      hub.host.startDelay('work'),
      hub.host.startDelay('orchestrate'),
      hub.host.startDelay('orchestrate'),
    ]).toEqual([0, 250, 0])
  })

  it('kill the job that sends a request, before it is done or after', async () => {
    const hub = await testHub()
    await hub.as('writer').issues.create({ ...where, title: 'Thread' })
    const { octokit } = hub.job({ issues: 'write' })
    hub.host.saveJob(jobRecord(9_001, 'orchestrate', 'in_progress'))
    const sender = { kind: 'kill-sender', name: '^orchestrate$', method: 'POST', route: '/comments$' }
    await hub.hub('faults', 'POST', [
      { ...sender, when: 'before', skip: 1 },
      { ...sender, when: 'after' },
    ])
    const say = (body: string) =>
      octokit.issues.createComment({ ...where, issue_number: 1, body }).then(
        () => true,
        () => false,
      )
    expect([await say('passes'), await say('lost'), await say('said'), await say('on')]).toEqual([
      true,
      false,
      false,
      true,
    ])
    expect(hub.killed).toEqual([9_001, 9_001])
    const { data } = await hub.as('reader').issues.listComments({ ...where, issue_number: 1 })
    expect(data.map(({ body }) => body)).toEqual(['passes', 'said', 'on'])
  })

  it('that make no sense are refused, and all of them can be taken back', async () => {
    const hub = await testHub()
    const bad = await fetch(`${hub.url}/_hub/faults`, {
      method: 'POST',
      headers: { authorization: `token ${hub.tokens.admin}` },
      body: JSON.stringify({ kind: 'status', route: '(', status: 500 }),
    })
    expect(bad.status).toBe(422)
    await hub.hub('faults', 'POST', { kind: 'drop-event', event: 'push', count: 9 })
    await hub.hub('faults', 'DELETE')
    expect(await hub.hub('faults')).toEqual([])
  })
})

describe('the state', () => {
  it('shows everything but tokens and secrets', async () => {
    const hub = await testHub({ secrets: { KEY: 'very-secret' } })
    await hub.as('writer').issues.create({ ...where, title: 'Seen' })
    const text = JSON.stringify(await hub.hub('state'))
    expect(JSON.parse(text)).toMatchObject({
      owner: 'octo',
      issues: [{ title: 'Seen' }],
      secrets: ['KEY'],
      refs: [{ ref: 'refs/heads/main' }],
    })
    for (const hidden of ['very-secret', ...Object.values(hub.tokens)]) expect(text).not.toContain(hidden)
    expect(await hub.hub('idle')).toEqual({ idle: true })
  })
})
