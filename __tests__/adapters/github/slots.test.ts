import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openHandover } from '../../../src/adapters/github/artifact.ts'
import { openPages } from '../../../src/adapters/github/pages.ts'
import { openSlots, resultArtifact, slotJobOf } from '../../../src/adapters/github/slots.ts'
import { StorageRefused, UnreadableResult } from '../../../src/ports/slots.ts'
import { removeFolder, temporary } from '../../hub/support/repository.ts'
import { type HubStage, hubStage } from './stage.ts'

function folder(name: string): string {
  const path = temporary(name)
  onTestFinished(() => removeFolder(path))
  return path
}

/** A workflow run with three slots, its jobs done; and what a slot's job has in its environment. */
async function started(stage: HubStage) {
  const slots = '["r2.1","r2.2","r2.3"]'
  const { workflowRun } = await stage.forge.dispatch({ role: 'work', run: '42-2', request: 'r2', slots })
  if (workflowRun === null) throw new Error('no workflow run')
  await stage.hub.runner.idle()
  vi.stubEnv('ACTIONS_RUNTIME_TOKEN', stage.host.runtimeToken({ id: 1, run_id: workflowRun }))
  vi.stubEnv('ACTIONS_RESULTS_URL', stage.host.resultsUrl)
  vi.stubEnv('GITHUB_SERVER_URL', stage.host.serverUrl)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  const place = { ...stage.place, folder: folder('results'), action: 'somebody/tributary' }
  return {
    workflowRun,
    slots: openSlots({ ...place, workflowRun: 0 }),
    /** As the orchestrator of the same workflow run sees them. */
    own: openSlots({ ...place, workflowRun }),
  }
}

async function handOver(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  const root = folder('handover')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const paths = Object.keys(files).map((path) => join(root, path))
  await quietly(() => openHandover().upload(name, paths, root))
}

/** The artifact client tells the job's log all that it does. */
async function quietly<Value>(act: () => Promise<Value>): Promise<Value> {
  const quiet = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  try {
    return await act()
  } finally {
    quiet.mockRestore()
  }
}

describe('the jobs of a workflow run', () => {
  it('are its slots, and a look that finds nothing new costs nothing', async () => {
    const stage = await hubStage()
    const { workflowRun, slots } = await started(stage)
    const first = await slots.jobs(workflowRun)
    expect(first.map(({ slot, status }) => [slot, status])).toEqual([
      ['r2.1', 'completed'],
      ['r2.2', 'completed'],
      ['r2.3', 'completed'],
    ])
    expect(first[0]?.startedAt).toMatch(/^\d{4}-/)
    await stage.requests()
    expect(await slots.jobs(workflowRun)).toEqual(first)
    expect(Object.values(await stage.requests())).toEqual([0])
  })

  it.each([
    ['slot r1.1', 'r1.1'],
    ['Tributary / slot r10.12', 'r10.12'],
    ['orchestrate', undefined],
    ['slotted r1.1', undefined],
  ])('are told by their names: %s', (name, slot) => {
    expect(slotJobOf({ id: 1, name, status: 'waiting', started_at: null, conclusion: null }, '')?.slot).toBe(slot)
  })
})

describe('a slot’s job that failed', () => {
  const step = (name: string, conclusion: string | null) => ({ name, conclusion })
  const jobWith = (...steps: { name: string; conclusion: string | null }[]) =>
    slotJobOf(
      {
        id: 1,
        name: 'slot r1.1',
        status: 'completed',
        started_at: null,
        conclusion: 'failure',
        html_url: 'https://x',
        steps,
      },
      'somebody/tributary',
    )
  const OURS = 'Run somebody/tributary@v1'

  it.each([
    [
      'in its set-up',
      [step('Set up job', 'success'), step('Run npm ci', 'failure'), step(OURS, 'skipped')],
      'Run npm ci',
    ],
    ['because an action could not be loaded', [step('Set up job', 'failure')], 'Set up job'],
    ['without a machine', [], null],
    [
      'in our step',
      [step('Run npm ci', 'success'), step(OURS, 'failure'), step('Post Run actions/checkout', 'success')],
      undefined,
    ],
    ['in our step, with steps behind it', [step(OURS, 'failure'), step('Run report', 'skipped')], undefined],
    ['after the loss of its machine', [step('Run npm ci', null), step(OURS, null)], undefined],
  ])('%s', (_, steps, failedStep) => {
    expect(jobWith(...steps)?.failedStep).toBe(failedStep)
  })
})

