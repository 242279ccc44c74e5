import { describe, expect, it } from 'vitest'
import { openForge } from '../../../src/adapters/github/forge.ts'
import { LimitReached } from '../../../src/ports/rate-limit.ts'
import { json, misbehaving } from './server.ts'
import { hubStage } from './stage.ts'

const dispatches = { route: '/dispatches$', method: 'POST' }
const inputs = { role: 'orchestrate', run: '1', request: 'o1', slots: '[]' } as const

describe('a dispatch', () => {
  it('whose answer got lost is found by its title, not sent again', async () => {
    const { forge, fault, host, hub } = await hubStage()
    await fault({ kind: 'status-after', status: 500, ...dispatches })
    const { workflowRun } = await forge.dispatch(inputs)
    await hub.runner.idle()
    expect(host.runs().map(({ id, display_title }) => [id, display_title])).toEqual([
      [workflowRun, 'Tributary orchestrate 1 o1'],
    ])
  })

  it('that never arrived is sent again', async () => {
    const { forge, fault, host, hub } = await hubStage()
    await fault({ kind: 'status', status: 500, ...dispatches })
    const { workflowRun } = await forge.dispatch(inputs)
    await hub.runner.idle()
    expect(host.runs().map(({ id }) => id)).toEqual([workflowRun])
  })

  it('is done without the flag where a server does not know it', async () => {
    const script = [
      json(200, { data: { repository: { id: 'R_1', defaultBranchRef: { name: 'main' } } } }),
      json(400, { message: 'Invalid request' }),
      (response: { writeHead(status: number): { end(): void } }) => response.writeHead(204).end(),
    ]
    const { client, asked } = await misbehaving(script)
    const forge = openForge({ client, owner: 'o', repo: 'r', workflowFile: 'tributary.yml' })
    expect(await forge.dispatch(inputs)).toEqual({ workflowRun: null })
    expect(asked.slice(1).map(({ body }) => JSON.parse(body))).toEqual([
      { ref: 'main', inputs, return_run_details: true },
      { ref: 'main', inputs },
    ])
  })
})

describe('the comments of a thread', () => {
  it.each([404, 410])('are none if GitHub says that it is gone: %i', async (status) => {
    const { forge, fault, issue } = await hubStage()
    await fault({ kind: 'status', status, route: '/comments', method: 'GET' })
    expect(await forge.comments(issue)).toEqual([])
  })
})

describe('a reply', () => {
  const comments = { route: '/comments$', method: 'POST' }
  it.each(['status', 'status-after'])('is there once after a 500: %s', async (kind) => {
    const { forge, fault, issue, comments: read } = await hubStage()
    await fault({ kind, status: 500, ...comments })
    await forge.reply(issue, '9', 'Yes.', true)
    expect(await read(issue)).toHaveLength(1)
  })

  it('costs one request where nobody must look', async () => {
    const { forge, issue, requests } = await hubStage()
    await forge.reply(issue, '9', 'Yes.', true)
    expect(Object.values(await requests())).toEqual([1])
  })
})

describe('an orchestrator', () => {
  it('is alive until its job is completed', async () => {
    const { forge, fault, hub } = await hubStage()
    await fault({ kind: 'delay-job', name: '^orchestrate$', ms: 1500 })
    const { workflowRun } = await forge.dispatch(inputs)
    if (workflowRun === null) throw new Error('no workflow run')
    expect(await forge.orchestratorAlive(workflowRun)).toBe(true)
    await hub.runner.idle()
    expect(await forge.orchestratorAlive(workflowRun)).toBe(false)
  })

  it('is not where slots alone were started, nor where there is no such workflow run', async () => {
    const { forge, hub } = await hubStage()
    const { workflowRun } = await forge.dispatch({ role: 'work', run: '1', request: 'r2', slots: '["r2.1"]' })
    if (workflowRun === null) throw new Error('no workflow run')
    await hub.runner.idle()
    expect(await forge.orchestratorAlive(workflowRun)).toBe(false)
    expect(await forge.orchestratorAlive(424_242)).toBe(false)
  })

  it('may still come where its job is not listed yet', async () => {
    const jobs = json(200, { total_count: 1, jobs: [{ name: 'command', status: 'in_progress' }] })
    const { client } = await misbehaving([
      jobs,
      json(200, { status: 'in_progress' }),
      jobs,
      json(200, { status: 'completed' }),
    ])
    const forge = openForge({ client, owner: 'o', repo: 'r', workflowFile: 'tributary.yml' })
    expect([await forge.orchestratorAlive(1), await forge.orchestratorAlive(1)]).toEqual([true, false])
  })
})

describe('a role', () => {
  const roleBy = async (status: number, body: unknown) => {
    const { client } = await misbehaving(Array(9).fill(json(status, body)), { repeats: 1 })
    return openForge({ client, owner: 'o', repo: 'r', workflowFile: 'w.yml' }).role('ada')
  }

  it('is the finer one where GitHub tells it', async () => {
    expect(await roleBy(200, { permission: 'write', role_name: 'maintain' })).toBe('maintain')
    expect(await roleBy(200, { permission: 'read', role_name: 'triage' })).toBe('triage')
    expect(await roleBy(200, { permission: 'write', role_name: 'release-manager' })).toBe('write')
  })

  it('is none for everything unknown', async () => {
    expect(await roleBy(200, { permission: 'owner', role_name: 'owner' })).toBe('none')
    expect(await roleBy(404, { message: 'Not Found' })).toBe('none')
    expect(await roleBy(403, { message: 'Resource not accessible by integration' })).toBe('none')
  })

  it('of an outsider and of a bot is less than write', async () => {
    const { forge } = await hubStage()
    const roles = await Promise.all(
      ['outsider', 'github-actions[bot]', 'no/such body'].map((login) => forge.role(login)),
    )
    for (const role of roles) expect(['none', 'read']).toContain(role)
  })

  it('that GitHub cannot tell now is no answer', async () => {
    await expect(roleBy(503, { message: 'down' })).rejects.toMatchObject({ status: 503 })
    const { client } = await misbehaving([json(429, {}, { 'retry-after': '5000' })])
    const forge = openForge({ client, owner: 'o', repo: 'r', workflowFile: 'w.yml' })
    await expect(forge.role('ada')).rejects.toThrow(LimitReached)
  })
})

describe('the rules for a branch', () => {
  it('are those that our token cannot bypass, in one request where there are none', async () => {
    const { forge, hub, requests } = await hubStage()
    const allow = (settings: object) =>
      fetch(`${hub.url}/_hub/settings`, {
        method: 'POST',
        body: JSON.stringify(settings),
        headers: { authorization: `token ${hub.tokens.admin}`, 'content-type': 'application/json' },
      })
    expect(await forge.branchRules('tributary/1/trunk')).toEqual([])
    expect(Object.values(await requests())).toEqual([1])
    await allow({ branchRules: ['creation'] })
    expect(await forge.branchRules('tributary/1/trunk')).toEqual([
      { type: 'creation', source: `${hub.owner}/${hub.repo}` },
    ])
    await allow({ bypass: 'always' })
    expect(await forge.branchRules('tributary/1/trunk')).toEqual([])
  })

  it('are unknown where GitHub does not show them: the push will tell', async () => {
    const { client } = await misbehaving([json(404, { message: 'Not Found' })])
    const forge = openForge({ client, owner: 'o', repo: 'r', workflowFile: 'tributary.yml' })
    expect(await forge.branchRules('tributary/1/trunk')).toEqual([])
  })
})
