import { canBeFolded, MOST_MINUTES } from './fold.ts'
import type { Plan } from './plan.ts'
import { estimate } from './predict.ts'
import { predictAttempt } from './predict-cost.ts'
import { listed } from './quoted.ts'
import type { Settings } from './settings.ts'

const NAMED = 5

interface Whole {
  turns: number
  minutes: number
  /** US dollars. */
  usd: number
}

/** What all tasks together would need as one attempt of one agent, by what is assumed of each. */
export const wholeOf = ({ tasks }: Plan, settings: Settings): Whole => ({
  ...predictAttempt(tasks, settings),
  minutes: tasks.reduce((sum, task) => sum + estimate(task), 0),
})

/** Why the plan stays in parts however little they gain: one attempt could not do it all. Null: nothing is in the way. */
export function whyNotFolded(plan: Plan, settings: Settings): string | null {
  const others = plan.tasks.filter((task) => !canBeFolded(task)).map(({ id }) => id)
  if (others.length > 0)
    return `${listed(others.slice(0, NAMED))}${others.length > NAMED ? ' and others' : ''} cannot be part of a larger task`
  const { turns, minutes, usd } = wholeOf(plan, settings)
  const { limits, budget, worker } = settings
  if (minutes > MOST_MINUTES) return tooMuch('need', `${minutes} minutes`, `${MOST_MINUTES}`)
  // Another program has no turns that anybody counts, and nobody knows what it costs.
  if (worker.command.length > 0) return null
  if (turns > limits.turns) return tooMuch('need', `${turns} turns`, `${limits.turns}`)
  if (usd > budget.task_usd) return tooMuch('cost', dollars(usd), dollars(budget.task_usd))
  return null
}

const tooMuch = (verb: string, needed: string, given: string): string =>
  `one agent for all of it would ${verb} about ${needed}, and an attempt has ${given}`

const dollars = (usd: number): string => `${usd.toFixed(2)} USD`
