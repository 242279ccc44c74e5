import { describe, expect, it } from 'vitest'
import { type Drawn, drawFailures, KINDS, type Kind, replansAllowed } from '../../bench/failures/draw.ts'
import { disturbedAmong, runFailing, unaffectedBy } from '../../bench/failures/fail.ts'
import { stopTheWorld } from '../../bench/failures/stop-the-world.ts'
import type { Member } from '../../bench/graphs/corpus.ts'
import { families } from '../../bench/graphs/families.ts'
import { workloadOf } from '../../bench/graphs/workload.ts'
import { randomOf } from '../../bench/random.ts'
import { dependantsOf } from '../../src/core/plan/graph.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import { planOf, taskNamed } from '../support/plan.ts'

const member = (workload: Member['workload']): Member => ({
  family: 'given',
  n: workload.plan.tasks.length,
  sigma: 0,
  seed: 1,
  key: workload.name,
  workload,
})

/** Tasks that take a minute where nothing is said. */
function given(graph: string, minutes: Record<string, number> = {}): Member {
  const plan = planOf(graph)
  const takes = new Map(plan.tasks.map(({ id }) => [id, minutes[id] ?? 1]))
  return member({ name: graph, plan, minutes: takes, attempt: () => ({ minutes: 0, failure: null }) })
}

const failing = (kind: Kind, once: readonly string[], forGood: readonly string[] = []): Drawn => ({
  kind,
  failing: new Set([...once, ...forGood]),
  forGood: new Set(forGood),
  failsAt: () => 0.5,
})

const startsOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'task_started' ? [event.task] : []))

describe('what is drawn to fail', () => {
  const all = families.map((family) => member(workloadOf(family.draw(24, randomOf(1)), 0.7, randomOf(2))))

  it('fails for good no more often than a run may be planned again, and never twice on one path', () => {
    const allowed = replansAllowed(taskNamed('a', { run: [] }))
    expect(allowed).toBeGreaterThan(0)
    for (const one of all) {
      const { failing: some, forGood } = drawFailures(one, 1, 'split')
      expect(some.size).toBe(24)
      expect(forGood.size).toBeGreaterThan(0)
      expect(forGood.size).toBeLessThanOrEqual(allowed)
      for (const id of forGood)
        expect([...dependantsOf(one.workload.plan.tasks, [id])].filter((other) => forGood.has(other))).toEqual([])
    }
  })

  it('is the same for all kinds, so that they can be compared', () => {
    for (const one of all) {
      const [first, ...others] = KINDS.map((kind) => [...drawFailures(one, 0.3, kind).failing])
      for (const other of others) expect(other).toEqual(first)
    }
  })
})

describe('a run in which tasks fail', () => {
  it('tries a task again, and leaves the others alone', async () => {
    const { makespan, events } = await runFailing(given('a > c, b', { a: 2, b: 9 }), failing('retry', ['a']))
    expect(startsOf(events)).toEqual(['a', 'b', 'a', 'c'])
    expect(makespan).toBe(9)
  })

  it('climbs the ladder before a part is split, and what waits for it starts once, after both halves', async () => {
    const { makespan, events } = await runFailing(given('a > c, b', { a: 4 }), failing('split', [], ['a']))
    expect(startsOf(events)).toEqual(['a', 'b', 'a', 'a', 'a-a', 'a-b', 'c'])
    // Three failures after two minutes each, a minute for the new plan, two halves at once, and what waits for them.
    expect(makespan).toBe(3 * 2 + 1 + 2 + 1)
  })

  it('plans all that waits for a changed interface again, by other names', async () => {
    const { events } = await runFailing(given('a > b > c, d'), failing('changed interface', [], ['a']))
    expect(startsOf(events)).toEqual(['a', 'd', 'a', 'a', 'a-a', 'a-b', 'a-c'])
  })

  it('comes to its end with two new plans of parts that the same tasks wait for', async () => {
    const two = failing('changed interface', [], ['a', 'b'])
    const { makespan, events } = await runFailing(given('a > c, b > c, c > d'), two)
    expect(makespan).toBeGreaterThan(0)
    expect(events.filter(({ type }) => type === 'plan_amended')).toHaveLength(2)
    expect(events.filter((event) => event.type === 'task_landed')).toHaveLength(4)
  })
})

describe('what no failure concerns', () => {
  const one = given('a > b, c > d')

  it('is all but what fails, and for a changed interface all that waits for it', () => {
    expect(unaffectedBy(one, failing('retry', ['a']))).toEqual(['b', 'c', 'd'])
    expect(unaffectedBy(one, failing('split', [], ['a']))).toEqual(['b', 'c', 'd'])
    expect(unaffectedBy(one, failing('changed interface', ['c'], ['a']))).toEqual(['d'])
  })

  it('is disturbed where it was begun twice, or never', async () => {
    const { events } = await runFailing(one, failing('retry', ['a']))
    expect(disturbedAmong(['b', 'c', 'd'], events)).toBe(0)
    expect(disturbedAmong(['a', 'b', 'nobody'], events)).toBe(2)
  })
})

describe('who stops the world', () => {
  it('begins nothing before all that is at work has ended', async () => {
    const one = given('a > c, b, d > e', { a: 2, b: 9, d: 0.5 })
    const { makespan, events } = await runFailing(one, failing('retry', ['a']), stopTheWorld())
    expect(startsOf(events)).toEqual(['a', 'd', 'b', 'e', 'a', 'c'])
    expect(makespan).toBe(9 + 2 + 1)
  })

  it('waits for a new plan only where there is one', async () => {
    const { makespan } = await runFailing(given('a, b', { a: 2, b: 3 }), failing('split', [], ['a']), stopTheWorld())
    // The first failure waits for b; then two more of a minute each, a minute for the plan, and the halves.
    expect(makespan).toBe(3 + 1 + 1 + 1 + 1)
  })

  it('goes on beside another attempt where it is lenient, and stops for a new plan', async () => {
    const one = given('a, b > c', { a: 2, b: 2.5 })
    const retried = await runFailing(one, failing('retry', ['a']), stopTheWorld(true))
    expect(retried.makespan).toBe(1 + 2.5)
    const split = await runFailing(one, failing('split', [], ['a']), stopTheWorld(true))
    // At three minutes a has failed for good; c, which began at 2.5, ends at 3.5; then the plan, then the halves.
    expect(split.makespan).toBe(3.5 + 1 + 1)
  })
})
