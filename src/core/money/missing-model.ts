import { type Problem, problem } from '../failure.ts'
import { isAgentTask, type Plan } from '../plan/plan.ts'
import type { Settings } from '../settings.ts'
import { modelWithoutPrice, priceToWrite } from './price.ts'

/** Why no model could plan; null: one can, or a program of the settings plans. */
export function whyNoPlanner(hasModel: boolean, settings: Settings): Problem | null {
  if (settings.plan.command.length > 0) return null
  if (!hasModel)
    return problem('no-model', 'There is no key for a model, and the issue has no plan: add one of the two.')
  const unpriced = modelWithoutPrice(settings)
  return unpriced === null ? null : problem('bad-settings', withoutPrice(unpriced))
}

/** Why no agent could work on the tasks of the plan that need one; null: one could, or none does. */
export function whyNoAgent({ tasks }: Plan, hasModel: boolean, settings: Settings): Problem | null {
  if (!tasks.some(isAgentTask) || settings.worker.command.length > 0) return null
  if (!hasModel) return problem('no-model', NO_KEY)
  const unpriced = modelWithoutPrice(settings)
  return unpriced === null ? null : problem('no-model', withoutPrice(unpriced))
}

const NO_KEY =
  'Tasks without `run` are worked on by an agent, and there is no key for a model: add one, or give each task a `run`.'

const withoutPrice = (model: string): string =>
  `\`${model}\` has no price here, so no limit could hold for it: ${priceToWrite(model)}.`
