import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { runRecord, testHub, where } from '../support/hub.ts'
import { commitFiles, git, remoteGit } from '../support/repository.ts'

const file = { ...where, workflow_id: 'tributary.yml' }

describe('workflows', () => {
  it('are those of the default branch, by id and by file name', async () => {
    const hub = await testHub()
    const { data } = await hub.as('reader').actions.listRepoWorkflows(where)
    expect(data).toMatchObject({
      total_count: 1,
      workflows: [{ name: 'Tributary', path: '.github/workflows/tributary.yml', state: 'active' }],
    })
    const [known] = data.workflows
    const byFile = await hub.as('reader').actions.getWorkflow(file)
    const byId = await hub.as('reader').actions.getWorkflow({ ...where, workflow_id: known?.id ?? 0 })
    expect(byFile.data).toEqual(byId.data)
    const unknown = hub.as('reader').actions.getWorkflow({ ...where, workflow_id: 'other.yml' })
    await expect(unknown).rejects.toMatchObject({ status: 404 })
  })
})

describe('a dispatch', () => {
  it('starts a run from a job’s token too, and can say which', async () => {
    const hub = await testHub()
    const { octokit } = hub.job({ actions: 'write' })
    const wish = { ...file, ref: 'main', inputs: { role: 'work', run: '42' } }
    expect((await octokit.actions.createWorkflowDispatch(wish)).status).toBe(204)
    const told = await octokit.actions.createWorkflowDispatch({ ...wish, return_run_details: true })
    const [newest] = (await octokit.actions.listWorkflowRunsForRepo({ ...where, event: 'workflow_dispatch' })).data
      .workflow_runs
    expect(told).toMatchObject({
      status: 200,
      data: { workflow_run_id: newest?.id, run_url: newest?.url, html_url: newest?.html_url },
    })
    const event = {
      name: 'workflow_dispatch',
      actor: 'github-actions[bot]',
      workflow: '.github/workflows/tributary.yml',
      inputs: { role: 'work', run: '42', loud: 'false' },
      payload: { ref: 'refs/heads/main', workflow: '.github/workflows/tributary.yml' },
    }
    expect(hub.events).toMatchObject([event, event])
  })

  it('is held to the inputs that the file declares', async () => {
    const hub = await testHub()
    const start = (inputs: Record<string, string>, ref = 'main') =>
      hub.as('writer').actions.createWorkflowDispatch({ ...file, ref, inputs })
    const refused = async (asked: Promise<unknown>, message: string) =>
      expect(asked).rejects.toMatchObject({ status: 422, message: expect.stringContaining(message) })
    await refused(start({ role: 'work', extra: 'x' }), 'Unexpected inputs provided: ["extra"]')
    await refused(start({}), "Required input 'role' not provided")
    await refused(start({ role: 'rest' }), "Provided value 'rest' for input 'role'")
    await refused(start({ role: 'work', loud: 'very' }), "Provided value 'very' for input 'loud'")
    await refused(start({ role: 'work' }, 'nowhere'), 'No ref found for: nowhere')
    expect(hub.events).toEqual([])
  })

  it('needs the trigger in the file, and the permission', async () => {
    const hub = await testHub()
    commitFiles(hub.checkout, { '.github/workflows/other.yml': 'on: push\njobs: {}\n' })
    await remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), 'main')
    const other = { ...where, workflow_id: 'other.yml', ref: 'main' }
    await expect(hub.as('writer').actions.createWorkflowDispatch(other)).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("Workflow does not have 'workflow_dispatch' trigger"),
    })
    const wish = { ...file, ref: 'main', inputs: { role: 'work' } }
    await expect(hub.as('reader').actions.createWorkflowDispatch(wish)).rejects.toMatchObject({ status: 403 })
    await expect(hub.job({ actions: 'read' }).octokit.actions.createWorkflowDispatch(wish)).rejects.toMatchObject({
      status: 403,
    })
  })
})

