import { expect, it } from 'vitest'
import type { Member } from '../../bench/graphs/corpus.ts'
import { spend } from '../../bench/money/limit.ts'
import { STRONG } from '../../bench/money/prices.ts'
import { sharesOf, tiers } from '../../bench/money/tiers.ts'
import { planOf } from '../support/plan.ts'

function given(graph: string, minutes: Record<string, number>): Member {
  const plan = planOf(graph)
  const takes = new Map(plan.tasks.map(({ id }) => [id, minutes[id] ?? 1]))
  const attempt = (id: string) => ({ minutes: takes.get(id) ?? 0, failure: null })
  const workload = { name: graph, plan, minutes: takes, attempt }
  return { family: 'given', n: plan.tasks.length, sigma: 0, seed: 1, key: graph, workload }
}

it('lets a strong model do as many minutes of work as there is money for, of the last task a part', () => {
  const { tasks } = planOf('a, b, c')
  expect([...sharesOf(tasks, 6, () => 4)]).toEqual([
    ['a', 1],
    ['b', 0.5],
  ])
})

it('compares ways that cost the same, and none of them works on the path but the one that is meant to', async () => {
  const found = await tiers(given('a > b, c', { a: 10, b: 10, c: 5 }))
  expect(found?.onPath.usd).toBeCloseTo(found?.elsewhere.usd ?? 0, 9)
  expect(found?.onPath.usd).toBeCloseTo(found?.anywhere.usd ?? 0, 9)
  expect(found?.plain).toMatchObject({ makespan: 20 })
  // Five minutes of the other model's work are worth buying: as much as there is off the path.
  expect(found?.onPath.makespan).toBeCloseTo(20 - 5 * (1 - STRONG.time), 3)
  expect(found?.elsewhere.makespan).toBe(20)
})

it('has nothing to compare where the path is the whole plan', async () => {
  expect(await tiers(given('a > b > c', {}))).toBeNull()
})

it('sees what a limit costs in time: tasks that wait for money that is set aside for others', async () => {
  const one = given('a, b, c, d', { a: 8, b: 8, c: 8, d: 8 })
  const free = await spend(one, 1000)
  expect(free.makespan).toBe(8)
  const tight = await spend(one, 1.5)
  expect(tight.ended).toBe(true)
  expect(tight.makespan).toBeGreaterThanOrEqual(free.makespan)
})

it('lets a run with three times the money that it needs come to its end, and stops one with a third of it', async () => {
  const one = given('a > c, b > c', { a: 8, b: 8, c: 8 })
  expect(await spend(one, 3)).toMatchObject({ ended: true })
  const poor = await spend(one, 0.3)
  expect(poor.ended).toBe(false)
  expect(poor.most).toBeLessThanOrEqual(poor.limit)
})
