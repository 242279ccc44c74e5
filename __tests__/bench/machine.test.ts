import { describe, expect, it } from 'vitest'
import { families } from '../../bench/graphs/families.ts'
import { sizeOf, type TimedWorkload, workloadOf } from '../../bench/graphs/workload.ts'
import { noCosts } from '../../bench/machine/conditions.ts'
import { grahamCeiling, heldToGraham } from '../../bench/machine/graham.ts'
import { runMachine } from '../../bench/machine/machine.ts'
import { estimatesInMinutes, oracle } from '../../bench/policies/estimates.ts'
import { ours, serial, wavesInOrder } from '../../bench/policies/rivals.ts'
import { randomOf } from '../../bench/random.ts'
import { byRemainingPath, makespan } from '../../src/core/prediction/prediction.ts'
import { lowerBounds } from '../../src/core/prediction/simulation.ts'
import { planOf } from '../support/plan.ts'

/** What tasks really take, in minutes; 1 where nothing is said. */
function workload(graph: string, given: Record<string, number> = {}): TimedWorkload {
  const plan = planOf(graph)
  const minutes = new Map(plan.tasks.map(({ id }) => [id, given[id] ?? 1]))
  return { name: graph, plan, minutes, attempt: (id) => ({ minutes: minutes.get(id) ?? 0, failure: null }) }
}

describe('a run under the virtual clock', () => {
  it('ends when the last task has landed and is verified, without a gap', async () => {
    const {
      makespan: minutes,
      spans,
      state,
    } = await runMachine(workload('a > c, b > c', { a: 2, b: 5, c: 3 }), { slots: 2 })
    expect(minutes).toBe(8)
    expect(spans.map(({ task, from, to }) => [task, from / 60_000, to / 60_000])).toEqual([
      ['a', 0, 2],
      ['b', 0, 5],
      ['c', 5, 8],
      ['verify', 8, 8],
    ])
    expect(state).toMatchObject({ phase: 'ended', conclusion: 'success' })
  })

  it('takes as long as the plan’s prediction says, since both follow one rule', async () => {
    for (const family of families) {
      const drawn = workloadOf(family.draw(9, randomOf(3)), 0.7, randomOf(5))
      const estimate = ({ id }: { id: string }) => drawn.minutes.get(id) ?? 0
      const predicted = makespan(drawn.plan.tasks, { slots: 3, order: byRemainingPath(drawn.plan), estimate })
      const { makespan: minutes } = await runMachine(drawn, { slots: 3 })
      expect(minutes).toBeCloseTo(predicted, 6)
      const [bound = 0] = lowerBounds(drawn.plan.tasks, estimate, [3])
      expect(minutes).toBeGreaterThanOrEqual(bound - 1e-6)
      const all = drawn.plan.tasks.reduce((sum, task) => sum + estimate(task), 0)
      const path = Math.max(...lowerBounds(drawn.plan.tasks, estimate, [64]))
      expect(minutes).toBeLessThanOrEqual(grahamCeiling(path, all, 3) + 1e-6)
    }
  })

  it('pays for the start of a slot once, and for looks and hand-overs as often as they come', async () => {
    const costs = { ...noCosts, startUp: () => 60, handOver: () => 30 }
    const { makespan: minutes } = await runMachine(workload('a > b'), { slots: 1, costs })
    expect(minutes).toBe(1 + 1.5 + 1.5 + 0.5)
    const polled = await runMachine(workload('a > b'), { slots: 1, costs: { ...noCosts, look: 45 } })
    expect(polled.makespan).toBeGreaterThanOrEqual(3)
  })

  it('lets a slot go that has had nothing to do for a minute, and asks for another when there is work', async () => {
    const costs = { ...noCosts, idle: 60 }
    const { events, makespan: minutes } = await runMachine(workload('a > c, b, a > d', { a: 10 }), { slots: 2, costs })
    expect(minutes).toBe(11)
    expect(events.filter(({ type }) => type === 'slots_requested')).toHaveLength(1)
  })

  it('tries a task again that failed, and leaves the others alone', async () => {
    const failing = workload('a > c, b', { a: 2, b: 9 })
    const failure = { reason: 'program-failed', exitCode: 1, log: '' } as const
    const { makespan: minutes, events } = await runMachine(
      {
        ...failing,
        attempt: (id, count) => ({
          minutes: failing.minutes.get(id) ?? 0,
          failure: id === 'a' && count === 1 ? failure : null,
        }),
      },
      { slots: 2 },
    )
    expect(minutes).toBe(9)
    expect(events.flatMap((event) => (event.type === 'task_started' ? [event.task] : []))).toEqual(['a', 'b', 'a', 'c'])
  })
})

