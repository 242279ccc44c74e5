import type { Plan, Task } from '../../../core/plan/plan.ts'
import type { Sources } from '../../../ports/sources.ts'
import type { MeteredModel } from '../../loop/metered-model.ts'
import { planOverview, tasksAsJson } from '../../prompts/plan-text.ts'
import { type PlannerInput, plannerInputText, plannerQuotes } from '../planner-input.ts'
import { type ExplorationResult, exploreArea } from './explorer.ts'

export interface ScopeRequest {
  metered: MeteredModel
  model: string
  sources: Sources
  input: PlannerInput
  task: Task
  plan: Plan
}

/**
 * Explores for a `plan` task while the tasks that it needs are still in progress: the files are those of the run's
 * base.
 */
export function scope(
  { metered, model, sources, input, task, plan }: ScopeRequest,
  signal: AbortSignal,
): Promise<ExplorationResult> {
  const quotes = plannerQuotes(input)
  return exploreArea(
    {
      metered,
      model,
      sources,
      area: `${task.id}: ${task.title}`,
      opening: [
        { kind: 'text', text: plannerInputText(input), cache: true },
        { kind: 'text', text: [planOverview(plan, quotes), SCOPING, tasksAsJson([task], quotes)].join('\n\n') },
      ],
    },
    signal,
  )
}

const SCOPING = `# Your work

The plan above is at work. The task below was left open: it becomes tasks of its own when those that it needs have landed. Look for what the author of these tasks has to know: the places, their callers and tests, the commands that check them, and what is likely to be different once the tasks before it are done. You see the files as they were before any of them.`
