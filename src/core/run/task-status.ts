import type { TaskId } from '../ids.ts'
import type { Task } from '../plan/plan.ts'
import type { CopiedRecords } from './evolve-task.ts'
import { placeOf, statusOf } from './lookup.ts'
import type { TaskStatus } from './task-record.ts'
import type { Work } from './work.ts'

/** Cached by the records, which no fold changes once it has ended, and which many events leave as they are. */
const known = new WeakMap<Work['tasks'], { tasks: Work['plan']['tasks']; groups: Groups }>()

/** In plan order. */
type Groups = ReadonlyMap<TaskStatus, readonly Task[]>

function byStatus(work: Work): Groups {
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

/** More changes than this share of the tasks are not worth following one by one. */
const FEW = 1 / 8

/**
 * After a fold: what is known of the records before it becomes known of those after it, by looking at the changed ones only. It
 * changes nothing that anyone can see but the time that the next look takes.
 */
export function carryStatuses(before: Work | null, after: Work | null, fresh: CopiedRecords): void {
  if (before === null || after === null) return
  const copied = fresh.get(after.tasks)
  const found = known.get(before.tasks)
  const { tasks } = after.plan
  if (copied?.from !== before.tasks || found?.tasks !== tasks || before.plan.tasks !== tasks) return
  if (copied.changed.size > tasks.length * FEW) return
  const groups = new Map(found.groups)
  for (const id of copied.changed) {
    const task = tasks[placeOf(after, id)]
    const [was, is] = [statusOf(before, id), statusOf(after, id)]
    if (task === undefined || was === is) continue
    const [left, joined] = [groups.get(was) ?? [], groups.get(is) ?? []]
    groups.set(was, left.toSpliced(indexIn(after, left, task), 1))
    groups.set(is, joined.toSpliced(indexIn(after, joined, task), 0, task))
  }
  known.set(after.tasks, { tasks, groups })
}

/** Where a task stands in a group, or would stand. */
function indexIn(work: Work, group: readonly Task[], { id }: Task): number {
  const place = placeOf(work, id)
  let [low, high] = [0, group.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const other = group[middle]
    if (other !== undefined && placeOf(work, other.id) < place) low = middle + 1
    else high = middle
  }
  return low
}

/** The tasks with one of these statuses, in plan order. */
export function tasksWithStatus(work: Work, ...statuses: TaskStatus[]): readonly Task[] {
  const [first, ...others] = statuses
    .map((status) => byStatus(work).get(status) ?? [])
    .filter(({ length }) => length > 0)
  if (first === undefined || others.length === 0) return first ?? []
  return [first, ...others].flat().toSorted((a, b) => placeOf(work, a.id) - placeOf(work, b.id))
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
