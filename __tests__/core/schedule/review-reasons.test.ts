import { describe, expect, it } from 'vitest'
import type { Task } from '../../../src/core/plan/plan.ts'
import { type HandOff, handOffOf } from '../../../src/core/run/hand-off.ts'
import type { Report } from '../../../src/core/run/report.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { reviewReasons, reviewWait } from '../../../src/core/schedule/review-reasons.ts'
import type { Settings } from '../../../src/core/settings.ts'
import { agentsAtWork, followed } from '../../support/planning.ts'
import { begun, report, verifiedBy } from '../../support/run.ts'

const promised = { a: { interface: '`load(path: string)` in src/disk.ts' } }
const handOff = (interfaces: string[], files: string[] = []): HandOff =>
  handOffOf({ did: 'It loads.', interfaces, decisions: [], caveats: [], follow_ups: [] }, { files, check: '' })
const kept = handOff(['load(path: string) in src/disk.ts'])
const broken = handOff(['loadFile(path: string) in src/disk.ts'])
const paths = (count: number) => Array.from({ length: count }, (_, n) => `src/${n}.ts`)

function reasons(
  graph: string,
  more: Partial<Report> = {},
  { tasks = promised, settings = {} }: { tasks?: Record<string, Partial<Task>>; settings?: Partial<Settings> } = {},
) {
  const state = agentsAtWork(graph, { tasks })
  const run = followed<ActiveRun>(state, ...begun(state, 'a'))
  const work = { ...run.work, settings: { ...run.work.settings, ...settings } }
  return reviewReasons(work, 'a', { ...report, ...more })
}

describe('a result is risky', () => {
  it('if what it handed off is not what it promised to a task that has not started', () => {
    expect(reasons('a > b', { handOff: broken })).toEqual(['promise'])
    expect(reasons('a > b', { handOff: kept })).toEqual([])
    // Nothing builds on it, or only what a program does.
    expect(reasons('a, b', { handOff: broken })).toEqual([])
    const program = { ...promised, b: { run: ['make'] } }
    expect(reasons('a > b', { handOff: broken }, { tasks: program })).toEqual([])
  })

  it('if at least two tasks build on its interface and it changed ten files', () => {
    const wide = { handOff: handOff(kept.interfaces, paths(10)) }
    expect(reasons('a > b, a > c', wide)).toEqual(['shared'])
    expect(reasons('a > b', wide)).toEqual([])
    expect(reasons('a > b, a > c', { handOff: handOff(kept.interfaces, paths(9)) })).toEqual([])
    expect(reasons('a > b, a > c', wide, { tasks: {} })).toEqual([])
  })

  it('if its acceptance was flaky, or a model settled a conflict in it', () => {
    expect(reasons('a', { flaky: ['npm test'] })).toEqual(['flaky'])
    expect(reasons('a, b', { resolved: ['b'] })).toEqual(['conflict'])
  })

  it('if an earlier attempt failed, but not if that one was parked or lost its slot', () => {
    const grown = (...between: Parameters<typeof followed>[1][]) => {
      const state = agentsAtWork('a', { tasks: promised })
      const first = followed<ActiveRun>(state, ...begun(state, 'a'), ...between)
      return reviewReasons(followed<ActiveRun>(first, ...begun(first, 'a')).work, 'a', report)
    }
    const at = { task: 'a', attempt: 1 } as const
    const failed = { type: 'task_failed', ...at, head: null, final: false } as const
    expect(grown({ ...failed, failure: { reason: 'acceptance-failed', exitCode: 1, log: '' } })).toEqual(['attempts'])
    const busy = {
      reason: 'model-busy',
      since: '2026-01-01T00:00:00Z',
      until: '2026-01-01T00:10:00Z',
      detail: '',
    } as const
    expect(grown({ ...failed, failure: busy })).toEqual([])
    expect(grown({ type: 'task_returned', ...at, slot: 'r1.1' })).toEqual([])
  })
})

describe('a result is not reviewed', () => {
  it('if nothing of it is risky, unless the settings ask for all', () => {
    expect(reasons('a > b')).toEqual([])
    expect(reasons('a > b', {}, { settings: { review: 'all' } })).toEqual(['all'])
    expect(reasons('a > b', { handOff: broken }, { settings: { review: 'all' } })).toEqual(['promise'])
  })

  it('if the settings say so, or a program made it', () => {
    expect(reasons('a > b', { handOff: broken, flaky: ['npm test'] }, { settings: { review: 'off' } })).toEqual([])
    const program = { a: { ...promised.a, run: ['make'] } }
    expect(reasons('a > b', { flaky: ['make'] }, { tasks: program, settings: { review: 'all' } })).toEqual([])
  })

  it('for its promise, if a program of `worker.command` worked on it, which names no interface', () => {
    const worker = { command: ['agent'], env: [], network: false }
    const silent = { handOff: handOff([]) }
    expect(reasons('a > b', silent, { settings: { worker } })).toEqual([])
    expect(reasons('a > b', silent, { settings: { worker, review: 'all' } })).toEqual(['all'])
    expect(reasons('a > b', silent)).toEqual(['promise'])
  })

  it('again after it was sent back, but for tasks that have to know of a broken promise', () => {
    const state = agentsAtWork('a > b', { tasks: promised })
    const verified = verifiedBy(state, 'a').map((event) =>
      event.type === 'task_verified' ? { ...event, review: ['promise' as const] } : event,
    )
    const back = followed<ActiveRun>(state, ...verified, {
      type: 'task_reviewed',
      task: 'a',
      attempt: 1,
      verdict: 'sent-back',
      findings: ['It loads nothing.'],
    })
    const { work } = followed<ActiveRun>(back, ...begun(back, 'a'))
    expect(reviewReasons(work, 'a', { ...report, handOff: kept, flaky: ['npm test'] })).toEqual([])
    expect(reviewReasons(work, 'a', { ...report, handOff: broken, flaky: ['npm test'] })).toEqual(['promise'])
    const all = { ...work, settings: { ...work.settings, review: 'all' as const } }
    expect(reviewReasons(all, 'a', report)).toEqual([])
  })
})

describe('a review waits for a busy model', () => {
  const wait = (review: Settings['review'], reason: 'promise' | 'flaky') => {
    const state = agentsAtWork('a > b', { tasks: promised })
    const verified = verifiedBy(state, 'a').map((event) =>
      event.type === 'task_verified' ? { ...event, review: [reason] } : event,
    )
    const run = followed<ActiveRun>(state, ...verified)
    return reviewWait({ ...run.work, settings: { ...run.work.settings, review } }, 'a')
  }

  it('for two minutes, but for an hour if a promise is broken or every result is to be reviewed', () => {
    expect(wait('risky', 'flaky')).toBe(120)
    expect(wait('risky', 'promise')).toBe(3600)
    expect(wait('all', 'flaky')).toBe(3600)
  })
})
