import { z } from 'zod'
import { type Plan, planSchema, type Task, taskSchema } from '../../core/plan/plan.ts'
import type { Question } from '../../core/plan/planning.ts'
import { agentCommandsOf, type Settings } from '../../core/settings.ts'

/**
 * The fields of a task that a model decides: no program to run, no time limit. A title that is too long is cut, not
 * rejected.
 */
export const plannedTaskSchema = taskSchema.omit({ run: true, timeout_minutes: true }).extend({
  title: z.string().min(1).describe('short'),
  kind: z.enum(['code', 'plan', 'gate', 'verify']),
  commands: taskSchema.shape.commands.unwrap().describe('empty unless the limits of the plan ask for them'),
})
export type PlannedTask = z.infer<typeof plannedTaskSchema>

/** A task of an expansion or a new plan for failed tasks: not a `plan` task again. */
export const partTaskSchema = plannedTaskSchema.extend({ kind: z.enum(['code', 'gate', 'verify']) })

export const headSchema = planSchema.omit({ tasks: true }).extend({ title: z.string().min(1).describe('short') })
export type PlanHead = Omit<Plan, 'tasks'>

/** The whole plan, in the order in which its fields stream. */
export const designSchema = headSchema.extend({ tasks: z.array(plannedTaskSchema) })

const LONGEST_TASK_TITLE = 120
const LONGEST_PLAN_TITLE = 200

export const planHeadOf = (head: PlanHead): PlanHead => ({
  ...head,
  title: head.title.slice(0, LONGEST_PLAN_TITLE),
  questions: head.questions.map(questionOf).filter(({ question }) => question !== ''),
})

/** Replaces the id with a number of ours, and a default that is the letter of an option with that option. */
function questionOf({ question, options, default: fallback }: Question, index: number): Question {
  const letter = /^\(?([a-z])[).:]?$/i.exec(fallback.trim())?.[1]
  const named = letter === undefined ? undefined : options[letter.toLowerCase().charCodeAt(0) - 'a'.charCodeAt(0)]
  return { id: `q${index + 1}`, question: question.trim(), options, default: named ?? fallback }
}

/** A gate writes nothing and runs no command: a person decides it. */
export function taskFrom(planned: PlannedTask, settings: Settings): Task {
  const { limits } = settings
  const task: Task = {
    ...planned,
    // Where agents may run anything in the sandbox, a list would only look like a limit.
    commands: agentCommandsOf(settings) === 'listed' ? planned.commands : [],
    title: planned.title.slice(0, LONGEST_TASK_TITLE),
    needs: [...new Set(planned.needs)],
    run: [],
    timeout_minutes: limits.task_minutes,
  }
  return task.kind === 'gate' ? { ...task, writes: [], acceptance: { argv: [], expect: '' }, commands: [] } : task
}
