import type { Plan } from '../../core/plan.ts'
import { predictCost } from '../../core/predict-cost.ts'
import type { Settings } from '../../core/settings.ts'

/** How far a prediction from assumptions may be off before a plan is sent back for it. */
const SLACK = 2

/** Whether the work would pass the run's limit, as far as that can be told. */
export function budgetWords(plan: Plan, settings: Settings): { notes: string[]; problems: string[] } {
  const { parallelUsd } = predictCost(plan, settings)
  const { usd } = settings.budget
  if (parallelUsd <= usd) return { notes: [], problems: [] }
  const words = `The tasks are predicted to cost ${parallelUsd.toFixed(2)} USD, and the run may spend ${usd.toFixed(2)} USD`
  return parallelUsd > usd * SLACK
    ? { notes: [], problems: [`${words}: plan fewer or smaller tasks, or cheaper tiers.`] }
    : { notes: [`${words}: it will stop at its limit if that is right.`], problems: [] }
}
