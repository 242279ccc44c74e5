import type { TaskId } from '../ids.ts'
import { canonical } from '../text/digest.ts'
import { type Plan, planSchema, type Task, taskSchema } from './plan.ts'

const HEAD_FIELDS = planSchema.omit({ tasks: true }).keyof().options
const TASK_FIELDS = taskSchema.omit({ id: true }).keyof().options

export type HeadField = (typeof HEAD_FIELDS)[number]
export type TaskField = (typeof TASK_FIELDS)[number]

export interface ChangedTask {
  id: TaskId
  before: Task
  after: Task
  /** In the order of the task's schema. */
  fields: TaskField[]
}

/** The difference between two versions of a plan. Tasks are matched by id. */
export interface PlanDiff {
  head: HeadField[]
  added: Task[]
  removed: Task[]
  changed: ChangedTask[]
}

export function planDiff(before: Plan, after: Plan): PlanDiff {
  const old = new Map(before.tasks.map((task) => [task.id, task]))
  const ids = new Set(after.tasks.map(({ id }) => id))
  return {
    head: differing(before, after, HEAD_FIELDS),
    added: after.tasks.filter(({ id }) => !old.has(id)),
    removed: before.tasks.filter(({ id }) => !ids.has(id)),
    changed: after.tasks.flatMap((task) => changedTask(old.get(task.id), task)),
  }
}

function changedTask(before: Task | undefined, after: Task): ChangedTask[] {
  if (before === undefined) return []
  const fields = differing(before, after, TASK_FIELDS)
  return fields.length === 0 ? [] : [{ id: after.id, before, after, fields }]
}

const differing = <Field extends string>(
  before: Readonly<Record<Field, unknown>>,
  after: Readonly<Record<Field, unknown>>,
  fields: readonly Field[],
): Field[] => fields.filter((field) => canonical(before[field]) !== canonical(after[field]))
