import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Task } from '../../../src/core/plan/plan.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { planOf } from '../../support/plan.ts'
import { assign, only, RUN, SLOT, type SlotWorld, script, slotWorld } from '../../support/slot.ts'

let world: SlotWorld
beforeEach(() => {
  world = slotWorld({ secrets: ['ghs_abcdefgh'] })
})
afterEach(() => world.remove())

const PLAN_ID = 'a'.repeat(12)

/** A plan whose tasks have these acceptances; who asked for it may approve it or not. */
function propose(acceptances: Record<string, string[]>, mayApprove = true, more: Record<string, unknown> = {}) {
  const tasks: Record<string, Partial<Task>> = {}
  for (const [id, argv] of Object.entries(acceptances)) tasks[id] = { acceptance: { argv, expect: '' }, run: [] }
  world.happens(
    { type: 'plan_requested', run: RUN, issue: 42, title: 'An issue', body: '', words: '', mayApprove },
    {
      type: 'plan_proposed',
      plan: planOf(Object.keys(acceptances).join(', '), { verification: [], tasks }),
      planId: PLAN_ID,
      base: world.base,
      baseBranch: 'main',
      settings: settingsSchema.parse(more),
      settingsBlob: '',
      trunk: world.base,
      notes: [],
    },
  )
}
const started = () => world.happens({ type: 'baseline_started', version: 1, slot: SLOT })

/** The orchestrator records what the slot hands over. */
const recorded = () =>
  world.onUpload(({ result: { outcome } }) => {
    if (outcome.kind !== 'baseline') return world.happens({ type: 'baseline_given_up', version: 1, why: outcome.kind })
    world.happens({ type: 'baseline_taken', version: 1, checks: outcome.checks, sandbox: outcome.report.sandbox })
  })

const checksOf = () => {
  const { outcome } = only(world.uploads).result
  if (outcome.kind !== 'baseline') throw new Error(outcome.kind)
  return outcome.checks
}

describe('a slot that takes a baseline', () => {
  it('says of each check whether it passes, fails or cannot run, hands that over, and leaves', async () => {
    propose({
      a: script('echo why >&2; exit 3'),
      b: ['test', '-e', 'a.txt'],
      c: ['no-such-program'],
      d: script('cat no-such-file ghs_abcdefgh'),
    })
    started()
    recorded()
    await world.start()
    expect(checksOf().map(({ outcome, exitCode }) => [outcome, exitCode])).toEqual([
      ['failed', 3],
      ['passed', 0],
      ['missing', 127],
      ['failed', 1],
    ])
    expect(checksOf()[0]?.log).toBe('why')
    expect(JSON.stringify(checksOf())).not.toContain('ghs_abcdefgh')
    expect(world.lines.at(-1)).toBe('The slot leaves: the baseline is done, and no task may start before an approval.')
  })

  it('runs each on a fresh tree of the base, of which nothing stays', async () => {
    propose({ a: script('echo x > a.txt; echo x > left.txt'), b: script('! test -e left.txt && grep -qx a a.txt') })
    started()
    recorded()
    await world.start()
    expect(checksOf().map(({ outcome }) => outcome)).toEqual(['passed', 'passed'])
    expect(only(world.uploads).bundle).toBeNull()
    expect(readdirSync(world.tree)).not.toContain('left.txt')
  })

  it('lets them reach no host, not even an allowed one', async () => {
    propose({ a: ['true'] }, true, { network: { allow: ['open.example'] } })
    started()
    recorded()
    const { probe } = await world.parts()
    const allowed: (readonly string[])[] = []
    await world.start({
      probe: (setting, limits, allow) => {
        allowed.push(allow)
        return probe(setting, limits, allow)
      },
    })
    expect(allowed).toEqual([[]])
    expect(checksOf()[0]?.outcome).toBe('passed')
  })

  it('keeps the end of a long output', async () => {
    propose({ a: script('seq 1 5000; exit 1') })
    started()
    recorded()
    await world.start()
    const log = checksOf()[0]?.log ?? ''
    expect([log.length <= 600, log.endsWith('5000')]).toEqual([true, true])
  })

  it('says why there is none if the set-up of the settings fails', async () => {
    propose({ a: ['true'] }, true, { setup: [script('echo no lock file; exit 7')] })
    started()
    recorded()
    await world.start()
    expect(only(world.uploads).result.outcome).toMatchObject({
      kind: 'failed',
      failure: { reason: 'program-failed', exitCode: 7 },
    })
  })

  it('drops it when the approval comes, and takes a task instead', async () => {
    propose({ a: script('touch ignored; sleep 600') })
    started()
    world.onUpload(() => world.happens({ type: 'run_cancelled', why: 'the test is over' }))
    const slot = world.start()
    while (!existsSync(join(world.tree, 'ignored'))) await new Promise((go) => setTimeout(go, 5))
    world.happens({ type: 'plan_approved', planId: PLAN_ID, only: null })
    assign(world, 'a')
    await world.passTime(slot)
    expect(only(world.uploads).result.task).toBe('a')
  })
})

describe('an agent whose acceptance passes before it begins', () => {
  const worker = { command: ['sh', '-c', 'echo done > a/b.txt || { mkdir a; echo done > a/b.txt; }'] }
  const approve = () => world.happens({ type: 'plan_approved', planId: PLAN_ID, only: null })
  const end = () => world.onUpload(() => world.happens({ type: 'run_cancelled', why: 'the test is over' }))

  it('waits for a look, if nobody could see a baseline before the approval', async () => {
    propose({ a: script('echo fine') }, false, { worker })
    approve()
    assign(world, 'a')
    end()
    await world.start()
    const { outcome } = only(world.uploads).result
    expect(outcome).toMatchObject({ kind: 'failed', head: null, failure: { reason: 'passes-already', log: 'fine\n' } })
    expect(world.transcripts[0]?.text).not.toContain('"kind":"agent"')
  })

  it('begins if its acceptance fails on the base, as it should', async () => {
    propose({ a: ['test', '-e', 'a/b.txt'] }, false, { worker })
    approve()
    assign(world, 'a')
    end()
    await world.start()
    expect(only(world.uploads).result.outcome.kind).toBe('done')
  })

  it('begins after `/retry`', async () => {
    propose({ a: ['true'] }, false, { worker })
    approve()
    assign(world, 'a')
    const failure = { reason: 'passes-already' as const, log: '' }
    world.happens(
      { type: 'task_failed', task: 'a', attempt: 1, head: null, failure, final: true },
      { type: 'task_retried', task: 'a', note: 'go on', onto: [] },
    )
    assign(world, 'a', { attempt: 2 })
    end()
    await world.start()
    expect(only(world.uploads).result.outcome.kind).toBe('done')
  })
})
