import { z } from 'zod'
import type { TaskFailure } from '../../core/failure.ts'
import type { TaskId } from '../../core/ids.ts'
import { topologicalOrder } from '../../core/plan/graph.ts'
import type { Plan, Task } from '../../core/plan/plan.ts'
import { alwaysKept } from '../../core/run/amend-plan.ts'
import type { HandOff } from '../../core/run/hand-off.ts'
import { quoted } from '../../core/text/quoted.ts'
import type { Sources } from '../../ports/sources.ts'
import type { MeteredModel } from '../loop/metered-model.ts'
import { failedAttemptText } from '../prompts/failure-text.ts'
import { handOffsText, planOverview, tasksAsJson } from '../prompts/plan-text.ts'
import { REPLANNING } from '../prompts/planner-instructions.ts'
import { commandTerms } from './command-terms.ts'
import { commandsOf, type ExpansionResult, orderedPart, partProblems, withPrefixedIds } from './expand.ts'
import { partTaskSchema, taskFrom } from './plan-schema.ts'
import { type PlannerInput, plannerInputText, plannerQuotes, planningSystem } from './planner-input.ts'
import { structuredAnswer } from './structured-answer.ts'

export interface ReplanRequest {
  metered: MeteredModel
  model: string
  /** The files of the run's base: nothing that has landed since is in them. */
  sources: Sources
  input: PlannerInput
  plan: Plan
  failed: { task: Task; failures: readonly TaskFailure[]; diff?: string }
  /** The failed task, and the tasks that wait for it and have not started. */
  replaceable: readonly Task[]
  handOffs: ReadonlyMap<TaskId, HandOff>
}

const replanSchema = z.strictObject({
  diagnosis: z.string(),
  keep: z.array(z.string()),
  tasks: z.array(partTaskSchema),
})
type ReplanAnswer = z.infer<typeof replanSchema>

const MOST_TOKENS = 24_000
const LONGEST_DIAGNOSIS = 500

/**
 * Plans the tasks that replace a failed one and those that wait for it. The result includes the waiting tasks that stay;
 * the rest of the plan does not change.
 */
export async function replan(request: ReplanRequest, signal: AbortSignal): Promise<ExpansionResult> {
  const { metered, model, sources, input, failed } = request
  const blocks = [
    { kind: 'text' as const, text: plannerInputText(input), cache: true },
    { kind: 'text' as const, text: replanPrompt(request) },
  ]
  const answer = await structuredAnswer(
    {
      metered,
      model,
      sources,
      system: planningSystem,
      blocks,
      schema: replanSchema,
      maxTokens: MOST_TOKENS,
      check: (value) => {
        const part = partOf(request, value)
        if (part.added.length === 0) return ['There is no task instead of the failed one.']
        return partProblems(otherTasks(request), [...part.added, ...part.kept], input)
      },
    },
    signal,
  )
  if (!answer.ok) return answer
  const { added, kept } = partOf(request, answer.value)
  const ordered = orderedPart({ ...request.plan, tasks: otherTasks(request) }, [...added, ...kept])
  const note = `${quoted(failed.task.id)} is planned again: ${answer.value.diagnosis.trim().slice(0, LONGEST_DIAGNOSIS)}`
  return { ok: true, tasks: topologicalOrder(ordered.tasks), notes: [note, ...ordered.notes] }
}

const otherTasks = ({ plan, replaceable }: ReplanRequest): Task[] =>
  plan.tasks.filter(({ id }) => !replaceable.some((task) => task.id === id))

/** In a waiting task that stays, the last of the new tasks replace needs that are removed from the plan. */
function partOf({ failed, replaceable, input }: ReplanRequest, { keep, tasks }: ReplanAnswer) {
  const added = withPrefixedIds(tasks, failed.task.id).map((task) => taskFrom(task, input.settings))
  const needed = new Set(added.flatMap(({ needs }) => needs))
  const lastAdded = added.map(({ id }) => id).filter((id) => !needed.has(id))
  const waiting = replaceable.filter(({ id }) => id !== failed.task.id)
  const always = alwaysKept(waiting)
  const staying = waiting.filter((task) => always.includes(task) || keep.includes(task.id))
  const removed = replaceable.map(({ id }) => id).filter((id) => !staying.some((task) => task.id === id))
  const kept = staying.map((task) => {
    const needs = task.needs.filter((need) => !removed.includes(need))
    return needs.length === task.needs.length ? task : { ...task, needs: [...needs, ...lastAdded] }
  })
  return { added, kept }
}

/** Characters of the output of one attempt. */
const MOST_OF_LOG = 6000

function replanPrompt({ input, plan, failed, replaceable, handOffs }: ReplanRequest): string {
  const quotes = plannerQuotes(input)
  return [
    '# The plan that is at work',
    planOverview(plan, quotes),
    'What its tasks have handed off so far:',
    ...handOffsText(handOffs, new Set(failed.task.needs), quotes),
    REPLANNING,
    `Commands that the plan has: ${commandsOf(plan)}.`,
    ...commandTerms(input.settings),
    `The failed task, ${failed.task.id}, and those that wait for it:`,
    tasksAsJson(replaceable, quotes),
    ...failed.failures.flatMap((failure, index) => failedAttemptText(index + 1, failure, quotes, MOST_OF_LOG)),
    ...(failed.diff === undefined ? [] : ['What the last attempt had changed:', quotes.data('diff', failed.diff)]),
  ].join('\n\n')
}
