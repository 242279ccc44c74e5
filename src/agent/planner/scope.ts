import type { Plan, Task } from '../../core/plan/plan.ts'
import type { Sources } from '../../ports/sources.ts'
import type { MeteredModel } from '../loop/metered-model.ts'
import { planOnAPage, tasksInWords } from '../prompts/plan-text.ts'
import { type ExplorationResult, exploreArea } from './explorer.ts'
import { inputInWords, type PlannerInput } from './planner-input.ts'

export interface ScopeRequest {
  metered: MeteredModel
  model: string
  sources: Sources
  input: PlannerInput
  task: Task
  plan: Plan
}

/** Looks around for a task that is to become tasks, while what it needs is still at work: the files are those of the run's base. */
export const scope = (
  { metered, model, sources, input, task, plan }: ScopeRequest,
  signal: AbortSignal,
): Promise<ExplorationResult> =>
  exploreArea(
    {
      metered,
      model,
      sources,
      area: `${task.id}: ${task.title}`,
      opening: [
        { kind: 'text', text: inputInWords(input), cache: true },
        { kind: 'text', text: [planOnAPage(plan, input.nonce), YOURS, tasksInWords([task], input.nonce)].join('\n\n') },
      ],
    },
    signal,
  )

const YOURS = `# Your work

The plan above is at work. The task below was left open: it becomes tasks of its own when those that it needs have landed. Look for what whoever writes these tasks has to know: the places, their callers and tests, the commands that check them, and what is likely to be different once the tasks before it are done. You see the files as they were before any of them.`
