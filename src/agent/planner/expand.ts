import { z } from 'zod'
import type { TaskId } from '../../core/ids.ts'
import { needsClosure } from '../../core/plan/graph.ts'
import type { Plan, Task } from '../../core/plan/plan.ts'
import { type PlanningRules, taskProblems } from '../../core/plan/plan-problems.ts'
import type { Exploration } from '../../core/plan/planning.ts'
import { orderWrites } from '../../core/plan/write-order.ts'
import { afterOverlapping } from '../../core/run/amend-plan.ts'
import type { HandOff } from '../../core/run/hand-off.ts'
import { quoted } from '../../core/text/quoted.ts'
import type { Sources } from '../../ports/sources.ts'
import type { MeteredModel } from '../loop/metered-model.ts'
import { explorationText, handOffsText, planOverview, tasksAsJson } from '../prompts/plan-text.ts'
import { EXPANSION } from '../prompts/planner-instructions.ts'
import { commandTerms } from './command-terms.ts'
import { type PlannedTask, partTaskSchema, taskFrom } from './plan-schema.ts'
import { type PlannerInput, plannerInputText, plannerQuotes, planningSystem } from './planner-input.ts'
import { type NoAnswer, structuredAnswer } from './structured-answer.ts'

interface ExpandRequest {
  metered: MeteredModel
  model: string
  /** The files of the run's base: nothing that has landed since is in them. */
  sources: Sources
  input: PlannerInput
  plan: Plan
  task: Task
  scope: Exploration | null
  handOffs: ReadonlyMap<TaskId, HandOff>
}

export type ExpansionResult = { ok: true; tasks: Task[]; notes: string[] } | NoAnswer

const expansionSchema = z.strictObject({ tasks: z.array(partTaskSchema) })
const MOST_TOKENS = 24_000

/** Plans the tasks that replace a `plan` task. They may need each other and what that task needed, and nothing else. */
export async function expand(request: ExpandRequest, signal: AbortSignal): Promise<ExpansionResult> {
  const { metered, model, sources, input, plan } = request
  const blocks = [
    { kind: 'text' as const, text: plannerInputText(input), cache: true },
    { kind: 'text' as const, text: expansionPrompt(request) },
  ]
  const answer = await structuredAnswer(
    {
      metered,
      model,
      sources,
      system: planningSystem,
      blocks,
      schema: expansionSchema,
      maxTokens: MOST_TOKENS,
      check: ({ tasks }) => {
        const part = partOf(request, tasks)
        if (part.tasks.length === 0) return ['There is no task.']
        return [...part.problems, ...partProblems(plan.tasks, part.tasks, input)]
      },
    },
    signal,
  )
  if (!answer.ok) return answer
  return { ok: true, ...orderedPart(plan, partOf(request, answer.value.tasks).tasks) }
}

/**
 * Drops needs of the new tasks that are met already, since the open task waited for them, directly or not; its direct
 * needs stay.
 */
function partOf({ plan, task, input }: ExpandRequest, planned: readonly PlannedTask[]) {
  const tasks = withPrefixedIds(planned, task.id)
  const own = new Set(tasks.map(({ id }) => id))
  const direct = new Set(task.needs)
  const met = needsClosure(plan.tasks, [task.id])
  const isKept = (need: TaskId) => own.has(need) || direct.has(need) || !met.has(need)
  const problems = tasks.flatMap(({ id, needs }) =>
    needs
      .filter((need) => !own.has(need) && !met.has(need))
      .map(
        (need) =>
          `${quoted(id)} needs ${quoted(need)}, which is neither one of yours nor needed by ${quoted(task.id)}.`,
      ),
  )
  return {
    problems,
    tasks: tasks.map((one) => taskFrom({ ...one, needs: one.needs.filter(isKept) }, input.settings)),
  }
}

function expansionPrompt({ input, plan, task, scope, handOffs }: ExpandRequest): string {
  const quotes = plannerQuotes(input)
  return [
    '# The plan that is at work',
    planOverview(plan, quotes),
    EXPANSION,
    `Commands that the plan has: ${commandsOf(plan)}. At most ${Math.max(1, input.settings.limits.tasks - plan.tasks.length)} tasks.`,
    ...commandTerms(input.settings),
    `The open task, ${task.id}:`,
    tasksAsJson([task], quotes),
    ...(scope === null
      ? []
      : ['What was found out about it before what it needs had landed:', explorationText(scope, quotes)]),
    'What the tasks of the plan have handed off so far:',
    ...handOffsText(handOffs, new Set(task.needs), quotes),
  ].join('\n\n')
}

/** All commands of a plan, each as a JSON list of words. New tasks may use them without another approval. */
export function commandsOf({ tasks, verification }: Plan): string {
  const all = [
    ...tasks.flatMap(({ acceptance, commands }) => [acceptance.argv, ...commands]),
    ...verification.map(({ argv }) => argv),
  ]
  return [...new Set(all.filter((argv) => argv.length > 0).map((argv) => JSON.stringify(argv)))].join(', ') || 'none'
}

const LONGEST_ID = 40

/** Renames tasks so that their ids begin with the id of the task that they replace, in `needs` too. */
export function withPrefixedIds(tasks: readonly PlannedTask[], prefix: TaskId): PlannedTask[] {
  const ids = new Map(tasks.map(({ id }, index) => [id, idFor(id, prefix, index + 1)]))
  return tasks.map((task) => ({
    ...task,
    id: ids.get(task.id) ?? task.id,
    needs: task.needs.map((need) => ids.get(need) ?? need),
  }))
}

function idFor(id: TaskId, prefix: TaskId, number: number): TaskId {
  const prefixed = id.startsWith(`${prefix}-`) ? id : `${prefix}-${id}`
  return prefixed.length <= LONGEST_ID ? prefixed : `${prefix}-${number}`
}

/**
 * Problems of new tasks, as sentences: each task is checked by the rules, with the tasks around it and the sound ones
 * before it.
 */
export function partProblems(around: readonly Task[], tasks: readonly Task[], rules: PlanningRules): string[] {
  const sound = [...around]
  return tasks.flatMap((task) => {
    const problems = taskProblems(sound, task, rules)
    if (problems.length === 0) sound.push(task)
    return problems
  })
}

/** The new tasks, with a need added for each overlap of writable paths, and notes on these. */
export function orderedPart(plan: Plan, tasks: readonly Task[]): { tasks: Task[]; notes: string[] } {
  const own = new Set(tasks.map(({ id }) => id))
  const among = orderWrites(tasks.map((task) => ({ ...task, needs: task.needs.filter((need) => own.has(need)) })))
  const ordered = tasks.map((task, index) => ({
    ...task,
    needs: [...new Set([...task.needs, ...(among.tasks[index]?.needs ?? [])])],
  }))
  const whole = afterOverlapping([...plan.tasks.filter(({ id }) => !own.has(id)), ...ordered], own)
  return { tasks: whole.tasks.filter(({ id }) => own.has(id)), notes: [...among.notes, ...whole.notes] }
}
