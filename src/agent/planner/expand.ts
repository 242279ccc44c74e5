import { z } from 'zod'
import { needsClosure } from '../../core/graph.ts'
import type { HandOff } from '../../core/hand-off.ts'
import type { Plan, Task } from '../../core/plan.ts'
import type { Exploration } from '../../core/planning.ts'
import { quoted } from '../../core/quoted.ts'
import type { TaskId } from '../../core/ref.ts'
import type { Speaker } from '../talk.ts'
import type { PlannerInput } from './input.ts'
import type { Nothing } from './nothing.ts'
import { inputInWords, planningSystem } from './opening.ts'
import { orderedPart, partProblems, renamed } from './parts.ts'
import { type PlannedTask, partTaskSchema, taskOf } from './plan-schema.ts'
import { EXPANSION } from './prompts.ts'
import { structured } from './structured.ts'
import { explorationInWords, handOffsInWords, planOnAPage, tasksInWords } from './words.ts'

export interface ExpandRequest {
  speaker: Speaker
  model: string
  input: PlannerInput
  plan: Plan
  task: Task
  scope: Exploration | null
  handOffs: ReadonlyMap<TaskId, HandOff>
}

export type Part = { ok: true; tasks: Task[]; notes: string[] } | Nothing

const expansionSchema = z.strictObject({ tasks: z.array(partTaskSchema) })
const MOST_TOKENS = 24_000

/** The tasks that stand in the place of a `plan` task. They need each other and what it needed, and nothing else. */
export async function expand(request: ExpandRequest, signal: AbortSignal): Promise<Part> {
  const { speaker, model, input, plan } = request
  const blocks = [
    { kind: 'text' as const, text: inputInWords(input), cache: true },
    { kind: 'text' as const, text: expandWords(request) },
  ]
  const answer = await structured(
    {
      speaker,
      model,
      system: planningSystem,
      blocks,
      schema: expansionSchema,
      maxTokens: MOST_TOKENS,
      check: ({ tasks }) => {
        const part = partOf(request, tasks)
        if (part.tasks.length === 0) return ['There is no task.']
        return [...part.problems, ...partProblems(plan.tasks, part.tasks, rulesOf(input))]
      },
    },
    signal,
  )
  if (!answer.ok) return answer
  return { ok: true, ...orderedPart(plan, partOf(request, answer.value.tasks).tasks) }
}

const rulesOf = ({ settings, options }: PlannerInput) => ({ settings, options })

/** What the open task waited for, directly or not, its tasks have waited for too: such needs are met. */
function partOf({ plan, task, input }: ExpandRequest, planned: readonly PlannedTask[]) {
  const tasks = renamed(planned, task.id)
  const own = new Set(tasks.map(({ id }) => id))
  const direct = new Set(task.needs)
  const met = needsClosure(plan.tasks, [task.id])
  const kept = (need: TaskId) => own.has(need) || direct.has(need) || !met.has(need)
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
    tasks: tasks.map((one) => taskOf({ ...one, needs: one.needs.filter(kept) }, input.settings)),
  }
}

const expandWords = ({ input: { nonce, settings }, plan, task, scope, handOffs }: ExpandRequest): string =>
  [
    '# The plan that is at work',
    planOnAPage(plan, nonce),
    EXPANSION,
    `Commands that the plan has: ${commandsOf(plan)}. At most ${Math.max(1, settings.limits.tasks - plan.tasks.length)} tasks.`,
    `The open task, ${task.id}:`,
    tasksInWords([task], nonce),
    ...(scope === null
      ? []
      : ['What was found out about it before what it needs had landed:', explorationInWords(scope, nonce)]),
    'What the tasks of the plan have handed off so far:',
    ...handOffsInWords(handOffs, new Set(task.needs), nonce),
  ].join('\n\n')

/** As lists of words; the commands that nobody has to be asked for. */
export function commandsOf({ tasks, verification }: Plan): string {
  const all = [...tasks.map(({ acceptance }) => acceptance.argv), ...verification.map(({ argv }) => argv)]
  return [...new Set(all.filter((argv) => argv.length > 0).map((argv) => JSON.stringify(argv)))].join(', ') || 'none'
}
