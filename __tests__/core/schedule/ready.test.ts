import { describe, expect, it } from 'vitest'
import { nextMerge } from '../../../src/core/landing/merge-order.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { blockers } from '../../../src/core/run/task-status.ts'
import { assign, queueable, startable, usableSlots } from '../../../src/core/schedule/ready.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { gate } from '../../support/plan.ts'
import { AT, afterwards, begun, failed, landed, merged, queued, running, shaOf } from '../../support/run.ts'

const queueAll = (state: ActiveRun) =>
  queueable(state.work).reduce((now, task) => afterwards(now, ...queued(now, task.id)), state)
const starts = (state: ActiveRun, slots: string[]) =>
  assign(state, slots).map((one) => (one.kind === 'task' ? one.task : 'verify'))

describe('what may start', () => {
  it('starts a task when its own needs have landed, not when its level is done', () => {
    const state = running('a > c, b > d')
    const now = queueAll(landed(afterwards(state, ...begun(state, 'b', 'r1.2')), 'a'))
    expect(starts(now, ['r1.1'])).toEqual(['c'])
  })
  it('takes the longest remaining path first, ties by plan order', () => {
    const state = queueAll(running('x, y, a > b > c, z > w'))
    expect(startable(state.work).map((task) => task.id)).toEqual(['a', 'z', 'x', 'y'])
  })
  it('never has two tasks at work that may write the same path', () => {
    const same = { writes: ['src/**'] }
    const state = queueAll(running('a, b, c', { tasks: { a: same, b: same } }))
    expect(starts(state, ['r1.1', 'r1.2', 'r1.3'])).toEqual(['a', 'c'])
    const busy = afterwards(state, {
      type: 'task_started',
      at: AT,
      by: 'tributary',
      task: 'a',
      attempt: 1,
      slot: 'r1.1',
    })
    expect(starts(busy, ['r1.2', 'r1.3'])).toEqual(['c'])
  })
  it('starts nothing while the run is paused', () => {
    const paused = afterwards(queueAll(running('a, b')), { type: 'run_paused', at: AT, by: 'admin', why: '' })
    expect([starts(paused, ['r1.1']), usableSlots(paused)]).toEqual([[], 0])
  })
  it('queues only what is approved', () => {
    const state = running('a, b')
    const part: ActiveRun = { ...state, work: { ...state.work, approved: ['b'] } }
    expect(queueable(part.work).map((task) => task.id)).toEqual(['b'])
  })
  it('opens no gate by skipping what stands behind it', () => {
    const skip = (task: string) => ({ type: 'task_skipped', at: AT, by: 'admin', task }) as const
    const far = afterwards(landed(running('a > g > b > c > d', { tasks: { g: gate } }), 'a'), skip('b'), skip('c'))
    expect(queueable(far.work).map(({ id }) => id)).toEqual(['g'])
    expect(queueable(afterwards(far, skip('g')).work).map(({ id }) => id)).toEqual(['d'])
    // Of many ways through what was skipped each task is looked at once.
    const pairs = ['x > x', 'x > y', 'y > x', 'y > y']
    const layers = Array.from({ length: 30 }, (_, n) =>
      pairs.map((pair) => pair.replace(' >', `${n} >`).concat(`${n + 1}`)).join(', '),
    )
    const wide = running(layers.join(', '))
    const ends = ['x30', 'y30']
    const all = wide.work.plan.tasks.map(({ id }) => id).filter((id) => !ends.includes(id))
    expect(queueable(afterwards(wide, ...all.map(skip)).work).map(({ id }) => id)).toEqual(ends)
  })
  it('lets a task go on whose need was skipped', () => {
    const state = afterwards(running('a > b'), { type: 'task_skipped', at: AT, by: 'admin', task: 'a' })
    expect(queueable(state.work).map((task) => task.id)).toEqual(['b'])
  })
  it('verifies before it starts anything else', () => {
    const state = afterwards(queueAll(running('a')), {
      type: 'verification_queued',
      at: AT,
      by: 'tributary',
      on: shaOf('t'),
      attempt: 1,
    })
    expect(starts(state, ['r1.1'])).toEqual(['verify'])
  })
})

describe('slots', () => {
  it('asks for as many as there is work for, and for no more than the cap', () => {
    const settings = settingsSchema.parse({ slots: { cap: 2 } })
    expect(usableSlots(running('a, b, c > d'))).toBe(3)
    expect(usableSlots(running('a, b, c > d', {}, settings))).toBe(2)
  })
  it('needs none for a gate', () => {
    expect(usableSlots(running('g > a', { tasks: { g: gate } }))).toBe(0)
  })
})

describe('a failed task', () => {
  it('blocks its dependants and names itself as the cause, and nothing else', () => {
    const state = failed(running('a > b > c, d'), 'a')
    expect([...blockers(state.work)]).toEqual([
      ['b', 'a'],
      ['c', 'a'],
    ])
  })
  it('looks at two thousand tasks in a chain in one pass', () => {
    const ids = Array.from({ length: 2000 }, (_, index) => `t${index}`)
    const state = failed(running(ids.join(' > ')), 't0')
    expect(blockers(state.work).size).toBe(1999)
  })
})

describe('trunk', () => {
  const all = ['a', 'b', 'c', 'd']
  it('is assembled in topological order for every completion order', () => {
    const orders = [
      ['a', 'b', 'c', 'd'],
      ['b', 'd', 'a', 'c'],
      ['b', 'a', 'd', 'c'],
    ]
    const assembled = orders.map((order) => {
      let state = running('a > c, b > d')
      for (const task of order) {
        state = landed(state, task)
        for (let next = nextMerge(state.work); next.next === 'merge'; next = nextMerge(state.work))
          state = merged(state, next.task)
      }
      return state.work.trunk.merges.map((merge) => merge.task)
    })
    expect(assembled).toEqual(
      [all.toSorted(), all.toSorted(), all.toSorted()].map(() =>
        running('a > c, b > d').work.plan.tasks.map((task) => task.id),
      ),
    )
  })
  it('waits for an earlier task that is still at work, and passes one that has failed for good', () => {
    const state = landed(running('a, b'), 'b')
    expect(nextMerge(state.work)).toEqual({ next: 'wait' })
    expect(nextMerge(failed(state, 'a').work)).toMatchObject({ next: 'merge', task: 'b' })
  })
  it('merges a task again that ran again after it was merged', () => {
    const state = merged(landed(running('a'), 'a'), 'a')
    expect(nextMerge(state.work)).toEqual({ next: 'none' })
    const other = afterwards(state, { type: 'task_retried', at: AT, by: 'admin', task: 'a', note: '', onto: [] })
    expect(nextMerge(other.work)).toEqual({ next: 'wait' })
  })
})
