import { describe, expect, it } from 'vitest'
import { ASSUMED_MINUTES, byRemainingPath, estimate, predict } from '../../../src/core/prediction/prediction.ts'
import { gate, planOf, taskNamed } from '../../support/plan.ts'
import { computeSeconds } from '../../support/processor.ts'

const { small, medium, large } = ASSUMED_MINUTES

describe('the estimate of a task', () => {
  it('goes by its size', () =>
    expect((['small', 'medium', 'large'] as const).map((size) => estimate(taskNamed('a', { size })))).toEqual([
      3, 8, 20,
    ]))
  it('is never more than the time that the task may take', () =>
    expect(estimate(taskNamed('a', { size: 'large', timeout_minutes: 5 }))).toBe(5))
  it('is nothing for a gate', () => expect(estimate(taskNamed('a', gate))).toBe(0))
})

describe('a prediction', () => {
  it('of a fork and a join on enough slots is the critical path', () => {
    const plan = planOf('a > b > d, a > c > d', { tasks: { b: { size: 'large' }, c: { size: 'small' } } })
    expect(predict(plan, 2)).toEqual({
      criticalPath: ['a', 'b', 'd'],
      criticalPathMinutes: medium + large + medium,
      workMinutes: medium + large + small + medium,
      makespanMinutes: medium + large + medium,
      width: 2,
      oneAgentMinutes: medium + large + small + medium,
    })
  })
  it('on one slot is all the work', () => expect(predict(planOf('a > b, c, d'), 1).makespanMinutes).toBe(4 * medium))
  it('takes no slot for less than one', () => expect(predict(planOf('a, b, c'), 2).makespanMinutes).toBe(2 * medium))
  it('has no barriers: a task starts when its own needs are done', () => {
    const tasks = { a: { size: 'small' }, b: { size: 'large' }, c: { size: 'large' }, d: { size: 'small' } } as const
    expect(predict(planOf('a > c, b > d', { tasks }), 2).makespanMinutes).toBe(small + large)
  })
  it('gives the longest remaining path the first slot', () => {
    const tasks = { a: { size: 'small' }, b: { size: 'small' }, z: { size: 'large' } } as const
    expect(predict(planOf('a, b, y > z', { tasks }), 1).makespanMinutes).toBe(2 * small + medium + large)
    expect(predict(planOf('a, b, y > z', { tasks }), 2).makespanMinutes).toBe(medium + large)
  })
  it('never has two tasks at work that write the same path', () => {
    const writes = { writes: ['src/**'] }
    expect(predict(planOf('a, b, c', { tasks: { a: writes, b: writes } }), 3).makespanMinutes).toBe(2 * medium)
  })
  it('lets a task pass another that waits for a path', () => {
    const plan = planOf('a, b, c', {
      tasks: { a: { writes: ['x'] }, b: { writes: ['x'] }, c: { writes: ['y'], size: 'small' } },
    })
    expect(predict(plan, 2).makespanMinutes).toBe(2 * medium)
  })
  it('counts a gate neither as time nor as a slot', () => {
    const plan = planOf('a > g > b, h > i > c', { tasks: { g: gate, h: gate, i: gate } })
    expect(predict(plan, 2).makespanMinutes).toBe(2 * medium)
    expect(predict(plan, 1).makespanMinutes).toBe(3 * medium)
  })
  it('of gates alone is nothing', () =>
    expect(predict(planOf('a > b', { tasks: { a: gate, b: gate } }), 4)).toMatchObject({
      makespanMinutes: 0,
      width: 0,
    }))

  it('of ten thousand tasks takes a moment', () => {
    const id = (layer: number, index: number) => `t${layer}x${index}`
    const layers = Array.from({ length: 500 }, (_, layer) =>
      Array.from({ length: 20 }, (_, index) =>
        taskNamed(id(layer, index), {
          needs: layer === 0 ? [] : Array.from({ length: 20 }, (_, need) => id(layer - 1, need)),
        }),
      ),
    )
    const seconds = computeSeconds(() => {
      const { makespanMinutes, width } = predict({ ...planOf('a'), tasks: layers.flat() }, 8)
      expect(makespanMinutes).toBe(500 * 3 * medium)
      expect(width).toBe(20)
    })
    expect(seconds).toBeLessThan(20)
  })
})

describe('who goes first', () => {
  const sorted = (plan: ReturnType<typeof planOf>) => plan.tasks.map(({ id }) => id).sort(byRemainingPath(plan))

  it('is the task with the longest remaining path', () =>
    expect(sorted(planOf('a, b > c, d > e > f'))).toEqual(['d', 'b', 'e', 'a', 'c', 'f']))
  it('counts minutes, not tasks', () =>
    expect(sorted(planOf('a > b, c', { tasks: { c: { size: 'large' } } }))).toEqual(['c', 'a', 'b']))
  it('is the one that the plan names first where paths are as long', () =>
    expect(sorted(planOf('z, y, x'))).toEqual(['z', 'y', 'x']))
})
