import type { Sha, TaskId } from '../ids.ts'
import { ownOf } from '../own.ts'
import type { Task } from '../plan/plan.ts'
import type { TaskRecord, TaskStatus } from './task-record.ts'
import type { Work } from './work.ts'

const places = new WeakMap<Work['plan']['tasks'], ReadonlyMap<TaskId, number>>()

/** The index of a task in the plan; -1 if it is not there. */
export function placeOf({ plan: { tasks } }: Work, id: TaskId): number {
  const known = places.get(tasks) ?? new Map(tasks.map((task, place) => [task.id, place]))
  places.set(tasks, known)
  return known.get(id) ?? -1
}

const sortedNeeds = new WeakMap<Work['plan']['tasks'], ReadonlyMap<TaskId, readonly TaskId[]>>()

/** The needs of a task in plan order. */
export function needsInOrder(work: Work, id: TaskId): readonly TaskId[] {
  const { tasks } = work.plan
  const sorted = (needs: readonly TaskId[]) => needs.toSorted((a, b) => placeOf(work, a) - placeOf(work, b))
  const known = sortedNeeds.get(tasks) ?? new Map(tasks.map((task) => [task.id, sorted(task.needs)]))
  sortedNeeds.set(tasks, known)
  return known.get(id) ?? []
}

/** A task of the plan; throws for an unknown id, which is a bug. */
export function taskOf(work: Work, id: TaskId): Task {
  const task = work.plan.tasks[placeOf(work, id)]
  if (task === undefined) throw new Error(`no task ${id} in plan ${work.planId}`)
  return task
}

export function recordOf(work: Work, id: TaskId): TaskRecord {
  const record = ownOf(work.tasks, id)
  if (record === undefined) throw new Error(`no record of task ${id} in plan ${work.planId}`)
  return record
}

export const statusOf = (work: Work, id: TaskId): TaskStatus => recordOf(work, id).state.status

/** Landed, skipped by a person, or expanded into other tasks: its dependants may start. To skip a task opens no gate before it. */
export function isSettled(work: Work, id: TaskId): boolean {
  const status = statusOf(work, id)
  return status === 'landed' || status === 'expanded' || (status === 'skipped' && !isBehindGate(work, id))
}

/** Whether a gate that is neither opened nor skipped is among what the task needs, also through tasks that have not landed. */
function isBehindGate(work: Work, id: TaskId): boolean {
  const before = [...taskOf(work, id).needs]
  const met = new Set(before)
  for (const need of before) {
    const status = statusOf(work, need)
    const { kind, needs } = taskOf(work, need)
    if (kind === 'gate' && status !== 'landed' && status !== 'skipped') return true
    // What has landed came after the gates before it.
    if (status === 'landed') continue
    before.push(...needs.filter((earlier) => !met.has(earlier)))
    for (const earlier of needs) met.add(earlier)
  }
  return false
}

/** The heads of a settled task: its own or, if it was skipped or expanded, those of its needs. */
export function headsOf(work: Work, id: TaskId): Sha[] {
  const { state } = recordOf(work, id)
  if (state.status === 'landed') return [state.head]
  return taskOf(work, id).needs.flatMap((need) => headsOf(work, need))
}

const approvedSets = new WeakMap<readonly TaskId[], ReadonlySet<TaskId>>()

export function isApproved({ approved }: Pick<Work, 'approved'>, id: TaskId): boolean {
  if (approved === null) return true
  const known = approvedSets.get(approved) ?? new Set(approved)
  approvedSets.set(approved, known)
  return known.has(id)
}
