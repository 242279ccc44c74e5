import { describe, expect, it } from 'vitest'
import { grahamCeiling, lowerBounds } from '../../src/core/bound.ts'
import { remainingPath } from '../../src/core/graph.ts'
import type { Task } from '../../src/core/plan.ts'
import { planOf } from '../support/plan.ts'
import { randomOf } from '../support/random.ts'

const minutesBy =
  (minutes: Record<string, number>) =>
  ({ id }: Task) =>
    minutes[id] ?? 1

/** Every interval between half minutes, and every place where a task may lie: slow, and hard to get wrong. */
function bruteForce(tasks: readonly Task[], minutes: (task: Task) => number, slots: number): number {
  const remaining = remainingPath(tasks, minutes)
  const path = Math.max(...remaining.values())
  const starts = new Map<string, number>()
  for (const task of tasks)
    starts.set(task.id, Math.max(0, ...task.needs.map((need) => (starts.get(need) ?? 0) + minutesOf(need))))
  function minutesOf(id: string): number {
    const task = tasks.find((one) => one.id === id)
    return task === undefined ? 0 : minutes(task)
  }
  const least = (task: Task, from: number, to: number) => {
    let most = Number.POSITIVE_INFINITY
    for (let start = starts.get(task.id) ?? 0; start <= path - (remaining.get(task.id) ?? 0); start += 0.5)
      most = Math.min(most, Math.max(0, Math.min(to, start + minutes(task)) - Math.max(from, start)))
    return most
  }
  let over = 0
  for (let from = 0; from <= path; from += 0.5)
    for (let to = from + 0.5; to <= path; to += 0.5)
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
    expect(lowerBounds(tasks, minutes, [2])).toEqual([11])
    expect(Math.max(10, 14 / 2)).toBe(10)
  })

  it('finds as much as brute force does, on graphs drawn by chance', () => {
    const random = randomOf(4)
    for (let round = 0; round < 25; round += 1) {
      const ids = ['a', 'b', 'c', 'd', 'e', 'f']
      const edges = ids.flatMap((to, index) =>
        ids.slice(0, index).flatMap((from) => (random(3) === 0 ? [`${from} > ${to}`] : [])),
      )
      const { tasks } = planOf([...ids, ...edges].join(', '))
      const minutes = minutesBy(Object.fromEntries(ids.map((id) => [id, 1 + random(3)])))
      for (const slots of [1, 2, 3])
        expect(lowerBounds(tasks, minutes, [slots])[0]).toBeCloseTo(bruteForce(tasks, minutes, slots), 9)
    }
  })
})

describe('Graham’s ceiling', () => {
  it('is the work for one slot, and comes near the critical path for many', () => {
    expect(grahamCeiling(5, 20, 1)).toBe(20)
    expect(grahamCeiling(5, 20, 4)).toBe(8.75)
    expect(grahamCeiling(5, 20, 1000)).toBeCloseTo(5.015)
  })
})