describe('a storage that is full', () => {
  it.each(['create', 'finalize'] as const)('is told by GitHub’s words, at once (%s)', async (at) => {
    const stage = await hubStage()
    await started(stage)
    await stage.fault({ kind: 'refuse-artifact', name: '^tributary-42-2-t1-1$', at })
    const refused = handOver('tributary-42-2-t1-1', { 'result.json': '{}' })
    await expect(refused).rejects.toThrow(StorageRefused)
    await expect(refused).rejects.toThrow('Artifact storage quota has been hit')
  })
})

describe('a result', () => {
  it('is handed over, listed and unpacked, bundle and all', async () => {
    const stage = await hubStage()
    const { workflowRun, slots } = await started(stage)
    await handOver('tributary-42-2-t1-money-3', { 'result.json': '{"ok":"ü"}', 'work.bundle': 'bundle' })
    await handOver('tributary-42-2-t2-1', { 'result.json': '{}' })
    await handOver('tributary-42-t9-1', { 'result.json': '{}' })
    const found = (await slots.results(workflowRun, '42-2')).toSorted((one, other) => one.id - other.id)
    expect(found).toMatchObject([
      { run: '42-2', task: 't1-money', attempt: 3 },
      { run: '42-2', task: 't2', attempt: 1 },
    ])
    const [first, second] = found
    if (first === undefined || second === undefined) throw new Error('not listed')
    const { result, bundle } = await slots.download(first)
    expect([result, readFileSync(bundle ?? '', 'utf8')]).toEqual(['{"ok":"ü"}', 'bundle'])
    expect(await slots.download(second)).toEqual({ result: '{}', bundle: null })
  })

  it('of its own workflow run costs an orchestrator no request to the API, unless it cannot be had otherwise', async () => {
    const stage = await hubStage()
    const { workflowRun, own } = await started(stage)
    await handOver('tributary-42-2-t1-1', { 'result.json': '{}', 'work.bundle': 'bundle' })
    const [found] = await own.results(workflowRun, '42-2')
    if (found === undefined) throw new Error('not listed')
    await stage.requests()
    const { result, bundle } = await quietly(() => own.download(found))
    expect([result, readFileSync(bundle ?? '', 'utf8')]).toEqual(['{}', 'bundle'])
    expect(await stage.requests()).toEqual({})
    vi.stubEnv('ACTIONS_RUNTIME_TOKEN', 'ended')
    expect((await quietly(() => own.download(found))).result).toBe('{}')
    expect(Object.keys(await stage.requests())).toEqual([expect.stringContaining('/actions/artifacts/{id}')])
  })

  it('that was handed over before is not handed over again', async () => {
    const stage = await hubStage()
    const { workflowRun, slots } = await started(stage)
    await handOver('tributary-42-2-t1-1', { 'result.json': '{"first":true}' })
    await handOver('tributary-42-2-t1-1', { 'result.json': '{"first":false}' })
    const found = await slots.results(workflowRun, '42-2')
    expect(found).toHaveLength(1)
    expect(found[0] && (await slots.download(found[0])).result).toBe('{"first":true}')
  })

  it('whose announcement got lost arrives under another name', async () => {
    const stage = await hubStage()
    const { workflowRun, slots } = await started(stage)
    await stage.fault({ kind: 'status-after', status: 500, method: 'POST', route: 'CreateArtifact$' })
    await handOver('tributary-42-2-t1-1', { 'result.json': '{}' })
    expect(await slots.results(workflowRun, '42-2')).toMatchObject([{ task: 't1', attempt: 1 }])
  })

  it('without its file is unreadable', async () => {
    const stage = await hubStage()
    const { workflowRun, slots } = await started(stage)
    await handOver('tributary-42-2-t1-1', { 'sub/result.json': '{}', 'other.txt': 'x' })
    const [found] = await slots.results(workflowRun, '42-2')
    if (found === undefined) throw new Error('not listed')
    await expect(slots.download(found)).rejects.toThrow(UnreadableResult)
  })

  it.each([500, 403])('is loaded again where a transfer fails with %i', async (status) => {
    const stage = await hubStage()
    const { workflowRun, slots } = await started(stage)
    await handOver('tributary-42-2-t1-1', { 'result.json': '{}' })
    const [found] = await slots.results(workflowRun, '42-2')
    if (found === undefined) throw new Error('not listed')
    await stage.fault({ kind: 'status', status, method: 'GET', route: '^/_blobs/' })
    expect((await slots.download(found)).result).toBe('{}')
    expect(stage.clock.waits).toEqual([1])
  })
})

