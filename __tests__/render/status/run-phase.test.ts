import { describe, expect, it } from 'vitest'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { activeHeadline } from '../../../src/render/status/headline-active.ts'
import { phaseOf, type RunPhase, runBlocker } from '../../../src/render/status/run-phase.ts'
import { gate } from '../../support/plan.ts'
import { followed } from '../../support/planning.ts'
import { AT, begun, failed, queued, running } from '../../support/run.ts'

describe('the check of a run', () => {
  it.each<[string, RunPhase, ReturnType<typeof runBlocker>]>([
    ['goes on while the planner writes', { kind: 'planning', stage: 'designing' }, 'none'],
    ['asks a person whose answer the planner waits for', { kind: 'planning', stage: 'questions' }, 'person'],
    ['asks a person if the run has none', { kind: 'out-of-money' }, 'person'],
    [
      'waits for a person if it paused itself',
      { kind: 'paused', by: 'tributary', why: 'GH013', refused: true },
      'person',
    ],
    [
      'goes on while a person has paused the run: what is at work ends first',
      { kind: 'paused', by: 'admin', why: 'by @admin', refused: false },
      'none',
    ],
    ['says that trunk is broken', { kind: 'verification-failed', failure: { cause: 'searching' } }, 'broken'],
  ])('%s', (_what, phase, expected) => {
    expect(runBlocker(phase)).toBe(expected)
  })
})

describe('a run with a parked task', () => {
  const parked = (state: ActiveRun): ActiveRun =>
    followed<ActiveRun>(state, ...begun(state, 'a'), {
      type: 'task_failed',
      task: 'a',
      attempt: 1,
      head: null,
      failure: { reason: 'model-busy', since: AT, until: AT, detail: '' },
      final: false,
    })

  it('waits for the model if no person can do anything', () => {
    const state = parked(running('a'))
    expect(phaseOf(state).kind).toBe('model-busy')
    expect(activeHeadline(state).detail).toMatch(/goes on by itself at 2026-01-01/)
  })

  it('tells first what waits for a person, and that the parked task goes on meanwhile', () => {
    const gated = running('a, g', { tasks: { g: gate } })
    const waits = followed<ActiveRun>(parked(gated), ...queued(gated, 'g'))
    const stuck = failed(parked(running('a, b')), 'b')
    expect([phaseOf(waits).kind, phaseOf(stuck).kind]).toEqual(['waiting-for-person', 'stuck'])
    for (const state of [waits, stuck])
      expect(activeHeadline(state).detail).toMatch(/^What waits for the model goes on at 2026-01-01/)
    expect(activeHeadline(failed(running('a'), 'a')).detail).toMatch(/^Everything else is done; /)
  })

  it('tells first that the rest is not approved', () => {
    const some = parked(running('a, b'))
    const state = { ...some, work: { ...some.work, approved: ['a'] } }
    expect(phaseOf(state).kind).toBe('part-not-approved')
  })
})
