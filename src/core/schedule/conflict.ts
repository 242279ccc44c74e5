import type { Sha, TaskId } from '../ids.ts'
import { touchedBy } from '../landing/merge-order.ts'
import type { Argv, Task } from '../plan/plan.ts'
import type { NewEvent } from '../run/event.ts'
import { fewPaths } from '../run/hand-off.ts'
import { placeOf, recordOf, taskOf } from '../run/lookup.ts'
import type { Report } from '../run/report.ts'
import type { TaskRecord } from '../run/task-record.ts'
import type { Work } from '../run/work.ts'
import { type FinishedTask, finishedTask } from './finished-task.ts'
import { CONFLICT_RETRIES } from './retry-ladder.ts'

/** A task's work could not be merged with that of others, so it is done again on a base that contains theirs. */
export interface Conflict {
  with: readonly { task: Task; finished: FinishedTask | null }[]
  paths: readonly string[]
  /** The attempt whose work was not merged, and its commit. */
  own: { attempt: number; head: Sha } | null
}

/** An acceptance to run on the result, and the task that it belongs to. */
export interface ConflictCheck {
  of: TaskId
  argv: Argv
  expect: string
}

/** A task whose work cannot be merged with that of `others`, in these paths. */
interface FailedMerge {
  task: TaskId
  others: readonly TaskId[]
  paths: readonly string[]
  /** Heads that the task's next base holds. */
  onto: Sha[]
}

/** The event of a conflict: the task runs again on the merged base, or waits for a person after too many conflicts. */
export const conflicted = (work: Work, { task, others, paths, onto }: FailedMerge): NewEvent => ({
  type: 'task_conflicted',
  task,
  with: touchedBy(work, paths, others),
  paths: fewPaths(paths),
  onto,
  final: recordOf(work, task).conflicts >= CONFLICT_RETRIES,
})

/**
 * The tasks of the plan whose conflicts a report calls resolved. A slot may name anything in it, and a newer plan may have
 * dropped a task: neither keeps the result from its review.
 */
export const resolvedTasks = (work: Work, { resolved = [] }: Pick<Report, 'resolved'>): Task[] =>
  resolved.flatMap((id) => (placeOf(work, id) >= 0 ? [taskOf(work, id)] : []))

/** The conflicts since the task was last verified, or null: its base contains the others' work, but not its own. */
export function conflictOf(work: Work, id: TaskId, { attempts }: TaskRecord): Conflict | null {
  const since = attempts.findLastIndex(({ outcome }) => outcome === 'verified') + 1
  const conflicted = attempts.slice(since).filter(({ outcome }) => outcome === 'conflict')
  const failures = conflicted.flatMap(({ failure }) => (failure?.reason === 'conflict' ? [failure] : []))
  if (failures.length === 0) return null
  const ids = new Set(failures.flatMap((failure) => failure.with))
  const others = work.plan.tasks.filter((task) => ids.has(task.id) && task.id !== id)
  return {
    with: others.map((task) => ({ task, finished: finishedTask(work, task.id) })),
    paths: [...new Set(failures.flatMap(({ paths }) => paths))],
    own: conflicted.flatMap(({ attempt, head }) => (head === null ? [] : [{ attempt, head }])).at(-1) ?? null,
  }
}

/** The task's acceptance and those of finished tasks that it conflicted with, each different command once. */
export function checksOf(task: Task, conflict: Conflict | null): ConflictCheck[] {
  const done = (conflict?.with ?? []).filter(({ finished }) => finished !== null).map((other) => other.task)
  const all = [task, ...done].map(({ id, acceptance }) => ({ of: id, ...acceptance }))
  const same = ({ argv }: ConflictCheck) => all.find((other) => JSON.stringify(other.argv) === JSON.stringify(argv))
  return all.filter((check) => check.argv.length > 0 && same(check) === check)
}
