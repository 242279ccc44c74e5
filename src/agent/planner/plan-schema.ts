import { z } from 'zod'
import { type Plan, planSchema, type Task, taskSchema } from '../../core/plan/plan.ts'
import type { Question } from '../../core/plan/planning.ts'
import type { Settings } from '../../core/settings.ts'

/** What a model may decide of a task: it brings no program of its own and sets no clock. Too long a title is cut, not refused. */
export const plannedTaskSchema = taskSchema
  .omit({ run: true, timeout_minutes: true })
  .extend({ title: z.string().min(1).describe('short'), kind: z.enum(['code', 'plan', 'gate', 'verify']) })
export type PlannedTask = z.infer<typeof plannedTaskSchema>

/** A part of a plan may not be put off once more. */
export const partTaskSchema = plannedTaskSchema.extend({ kind: z.enum(['code', 'gate', 'verify']) })

export const headSchema = planSchema.omit({ tasks: true }).extend({ title: z.string().min(1).describe('short') })
export type PlanHead = Omit<Plan, 'tasks'>

/** The whole plan, in the order in which it is to stream. */
export const designSchema = headSchema.extend({ tasks: z.array(plannedTaskSchema) })

const TITLE_OF_TASK = 120
const TITLE_OF_PLAN = 200

export const planHeadOf = (head: PlanHead): PlanHead => ({
  ...head,
  title: head.title.slice(0, TITLE_OF_PLAN),
  questions: head.questions.map(questionOf).filter(({ question }) => question !== ''),
})

/** Questions are numbered by us; a default that names an option by its letter is that option. */
function questionOf({ question, options, default: fallback }: Question, index: number): Question {
  const letter = /^\(?([a-z])[).:]?$/i.exec(fallback.trim())?.[1]
  const named = letter === undefined ? undefined : options[letter.toLowerCase().charCodeAt(0) - 'a'.charCodeAt(0)]
  return { id: `q${index + 1}`, question: question.trim(), options, default: named ?? fallback }
}

/** A gate does nothing itself: a person does. */
export function taskFrom(planned: PlannedTask, { limits }: Settings): Task {
  const task: Task = {
    ...planned,
    title: planned.title.slice(0, TITLE_OF_TASK),
    needs: [...new Set(planned.needs)],
    run: [],
    timeout_minutes: limits.task_minutes,
  }
  return task.kind === 'gate' ? { ...task, writes: [], acceptance: { argv: [], expect: '' } } : task
}
