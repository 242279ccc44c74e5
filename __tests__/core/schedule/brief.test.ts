import { describe, expect, it } from 'vitest'
import type { TaskFailure } from '../../../src/core/failure.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import type { HandOff } from '../../../src/core/run/hand-off.ts'
import { recordOf } from '../../../src/core/run/lookup.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { briefOf } from '../../../src/core/schedule/brief.ts'
import { gate, type PlanOverrides } from '../../support/plan.ts'
import { agentsAtWork, followed } from '../../support/planning.ts'
import { begun, report, shaOf, verifiedBy } from '../../support/run.ts'

const handOff = (did: string): HandOff => ({
  did,
  files: ['a.ts'],
  interfaces: [],
  decisions: [],
  caveats: [],
  follow_ups: [],
  check: 'passed',
})

const at = (graph: string, plan?: PlanOverrides): ActiveRun => agentsAtWork(graph, plan)

function landed(state: ActiveRun, ...ids: string[]): ActiveRun {
  return ids.reduce((now, id) => {
    const verified = verifiedBy(now, id).map((event) =>
      event.type === 'task_verified' ? { ...event, report: { ...report, handOff: handOff(`Did ${id}`) } } : event,
    )
    const attempt = recordOf(now.work, id).attempts.length + 1
    return followed<ActiveRun>(now, ...verified, { type: 'task_landed', task: id, attempt })
  }, state)
}

const started = (state: ActiveRun, id: string): ActiveRun => followed<ActiveRun>(state, ...begun(state, id))

const failure = { reason: 'acceptance-failed', exitCode: 1, log: 'no' } as const
const busy: TaskFailure = {
  reason: 'model-busy',
  since: '2026-01-01T00:00:00.000Z',
  until: '2026-01-01T00:10:00.000Z',
  detail: '',
}
function failedOnce(state: ActiveRun, id: string, why: TaskFailure = failure): ActiveRun {
  const attempt = recordOf(state.work, id).attempts.length + 1
  const failed: Extract<RunEvent, { type: 'task_failed' }> = {
    type: 'task_failed',
    at: '2026-01-01T00:00:00.000Z',
    by: 'tributary',
    task: id,
    attempt,
    head: shaOf(`${id} ${attempt}`),
    failure: why,
    final: false,
  }
  return followed<ActiveRun>(started(state, id), failed)
}

describe('what a brief holds of other tasks', () => {
  it('is the hand-off of each direct need in full, and one line for every other that has finished', () => {
    const state = started(landed(at('a > b > d, c, e'), 'a', 'b', 'c'), 'd')
    const { needs, others } = briefOf(state, 'd')
    expect(needs.map(({ id, handOff: left }) => [id, left?.did])).toEqual([['b', 'Did b']])
    expect(others).toEqual({
      tasks: [
        { id: 'a', line: 'Task a: Did a' },
        { id: 'c', line: 'Task c: Did c' },
      ],
      more: 0,
    })
  })

  it('looks through gates and skipped tasks, which have no work of their own', () => {
    const open = landed(at('a > g, g > s, s > d', { tasks: { g: gate } }), 'a')
    const gated = followed<ActiveRun>(
      open,
      { type: 'task_queued', task: 'g', attempt: 1, base: shaOf('g') },
      { type: 'gate_approved', task: 'g' },
      { type: 'task_skipped', task: 's' },
    )
    expect(briefOf(started(gated, 'd'), 'd').needs.map(({ id }) => id)).toEqual(['a'])
  })

  it('names at most sixteen others, those that its needs rest on first, and counts the rest', () => {
    const many = Array.from({ length: 30 }, (_, index) => `o${index}`)
    const state = started(landed(at(`${many.join(', ')}, x > y > z`), ...many, 'x', 'y'), 'z')
    const { others } = briefOf(state, 'z')
    expect([others.tasks.length, others.more, others.tasks[0]?.id]).toEqual([16, 15, 'x'])
  })
})

describe('what a brief holds of the past', () => {
  it('is what the last attempts failed with, what people said, and nothing of an attempt that was given back', () => {
    let state = failedOnce(at('a'), 'a')
    state = followed<ActiveRun>(
      state,
      ...begun(state, 'a'),
      { type: 'task_returned', task: 'a', attempt: 2, slot: 'r1.1' },
      { type: 'task_retried', task: 'a', note: 'look at b', onto: [] },
      { type: 'task_steered', task: 'a', words: 'and at c', by: 'mona' },
    )
    const { earlier, notes, steers, attempt, conflict, baseHasOwnWork } = briefOf(started(state, 'a'), 'a')
    expect(earlier.map((one) => [one.attempt, one.outcome, one.head])).toEqual([[1, 'failed', shaOf('a 1')]])
    expect([notes, steers.map(({ words }) => words), attempt, conflict, baseHasOwnWork]).toEqual([
      ['look at b'],
      ['and at c'],
      3,
      null,
      false,
    ])
  })

  it('is the last real failure, however often the model was busy since, and the attempt whose work it goes on with', () => {
    const state = [busy, busy, busy].reduce((now, why) => failedOnce(now, 'a', why), failedOnce(at('a'), 'a'))
    const { earlier } = briefOf(started(state, 'a'), 'a')
    expect(earlier.map(({ attempt, failure: why }) => [attempt, why?.reason])).toEqual([
      [1, 'acceptance-failed'],
      [4, 'model-busy'],
    ])
  })

  it('is the intents, the paths and the checks of those that it is in conflict with, until it is verified', () => {
    const tasks = {
      a: { acceptance: { argv: ['check', 'a'], expect: '' } },
      b: { acceptance: { argv: ['check', 'b'], expect: 'both' } },
    }
    const both = landed(at('a, b', { tasks }), 'a', 'b')
    const torn = followed<ActiveRun>(both, {
      type: 'task_conflicted',
      task: 'b',
      with: ['a'],
      paths: ['x.ts'],
      onto: [shaOf('trunk')],
      final: false,
    })
    const { conflict, checks, baseHasOwnWork } = briefOf(started(torn, 'b'), 'b')
    expect(conflict?.with.map(({ task, finished }) => [task.id, finished?.handOff?.did])).toEqual([['a', 'Did a']])
    expect([conflict?.paths, conflict?.own, baseHasOwnWork]).toEqual([
      ['x.ts'],
      { attempt: 1, head: shaOf('b head') },
      false,
    ])
    expect(checks).toEqual([
      { of: 'b', argv: ['check', 'b'], expect: 'both' },
      { of: 'a', argv: ['check', 'a'], expect: '' },
    ])
    const settled = followed<ActiveRun>(landed(torn, 'b'), {
      type: 'task_retried',
      task: 'b',
      note: '',
      onto: [shaOf('trunk 2')],
    })
    const again = briefOf(started(settled, 'b'), 'b')
    expect([again.conflict, again.baseHasOwnWork, again.checks.length]).toEqual([null, true, 1])
  })

  it('asks for a check once that two tasks share', () => {
    const torn = followed<ActiveRun>(landed(at('a, b'), 'a', 'b'), {
      type: 'task_conflicted',
      task: 'b',
      with: ['a'],
      paths: ['x.ts'],
      onto: [shaOf('trunk')],
      final: false,
    })
    expect(briefOf(started(torn, 'b'), 'b').checks).toEqual([{ of: 'b', argv: ['true'], expect: '' }])
  })
})
