import { wholeProblems } from '../../agent/planner/task-problems.ts'
import type { PlanDraft, Planning } from '../../core/planning.ts'
import { listed } from '../../core/quoted.ts'
import type { TaskId } from '../../core/ref.ts'
import { workOf } from '../../core/state.ts'
import type { Draft } from '../draft.ts'

/**
 * What of a draft can be proposed. A plan that has begun holds the tasks that were sound when they came, and what they need:
 * for a bad one among those behind them no work is thrown away. Any other draft comes back as it is, with its problems.
 */
export function soundPart({ state }: Draft, { settings }: Planning, made: PlanDraft): PlanDraft {
  const work = workOf(state)
  if (made.problems.length === 0 || work === null || !work.open || work.plan.tasks.length === 0) return made
  const plan = { ...made.plan, tasks: work.plan.tasks }
  // What is wrong with the plan as a whole is wrong with every part of it.
  if (wholeProblems(plan, settings).length > 0) return made
  const out = made.plan.tasks.filter((task) => !plan.tasks.some(({ id }) => id === task.id)).map(({ id }) => id)
  const which = out.length === 0 ? [] : [`left out, with all that needs it: ${someOf(out)}`]
  return { plan, problems: [], notes: [...made.notes, ...which, ...made.problems.map((one) => `not mended: ${one}`)] }
}

const NAMED = 20

/** Tasks by name, not all of very many. */
export const someOf = (ids: readonly TaskId[]): string =>
  `${listed(ids.slice(0, NAMED))}${ids.length > NAMED ? ` and ${ids.length - NAMED} more` : ''}`
