import type { Sha, TaskId } from '../ids.ts'
import { touchedBy } from '../landing/merge-order.ts'
import type { Argv, Task } from '../plan/plan.ts'
import type { NewEvent } from '../run/event.ts'
import { fewPaths } from '../run/hand-off.ts'
import { recordOf, type TaskRecord, type Work } from '../run/state.ts'
import { type FinishedTask, finishedTask } from './finished-task.ts'
import { CONFLICT_RETRIES } from './retry-ladder.ts'

/** The task's own work, and that of others, could not be merged: it starts anew where theirs is in already. */
export interface Conflict {
  with: readonly { task: Task; finished: FinishedTask | null }[]
  paths: readonly string[]
  /** The attempt whose work was left out, and where that is kept. */
  own: { attempt: number; head: Sha } | null
}

/** An acceptance that the machine runs on what is handed over, and whose it is. */
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

/** The task runs again on the merged base, where its instructions are often enough to settle the conflict; too often: a person. */
export const conflicted = (work: Work, { task, others, paths, onto }: FailedMerge): NewEvent => ({
  type: 'task_conflicted',
  task,
  with: touchedBy(work, paths, others),
  paths: fewPaths(paths),
  onto,
  final: recordOf(work, task).conflicts >= CONFLICT_RETRIES,
})

/** Conflicts since the task was last verified: the base holds the others' work and none of its own. */
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

/** Its own acceptance, and those of tasks whose work it is merged with; one that is the same is run once. */
export function checksOf(task: Task, conflict: Conflict | null): ConflictCheck[] {
  const done = (conflict?.with ?? []).filter(({ finished }) => finished !== null).map((other) => other.task)
  const all = [task, ...done].map(({ id, acceptance }) => ({ of: id, ...acceptance }))
  const same = ({ argv }: ConflictCheck) => all.find((other) => JSON.stringify(other.argv) === JSON.stringify(argv))
  return all.filter((check) => check.argv.length > 0 && same(check) === check)
}
