import { describe, expect, it } from 'vitest'
import { planOf, taskOf } from '../../bench/graphs/workload.ts'
import { runBeside } from '../../bench/limits/run.ts'
import { virtualClock } from '../../bench/machine/clock.ts'
import type { Workload } from '../../bench/machine/conditions.ts'
import type { PublishedLimits } from '../../src/hub/rest/published-limits.ts'
import { createRateLimit } from '../../src/hub/rest/rate.ts'

const workload = (name: string): Workload => ({
  name,
  plan: planOf(
    name,
    ['a', 'b', 'c'].map((id) => taskOf(id, [], 'small')),
  ),
  attempt: () => ({ minutes: 3, failure: null }),
})

/** Two runs of three tasks on the same clock, under these limits or none. */
async function two(limits: Partial<PublishedLimits> | null) {
  const clock = virtualClock()
  const limit = limits === null ? null : createRateLimit(() => clock.now().toISOString())
  limit?.enforce(limits ?? {})
  const counts = { rest: 0, graphql: 0, content: 0, refused: 0 }
  const run = (name: string) => runBeside(workload(name), 3, { clock, limit, counts })
  return { ended: await Promise.all([run('one'), run('other')]), counts }
}

describe('runs side by side', () => {
  it('show what they do by two writes a task and some of their own, and are not held back by limits that they do not meet', async () => {
    const free = await two(null)
    expect(free.ended.map(({ succeeded, landings }) => [succeeded, landings.length])).toEqual([
      [true, 3],
      [true, 3],
    ])
    expect(free.counts.content).toBeGreaterThanOrEqual(2 * 3 * 2)
    expect(free.counts.content).toBeLessThan(70)
    const limited = await two({})
    expect(limited.counts.refused).toBe(0)
    expect(limited.ended.map(({ landings }) => landings)).toEqual(free.ended.map(({ landings }) => landings))
  })

  it('land at the same times if content is refused for minutes, and have their last word later', async () => {
    const [free, held] = [await two(null), await two({ contentMinute: 4 })]
    expect(held.counts.refused).toBeGreaterThan(0)
    for (const [index, run] of held.ended.entries()) {
      const other = free.ended[index]
      expect(run.succeeded).toBe(true)
      // The command itself answers with a comment.
      const shift = (run.landings[0] ?? 0) - (other?.landings[0] ?? 0)
      expect(run.to - (other?.to ?? 0)).toBeCloseTo(shift, 0)
      expect(run.shown).toBeGreaterThan(run.to)
    }
  })
})