describe('the rules of others', () => {
  const uneven = workload('a > c > e, b > d > f', { a: 5, d: 5, e: 5 })
  const minutesBy = async (policy: typeof ours, slots = 2) =>
    (await runMachine(uneven, { slots: policy.slots?.(slots) ?? slots, steps: policy.steps(uneven) })).makespan

  it('wait in waves for the longest of each', async () => expect(await minutesBy(wavesInOrder)).toBe(15))
  it('work in plan mode on one after another', async () => expect(await minutesBy(serial)).toBe(18))
  it('are not ours, which waits for what a task needs', async () => expect(await minutesBy(ours)).toBe(11))
  it('are ours with better knowledge for the oracle', async () => expect(await minutesBy(oracle)).toBe(11))
})

describe('Graham’s ceiling', () => {
  const uneven = workload('a > c > e, b > d > f', { a: 5, d: 5, e: 5 })
  const member = { workload: uneven, key: 'two uneven chains' }
  const run = (policy: typeof ours, slots: number) => runMachine(uneven, { slots, steps: policy.steps(uneven) })

  it('holds for who starts whatever could start', async () => {
    expect(heldToGraham(await run(ours, 2), member, 2)).toBeCloseTo(11 / 14.5, 9)
    expect(heldToGraham(await run(serial, 1), member, 1)).toBe(1)
  })

  it('is named with the graph when a schedule is above it, as waves are that wait', async () => {
    const waves = await run(wavesInOrder, 2)
    expect(() => heldToGraham(waves, member, 2)).toThrow('two uneven chains on 2 slots')
  })

  it('is not held by a run that came to no good end', async () => {
    const outcome = { ...(await run(ours, 2)), makespan: Number.NaN }
    expect(() => heldToGraham(outcome, member, 2)).toThrow('two uneven chains')
  })
})

describe('estimates in minutes', () => {
  const graph = families[0]?.draw(24, randomOf(3)) ?? { name: '', nodes: [] }
  const drawn = workloadOf(graph, 0.7, randomOf(5))
  const spansBy = async (policy: typeof ours, of: TimedWorkload) =>
    (await runMachine(of, { slots: 3, steps: policy.steps(of) })).spans
  const estimating = (sigma: number, of: TimedWorkload) =>
    estimatesInMinutes({ family: 'drawn', n: 24, sigma, seed: 1, workload: of, key: 'drawn' })

  it('are the same each time, and neither the sizes nor the truth', async () => {
    const spans = await spansBy(estimating(0.7, drawn), drawn)
    expect(await spansBy(estimating(0.7, drawn), drawn)).toEqual(spans)
    expect(spans).not.toEqual(await spansBy(ours, drawn))
    expect(spans).not.toEqual(await spansBy(oracle, drawn))
  })

  it('are the truth where nobody errs', async () => {
    const sized = drawn.plan.tasks.map((task) => ({ ...task, size: sizeOf(drawn.minutes.get(task.id) ?? 0) }))
    const known = { ...drawn, plan: { ...drawn.plan, tasks: sized } }
    expect(await spansBy(estimating(0, known), known)).toEqual(await spansBy(oracle, known))
  })
})
