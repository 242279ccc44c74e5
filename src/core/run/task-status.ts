import type { TaskId } from '../ids.ts'
import type { Task } from '../plan/plan.ts'
import { statusOf } from './lookup.ts'
import type { TaskStatus } from './task-record.ts'
import type { Work } from './work.ts'

/** Cached by the records, which no fold changes once it has ended, and which many events leave as they are. */
const known = new WeakMap<Work['tasks'], { tasks: Work['plan']['tasks']; groups: ReadonlyMap<TaskStatus, Task[]> }>()

function byStatus(work: Work): ReadonlyMap<TaskStatus, Task[]> {
  const { tasks } = work.plan
  const found = known.get(work.tasks)
  if (found?.tasks === tasks) return found.groups
  const groups = grouped(work)
  known.set(work.tasks, { tasks, groups })
  return groups
}

function grouped(work: Work): Map<TaskStatus, Task[]> {
  const groups = new Map<TaskStatus, Task[]>()
  for (const task of work.plan.tasks) {
    const status = statusOf(work, task.id)
    const group = groups.get(status)
    if (group === undefined) groups.set(status, [task])
    else group.push(task)
  }
  return groups
}

/** The tasks with one of these statuses, in plan order. */
export function tasksWithStatus(work: Work, ...statuses: TaskStatus[]): readonly Task[] {
  const [one, ...others] = statuses
  if (one !== undefined && others.length === 0) return byStatus(work).get(one) ?? []
  return work.plan.tasks.filter(({ id }) => statuses.includes(statusOf(work, id)))
}

/** The ids of `tasksWithStatus`. */
export const taskIdsWithStatus = (work: Work, ...statuses: TaskStatus[]): TaskId[] =>
  tasksWithStatus(work, ...statuses).map(({ id }) => id)

/**
 * By task that cannot start, the failed or cancelled task that blocks it. One pass, since a plan's tasks are in topological
 * order.
 */
export function blockers(work: Work): ReadonlyMap<TaskId, TaskId> {
  const blocked = new Map<TaskId, TaskId>()
  // Fast path: usually no task has failed, and a large plan has many needs.
  if (tasksWithStatus(work, 'failed').length + tasksWithStatus(work, 'cancelled').length === 0) return blocked
  for (const task of work.plan.tasks) {
    if (statusOf(work, task.id) !== 'pending') continue
    for (const need of task.needs) {
      const status = statusOf(work, need)
      const cause = status === 'failed' || status === 'cancelled' ? need : blocked.get(need)
      if (cause !== undefined) {
        blocked.set(task.id, cause)
        break
      }
    }
  }
  return blocked
}
