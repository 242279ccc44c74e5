import { expect, it } from 'vitest'
import { optimum } from '../../bench/exact.ts'
import { planOf } from '../support/plan.ts'

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