describe('workflow runs', () => {
  it('are found by event, status, commit and time', async () => {
    const hub = await testHub()
    const head_sha = git(hub.checkout, 'rev-parse', 'HEAD')
    const old = {
      ...runRecord(hub.host, { name: 'push', actor: 'writer' }),
      head_sha,
      created_at: '2020-01-01T00:00:00Z',
    }
    const done = {
      ...runRecord(hub.host, { name: 'push', actor: 'admin' }),
      head_sha,
      status: 'completed',
      conclusion: 'failure',
    } as const
    hub.host.saveRun(old)
    hub.host.saveRun(done)
    const find = async (filter: Record<string, string>) => {
      const { data } = await hub.as('reader').actions.listWorkflowRunsForRepo({ ...where, ...filter })
      return data.workflow_runs.map(({ id }) => id)
    }
    expect(await find({})).toEqual([done.id, old.id])
    expect(await find({ status: 'queued' })).toEqual([old.id])
    expect(await find({ status: 'failure' })).toEqual([done.id])
    expect(await find({ event: 'issue_comment' })).toEqual([])
    expect(await find({ head_sha, branch: 'main', actor: 'admin' })).toEqual([done.id])
    expect(await find({ created: '>2020-06-01' })).toEqual([done.id])
    expect(await find({ created: '2019-01-01..2020-01-02' })).toEqual([old.id])
    expect(await find({ created: '2020-01-01' })).toEqual([old.id])
    const ofFile = await hub.as('reader').actions.listWorkflowRuns(file)
    expect(ofFile.data.total_count).toBe(2)
    expect((await hub.as('reader').actions.getWorkflowRun({ ...where, run_id: done.id })).data).toMatchObject({
      conclusion: 'failure',
      actor: { login: 'admin' },
      head_commit: { id: head_sha },
    })
  })

  it('list the jobs of the latest attempt, or of all', async () => {
    const hub = await testHub()
    const run = { ...runRecord(hub.host, { name: 'push', actor: 'writer' }), run_attempt: 2 }
    hub.host.saveRun(run)
    const job = (run_attempt: number) => ({
      id: hub.host.nextId(),
      run_id: run.id,
      run_attempt,
      name: `work (${run_attempt})`,
      status: 'in_progress' as const,
      conclusion: null,
      created_at: run.created_at,
      started_at: run.created_at,
      completed_at: null,
      steps: [
        { number: 1, name: 'Run', status: 'queued' as const, conclusion: null, started_at: null, completed_at: null },
      ],
      runner_name: 'hub',
      labels: ['ubuntu-latest'],
      summary: '# Not shown',
    })
    hub.host.saveJob(job(1))
    hub.host.saveJob(job(2))
    const list = async (filter: 'latest' | 'all') =>
      (await hub.as('reader').actions.listJobsForWorkflowRun({ ...where, run_id: run.id, filter })).data
    expect((await list('latest')).jobs).toMatchObject([
      { name: 'work (2)', status: 'in_progress', workflow_name: 'Tributary' },
    ])
    expect((await list('all')).total_count).toBe(2)
    const [one] = (await list('latest')).jobs
    const found = await hub.as('reader').actions.getJobForWorkflowRun({ ...where, job_id: one?.id ?? 0 })
    expect(found.data).toEqual(one)
    expect(found.data).not.toHaveProperty('summary')
  })

  it('are cancelled by those who may write, once', async () => {
    const hub = await testHub()
    const run = runRecord(hub.host, { name: 'push', actor: 'writer' })
    hub.host.saveRun(run)
    const on = { ...where, run_id: run.id }
    await expect(hub.as('reader').actions.cancelWorkflowRun(on)).rejects.toMatchObject({ status: 403 })
    expect((await hub.job({ actions: 'write' }).octokit.actions.cancelWorkflowRun(on)).status).toBe(202)
    hub.host.saveRun({ ...run, status: 'completed', conclusion: 'cancelled' })
    await expect(hub.as('writer').actions.cancelWorkflowRun(on)).rejects.toMatchObject({ status: 409 })
  })
})

