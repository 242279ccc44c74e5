import { afterOverlapping } from '../../core/amend.ts'
import { orderWrites } from '../../core/order-writes.ts'
import type { Plan, Task } from '../../core/plan.ts'
import type { TaskId } from '../../core/ref.ts'
import type { PlannedTask } from './plan-schema.ts'
import { type Rules, taskProblems } from './task-problems.ts'

const LONGEST_ID = 40

/** Tasks of a part by ids that begin with the id of the task that they stand for; needs among them go along. */
export function renamed(tasks: readonly PlannedTask[], prefix: TaskId): PlannedTask[] {
  const ids = new Map(tasks.map(({ id }, index) => [id, idFor(id, prefix, index + 1)]))
  return tasks.map((task) => ({
    ...task,
    id: ids.get(task.id) ?? task.id,
    needs: task.needs.map((need) => ids.get(need) ?? need),
  }))
}

function idFor(id: TaskId, prefix: TaskId, number: number): TaskId {
  const long = id.startsWith(`${prefix}-`) ? id : `${prefix}-${id}`
  return long.length <= LONGEST_ID ? long : `${prefix}-${number}`
}

/** What is wrong with a part, as sentences: each task is held to the rules, to those around it and to those before it. */
export function partProblems(around: readonly Task[], tasks: readonly Task[], rules: Rules): string[] {
  const sound = [...around]
  return tasks.flatMap((task) => {
    const problems = taskProblems(sound, task, rules)
    if (problems.length === 0) sound.push(task)
    return problems
  })
}

/** The part with the needs that overlapping paths ask for, and notes that tell of them. */
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
