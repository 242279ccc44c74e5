import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src/core/run/event.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { nextTask } from '../../../src/core/schedule/next-task.ts'
import { assign, queueable } from '../../../src/core/schedule/ready.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { gate, type PlanOverrides, planOf } from '../../support/plan.ts'
import { AT, afterwards, queued, running, shaOf } from '../../support/run.ts'

const stamp = { at: AT, by: 'tributary' } as const
const program = { run: ['make'] }
const large = { ...program, size: 'large' } as const

/** A run of programs whose ready tasks are queued; those named are at work, on slots of their own: `s1`, `s2`. */
function atWork(graph: string, tasks: string[], { tasks: given = {}, ...plan }: PlanOverrides = {}): ActiveRun {
  const programs = Object.fromEntries(planOf(graph).tasks.map(({ id }) => [id, { ...program, ...given[id] }]))
  return started(queueAll(running(graph, { ...plan, tasks: programs })), tasks)
}
const queueAll = (state: ActiveRun): ActiveRun =>
  queueable(state.work).reduce((now, { id }) => afterwards(now, ...queued(now, id)), state)
const started = (state: ActiveRun, tasks: string[]): ActiveRun =>
  afterwards(state, ...tasks.map((task, index) => start(task, `s${index + 1}`)))
const start = (task: string, slot: string): RunEvent => ({ type: 'task_started', ...stamp, task, attempt: 1, slot })
const land = (task: string): RunEvent => ({ type: 'task_landed', ...stamp, task, attempt: 1 })
const verified = (state: ActiveRun, task: string): ActiveRun => {
  const done = { ...stamp, task, attempt: 1 }
  const report = { workSeconds: 1, acceptanceSeconds: 1, acceptanceLog: '', summary: '', sandbox: '' }
  return afterwards(state, { type: 'task_verified', ...done, head: shaOf('h'), tree: shaOf('t'), report })
}
const nextOf = (state: ActiveRun, slot = 's1') => nextTask(state, slot)?.id ?? null
/** What the scheduler gives the slot when the result of its task has come in. */
const given = (state: ActiveRun, slot = 's1') => {
  const [first] = assign(state, [slot])
  return first?.kind === 'task' ? first.task : null
}

describe('what a slot at work takes next', () => {
  it('is what the scheduler gives it when its result has come in', () => {
    for (const graph of ['a, b, c', 'a, b, c > z, d', 'a > z, b > y, c > x']) {
      const state = atWork(graph, ['a'])
      expect(nextOf(state)).toBe(given(verified(state, 'a')))
    }
    expect(nextOf(atWork('a, b', ['a', 'b']))).toBeNull()
    expect(nextOf(atWork('a, b', ['a']), 's2')).toBeNull()
  })

  it('is nothing if a task that becomes ready by its own result has a longer path', () => {
    const sized = { tasks: { later: large } }
    expect(nextOf(atWork('a > later, b', ['a'], sized))).toBeNull()
    expect(given(queueAll(afterwards(verified(atWork('a > later, b', ['a'], sized), 'a'), land('a'))))).toBe('later')
    expect(nextOf(atWork('a > later, b', ['a'], { tasks: { b: large } }))).toBe('b')
    // It still waits for another one, or takes no slot, or is not approved.
    expect(nextOf(atWork('a > later, x > later, b', ['a', 'x'], sized))).toBe('b')
    expect(nextOf(atWork('a > later, b', ['a'], { tasks: { later: { ...gate, size: 'large' } } }))).toBe('b')
    const state = atWork('a > later, b', ['a'], sized)
    expect(nextOf({ ...state, work: { ...state.work, approved: ['a', 'b'] } })).toBe('b')
  })

  it('is nothing for programs that can reach anything outside of their sandbox', () => {
    const state = atWork('a, b', ['a'])
    const under = (settings: object) => ({
      ...state,
      work: { ...state.work, settings: settingsSchema.parse(settings) },
    })
    expect(nextOf(under({}))).toBe('b')
    expect(nextOf(under({ sandbox: 'off' }))).toBeNull()
    expect(nextOf(under({ network: { allow: ['registry.npmjs.org'] } }))).toBeNull()
  })

  it('never writes what will still be at work, but may write what its own work wrote', () => {
    const same = { writes: ['src/**'] }
    expect(nextOf(atWork('a, b, c, d', ['a', 'b'], { tasks: { b: same, c: same } }))).toBe('d')
    const own = atWork('a, b, c', ['a'], { tasks: { a: same, b: same } })
    expect(nextOf(own)).toBe('b')
    expect(given(verified(own, 'a'))).toBe('b')
  })

  it('is nothing in a pause, for a part that is not approved, and before a verification', () => {
    const state = atWork('a, b', ['a'])
    expect(nextOf(state)).toBe('b')
    expect(nextOf(afterwards(state, { type: 'run_paused', ...stamp, why: '' }))).toBeNull()
    expect(nextOf({ ...state, work: { ...state.work, approved: ['a'] } })).toBeNull()
    expect(nextOf(afterwards(state, { type: 'verification_queued', ...stamp, on: shaOf('t'), attempt: 1 }))).toBeNull()
  })

  it('is nothing that an agent works on: its money is reserved at its start', () => {
    expect(nextOf(atWork('a, b', ['a'], { tasks: { b: { run: [] } } }))).toBeNull()
    const settings = settingsSchema.parse({ worker: { command: ['other', '{prompt_file}'] } })
    const others = running('a, b', { tasks: { a: program, b: { run: [] } } }, settings)
    expect(nextOf(started(queueAll(others), ['a']))).toBeNull()
  })

  it('ends when the task is given away, cancelled or no longer ready, and when the slot has lost its own', () => {
    const state = atWork('a, b', ['a'])
    for (const event of [
      start('b', 's9'),
      { type: 'task_cancelled', ...stamp, task: 'b' },
      { type: 'task_retried', ...stamp, task: 'b', note: '', onto: [] },
      { type: 'task_returned', ...stamp, task: 'a', attempt: 1, slot: 's1' },
    ] satisfies RunEvent[])
      expect(nextOf(afterwards(state, event))).toBeNull()
  })
})