describe('a checkpoint', () => {
  it('is listed apart from the results, and its slot can take it away', async () => {
    const stage = await hubStage()
    const { workflowRun, slots } = await started(stage)
    await handOver('tributary-42-2-t1-3', { 'result.json': '{}' })
    for (const number of [1, 2])
      await handOver(`tributary-42-2-t1-3-work${number}`, { 'result.json': `${number}`, 'transcript.jsonl': '{}' })
    await quietly(() => openHandover().remove('tributary-42-2-t1-3-work1'))
    const [found, ...more] = await slots.checkpoints(workflowRun, '42-2')
    expect([found, more]).toMatchObject([{ run: '42-2', task: 't1', attempt: 3, number: 2, workflowRun }, []])
    expect(await slots.results(workflowRun, '42-2')).toHaveLength(1)
    expect(found && (await slots.download(found))).toEqual({ result: '2', bundle: null })
  })

  it('is asked for by no request that counts if the list is as it was', async () => {
    const stage = await hubStage()
    const { workflowRun, slots } = await started(stage)
    await slots.results(workflowRun, '42-2')
    await stage.requests()
    expect(await slots.checkpoints(workflowRun, '42-2')).toEqual([])
    expect(Object.values(await stage.requests())).toEqual([0])
  })
})

it.each([
  ['tributary-42-t1-1', { run: '42', task: 't1', attempt: 1 }],
  ['tributary-42-t1-12.2', { run: '42', task: 't1', attempt: 12 }],
  ['tributary-42-verify-2', { run: '42', task: 'verify', attempt: 2 }],
  ['tributary-42-2-t1-1', null],
  ['tributary-42-t1', null],
  ['tributary-42-t1-0', null],
  ['tributary-42-../x-1', null],
  ['logs', null],
])('reads the name of an artifact: %s', (name, read) => {
  const wanted = read === null ? null : { id: 5, workflowRun: 7, ...read }
  expect(resultArtifact({ id: 5, name, expired: false }, { run: '42', workflowRun: 7 })).toEqual(wanted)
  expect(resultArtifact({ id: 5, name, expired: true }, { run: '42', workflowRun: 7 })).toBeNull()
})

describe('the page of a run', () => {
  it('is an artifact that is no archive and no result, and the same one if it was kept before', async () => {
    const stage = await hubStage()
    const { workflowRun, slots } = await started(stage)
    const pages = openPages(folder('pages'))
    const ids: number[] = []
    for (let time = 0; time < 2; time += 1)
      await quietly(
        async () => void ids.push(await pages.keep('tributary-42-2-0a1b.html', '<!doctype html><title>Run</title>')),
      )
    expect(ids[0]).toBe(ids[1])
    expect(await slots.results(workflowRun, '42-2')).toEqual([])
    const address = `${stage.hub.api}/repos/${stage.place.owner}/${stage.place.repo}/actions/artifacts/${ids[0]}/zip`
    const answer = await fetch(address, { headers: { authorization: `token ${stage.hub.tokens.reader}` } })
    expect(await answer.text()).toBe('<!doctype html><title>Run</title>')
    expect(answer.headers.get('content-type')).toContain('text/html')
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="tributary-42-2-0a1b\.html"/)
  })
})