describe('what doctor asks', () => {
  it('is for administrators: settings, and the names of secrets', async () => {
    const hub = await testHub({ secrets: { ANTHROPIC_API_KEY: 'very-secret' } })
    const admin = hub.as('admin').actions
    expect((await admin.listRepoSecrets(where)).data).toMatchObject({
      total_count: 1,
      secrets: [{ name: 'ANTHROPIC_API_KEY' }],
    })
    expect((await admin.getGithubActionsPermissionsRepository(where)).data.enabled).toBe(true)
    await admin.setGithubActionsDefaultWorkflowPermissionsRepository({
      ...where,
      can_approve_pull_request_reviews: false,
    })
    expect((await admin.getGithubActionsDefaultWorkflowPermissionsRepository(where)).data).toEqual({
      default_workflow_permissions: 'read',
      can_approve_pull_request_reviews: false,
    })
    await expect(hub.as('writer').actions.listRepoSecrets(where)).rejects.toMatchObject({ status: 403 })
    const job = hub.job({ actions: 'write' }).octokit
    await expect(job.actions.listRepoSecrets(where)).rejects.toMatchObject({ status: 403 })
  })

  it('is who may do what', async () => {
    const hub = await testHub()
    const role = async (username: string) =>
      (await hub.job({}).octokit.repos.getCollaboratorPermissionLevel({ ...where, username })).data.permission
    expect(await Promise.all(['admin', 'writer', 'reader', 'outsider'].map(role))).toEqual([
      'admin',
      'write',
      'read',
      'read',
    ])
    await expect(role('github-actions[bot]')).rejects.toMatchObject({ status: 404 })
    await expect(role('nobody')).rejects.toMatchObject({ status: 404 })
    await hub.hub('settings', 'POST', { private: true })
    expect(await role('outsider')).toBe('none')
    expect((await hub.as('writer').users.getAuthenticated()).data.login).toBe('writer')
    expect((await hub.as('writer').repos.get(where)).data.permissions).toMatchObject({ push: true, admin: false })
    expect((await hub.as('writer').rateLimit.get()).data.rate.limit).toBe(5_000)
    await expect(hub.as('outsider').repos.get(where)).rejects.toMatchObject({ status: 404 })
  })
})

describe('an address that the hub has not', () => {
  it('is named in the answer and in the log', async () => {
    const hub = await testHub()
    const answer = await fetch(`${hub.api}/repos/octo/demo/stargazers`)
    expect([answer.status, (await answer.json()) as object]).toEqual([
      404,
      expect.objectContaining({ message: expect.stringContaining('GET /api/v3/repos/octo/demo/stargazers') }),
    ])
    expect(hub.log.join('\n')).toContain('no such route')
    expect((await fetch(`${hub.api}/repos/octo/other`)).status).toBe(404)
  })

  it('answers its own page alone, by the name of this machine alone', async () => {
    const hub = await testHub()
    const answerTo = async (headers: Record<string, string>, path = '/_hub/state') => {
      const sent = request(`${hub.url}${path}`, { headers: { authorization: `token ${hub.tokens.admin}`, ...headers } })
      sent.end()
      const [answer] = (await once(sent, 'response')) as [IncomingMessage]
      answer.resume()
      return answer.statusCode
    }
    expect(await answerTo({ origin: hub.url })).toBe(200)
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost', 'no origin'])
      expect([origin, await answerTo({ origin })]).toEqual([origin, 403])
    expect(await answerTo({ host: 'evil.example' })).toBe(403)
  })

  it('shows and changes what is its own for the admin alone', async () => {
    const hub = await testHub()
    const statusFor = async (method: string, path: string, token?: string) => {
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `token ${token}` }
      return (await fetch(`${hub.url}/_hub/${path}`, { method, headers })).status
    }
    for (const [method, path] of [
      ['GET', 'state'],
      ['GET', 'metrics'],
      ['DELETE', 'faults'],
      ['POST', 'settings'],
    ] as const) {
      expect(await statusFor(method, path)).toBe(401)
      expect(await statusFor(method, path, 'ghp_wrong')).toBe(401)
      expect(await statusFor(method, path, hub.tokens.writer)).toBe(403)
    }
    expect(await statusFor('DELETE', 'faults', hub.tokens.admin)).toBe(204)
  })
})
