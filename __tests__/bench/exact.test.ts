import { expect, it } from 'vitest'
import { optimum } from '../../bench/exact.ts'
import { bestOfAll } from '../support/every-schedule.ts'
import { planOf } from '../support/plan.ts'
import { randomOf } from '../support/random.ts'

const takes =
  (minutes: Record<string, number>) =>
  ({ id }: { id: string }) =>
    minutes[id] ?? 1
const LONG = 1000

it('finds the best packing of tasks that wait for nobody', () => {
  const { tasks } = planOf('a, b, c, d, e')
  expect(optimum(tasks, takes({ a: 3, b: 3, c: 2, d: 2, e: 2 }), 2, LONG)).toBe(6)
})

it('leaves a slot idle where that is best', () => {
  // Whoever starts `long` at once keeps one of the two that `d` waits for from starting with the other.
  const { tasks } = planOf('long, a > b > d, a > c > d')
  const minutes = takes({ long: 4, a: 1, b: 5, c: 5, d: 4 })
  expect(optimum(tasks, minutes, 2, LONG)).toBe(10)
  expect(optimum(tasks, minutes, 1, LONG)).toBe(19)
})

it('finds nothing better than what is known to be the best', () => {
  const { tasks } = planOf('a > b')
  expect(optimum(tasks, takes({}), 4, 2)).toBe(2)
})

it('finds what trying everything finds, on graphs drawn by chance', () => {
  const random = randomOf(7)
  for (let round = 0; round < 50; round += 1) {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].slice(0, 4 + random(4))
    const edges = ids.flatMap((to, index) =>
      ids.slice(0, index).flatMap((from) => (random(4) === 0 ? [`${from} > ${to}`] : [])),
    )
    const { tasks } = planOf([...ids, ...edges].join(', '))
    const minutes = takes(Object.fromEntries(ids.map((id) => [id, 1 + random(9)])))
    for (const slots of [1, 2, 3]) expect(optimum(tasks, minutes, slots, LONG)).toBe(bestOfAll(tasks, minutes, slots))
  }
})
