import { describe, expect, it } from 'vitest'
import { work } from '../../../src/core/plan/graph.ts'
import type { Task } from '../../../src/core/plan/plan.ts'
import { lowerBounds } from '../../../src/core/prediction/simulation.ts'
import { bestOfAll, drawnGraphs, minutesBy, startsByThen } from '../../support/every-schedule.ts'
import { planOf } from '../../support/plan.ts'

/**
 * The critical path, and what the fullest interval holds beyond what the slots can do in it: for every interval between whole
 * minutes, and every place that a task has in any schedule as short as the critical path. Those schedules are all made.
 */
function bruteForce(tasks: readonly Task[], minutes: (task: Task) => number, slots: number): number {
  let path = 0
  while (startsByThen(tasks, minutes, path).size === 0) path += 1
  const starts = startsByThen(tasks, minutes, path)
  const least = (task: Task, from: number, to: number) =>
    Math.min(
      ...[...(starts.get(task.id) ?? [])].map((start) =>
        Math.max(0, Math.min(to, start + minutes(task)) - Math.max(from, start)),
      ),
    )
  let over = 0
  for (let from = 0; from <= path; from += 1)
    for (let to = from + 1; to <= path; to += 1)
      over = Math.max(over, tasks.reduce((sum, task) => sum + least(task, from, to), 0) / slots - (to - from))
  return path + over
}

describe('the lower bound', () => {
  it('is the critical path where slots never run out, and the work of each where there is one', () => {
    const { tasks } = planOf('a > b > c, d, e')
    expect(lowerBounds(tasks, minutesBy({ a: 3 }), [1, 64])).toEqual([7, 5])
  })

  it('sees work that must lie in the middle, which neither path nor work shows', () => {
    // Three that can only lie between the first and the last: two slots need two turns for them.
    const { tasks } = planOf('a > b > z, a > c > z, a > d > z')
    const minutes = minutesBy({ a: 4, z: 4, b: 2, c: 2, d: 2 })
    expect(bestOfAll(tasks, minutes, tasks.length)).toBe(10)
    expect(work(tasks, minutes) / 2).toBe(7)
    expect(lowerBounds(tasks, minutes, [2])).toEqual([11])
    expect(bestOfAll(tasks, minutes, 2)).toBe(12)
  })

  it('finds as much as brute force does, on graphs drawn by chance', () => {
    for (const { tasks, minutes } of drawnGraphs(25))
      for (const slots of [1, 2, 3])
        expect(lowerBounds(tasks, minutes, [slots])[0]).toBeCloseTo(bruteForce(tasks, minutes, slots), 9)
  })

  it('misses no interval that shows from one end of time alone', () => {
    const { tasks } = planOf('a, c, d, b > h, e > f, e > g')
    const minutes = minutesBy({ a: 8, b: 2, c: 7, d: 5, e: 2, f: 12, g: 10, h: 10 })
    expect(lowerBounds(tasks, minutes, [4])).toEqual([14.5])
    expect(bruteForce(tasks, minutes, 4)).toBe(14.5)
  })

  it('is never above the best of all schedules, and often as high', () => {
    let reached = 0
    for (const { tasks, minutes } of drawnGraphs(60))
      for (const slots of [1, 2, 3]) {
        const [bound = 0] = lowerBounds(tasks, minutes, [slots])
        const best = bestOfAll(tasks, minutes, slots)
        expect(bound).toBeLessThanOrEqual(best + 1e-9)
        if (Math.ceil(bound - 1e-9) === best) reached += 1
      }
    expect(reached).toBeGreaterThan(150)
  })
})
