import { remainingPath } from '../../src/core/plan/graph.ts'
import type { Size } from '../../src/core/plan/plan.ts'
import { type Member, minutesIn } from '../graphs/corpus.ts'
import { sizeOf } from '../graphs/workload.ts'
import { lognormal, randomOf, seedOf } from '../random.ts'
import type { Policy } from './policy.ts'
import { stepsBy } from './rule.ts'

/** Our rule, longest remaining path first, by other minutes than those of the sizes. */
function longestPathBy(tasks: Parameters<typeof remainingPath>[0], minutes: (task: { id: string }) => number) {
  const remaining = remainingPath(tasks, minutes)
  return stepsBy((could) => could.toSorted((a, b) => (remaining.get(b.id) ?? 0) - (remaining.get(a.id) ?? 0)))
}

/** Our rule with the true durations, as an upper bound: better estimates cannot close the remaining gap to the bound. */
export const oracle: Policy = {
  name: 'oracle',
  steps: (workload) => longestPathBy(workload.plan.tasks, minutesIn(workload)),
}

/**
 * Our rule with estimates in minutes, where the plan keeps one of three sizes of them. They are wrong as those are: each is
 * drawn from the same error, given the size that it came out as. What it wins is the price of the three sizes.
 */
export const estimatesInMinutes = ({ key, sigma }: Member): Policy => ({
  name: 'estimates in minutes',
  steps({ plan, minutes }) {
    const guesses = new Map(
      plan.tasks.map(({ id, size }) => [id, guess(minutes.get(id) ?? 0, size, sigma, seedOf('estimate', key, id))]),
    )
    return longestPathBy(plan.tasks, ({ id }) => guesses.get(id) ?? 0)
  },
})

/** Draws until the estimate has the size: three times on average, since the size was drawn in the same way. */
function guess(minutes: number, size: Size, sigma: number, seed: number): number {
  const random = randomOf(seed)
  for (;;) {
    const guessed = minutes * lognormal(random, sigma)
    if (sizeOf(guessed) === size) return guessed
  }
}
