import type { LiveRun } from '../run/state.ts'
import type { Settings } from '../settings.ts'
import { askersOf, mayApprove, type Person } from './authority.ts'
import type { PullReview } from './decide-pull-review.ts'

/**
 * Who has approved this head of the final pull request, by the last verdict of each person who may approve; null if none has, or if
 * one of them requests changes. `reviews` are oldest first and hold none that was dismissed.
 */
export function approverOf(
  run: LiveRun,
  head: string,
  reviews: readonly (PullReview & { by: Person })[],
  settings: Settings,
): Person | null {
  const last = new Map<string, PullReview & { by: Person }>()
  for (const review of reviews)
    if (review.verdict !== 'commented' && mayApprove(review.by, settings, askersOf(run)).ok)
      last.set(review.by.login.toLowerCase(), review)
  const verdicts = [...last.values()]
  if (verdicts.some(({ verdict }) => verdict === 'changes_requested')) return null
  return verdicts.findLast(({ commit }) => commit === head)?.by ?? null
}
