import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { replayOn } from '../../../src/core/run/evolve.ts'
import { statusOf } from '../../../src/core/run/lookup.ts'
import { type ActiveRun, type RunState, workOf } from '../../../src/core/run/state.ts'
import type { TaskStatus } from '../../../src/core/run/task-record.ts'
import { tasksWithStatus } from '../../../src/core/run/task-status.ts'
import type { Work } from '../../../src/core/run/work.ts'
import { AT, afterwards, begun, failed, landed, landedBy, queued, running } from '../../support/run.ts'

const STATUSES: readonly TaskStatus[] = ['pending', 'queued', 'in_progress', 'landed', 'failed', 'skipped', 'cancelled']
const stamp = { at: AT, by: 'admin' }
const skipped = (task: string): RunEvent => ({ type: 'task_skipped', ...stamp, task })
const cancelled: RunEvent = { type: 'run_cancelled', ...stamp, why: '' }
const independent = (count: number): string => Array.from({ length: count }, (_, index) => `t${index}`).join(', ')

function workIn(state: RunState): Work {
  const work = workOf(state)
  if (work === null) throw new Error('the run has no plan')
  return work
}

const seen = (state: RunState) => STATUSES.map((status) => tasksWithStatus(workIn(state), status).map(({ id }) => id))
const oneByOne = (state: RunState) => {
  const work = workIn(state)
  const ids = work.plan.tasks.map(({ id }) => id)
  return STATUSES.map((status) => ids.filter((id) => statusOf(work, id) === status))
}

describe('the tasks with a status', () => {
  it('are those that a look at each task finds, however the run was folded between two looks', () => {
    const start = running(`${independent(30)}, t3 > u, t7 > u`)
    const folds: ((state: ActiveRun) => RunEvent[])[] = [
      (state) => queued(state, 't7'),
      (state) => [...queued(state, 't3'), ...landedBy(state, 't12')],
      () => [skipped('t0'), skipped('t29')],
      (state) => landedBy(state, 't1').slice(1),
      () => [{ type: 'budget_set', ...stamp, usd: 3 }],
      (state) => landedBy(state, 't4'),
      () => [{ type: 'task_retried', ...stamp, task: 't0', note: '', onto: [] }],
    ]
    let state = start
    for (const events of folds) {
      seen(state)
      state = afterwards(state, ...events(state))
      expect(seen(state)).toEqual(oneByOne(state))
    }
    expect(seen(start)).toEqual(oneByOne(start))
  })
  it('are right after events that move tasks without naming them', () => {
    const state = landed(running(independent(30)), 't2')
    seen(state)
    for (const events of [
      [cancelled],
      [...queued(state, 't1'), cancelled],
      [...queued(state, 't1'), cancelled, skipped('t4')],
    ])
      expect(seen(replayOn(state, events))).toEqual(oneByOne(replayOn(state, events)))
  })
  it('stay in plan order if several are asked for', () => {
    const state = failed(landed(running(independent(6)), 't4'), 't1')
    const ids = tasksWithStatus(state.work, 'landed', 'failed', 'pending').map(({ id }) => id)
    expect(ids).toEqual(['t0', 't1', 't2', 't3', 't4', 't5'])
  })
  it('are found by looking at the tasks that have changed, not at all of them', () => {
    expect([looksAfterOneEvent(200), looksAfterOneEvent(2000)].map((looks) => looks < 100)).toEqual([true, true])
  })
})

/** How often a task of a plan with so many is looked at, from one event to the tasks that are queued and pending then. */
function looksAfterOneEvent(count: number): number {
  let looks = 0
  const state = running(independent(count))
  const tasks = state.work.plan.tasks.map((task) =>
    Object.defineProperty({ ...task }, 'id', {
      enumerable: true,
      get: () => {
        looks += 1
        return task.id
      },
    }),
  )
  const counted = { ...state, work: { ...state.work, plan: { ...state.work.plan, tasks } } }
  expect(tasksWithStatus(counted.work, 'pending')).toHaveLength(count)
  // The second fold: the places of the tasks in the plan are known by then.
  const [first, second] = [`t${count / 2}`, `t${count / 4}`]
  const before = afterwards(counted, ...queued(counted, first))
  expect(tasksWithStatus(before.work, 'queued')).toHaveLength(1)
  looks = 0
  const after = afterwards(before, ...begun(before, second))
  expect(tasksWithStatus(after.work, 'in_progress').map(({ id }) => id)).toEqual([second])
  expect(tasksWithStatus(after.work, 'pending')).toHaveLength(count - 2)
  return looks
}
