import type { TaskId } from '../ids.ts'
import { globsOverlap } from '../plan/glob.ts'
import { recordOf } from '../run/lookup.ts'
import { blockers } from '../run/task-status.ts'
import type { Work } from '../run/work.ts'
import { mayLand, mayStart } from './gate.ts'

/** The next merge into trunk, in topological order, so that every order of completion gives the same tree. */
export type NextMerge = { next: 'merge'; task: TaskId; head: string } | { next: 'wait' } | { next: 'none' }

export function nextMerge(work: Work): NextMerge {
  const merged = new Map(work.trunk.merges.map((merge) => [merge.task, merge.head]))
  const blocked = blockers(work)
  for (const task of work.plan.tasks) {
    const { state } = recordOf(work, task.id)
    if (state.status === 'landed') {
      // Later tasks wait too: trunk must be the same whenever the gate opens.
      if (!mayLand(work, task.id)) return { next: 'wait' }
      if (task.kind !== 'gate' && merged.get(task.id) !== state.head)
        return { next: 'merge', task: task.id, head: state.head }
      continue
    }
    if (['skipped', 'expanded', 'failed', 'cancelled'].includes(state.status) || blocked.has(task.id)) continue
    if (!mayStart(work, task.id) && state.status === 'pending') continue
    return { next: 'wait' }
  }
  return work.open ? { next: 'wait' } : { next: 'none' }
}

/**
 * The tasks among the earlier merges that may have changed these conflicting paths, by their `writes`; all if none
 * matches.
 */
export function touchedBy(work: Work, paths: readonly string[], among: readonly TaskId[]): TaskId[] {
  const touching = among.filter((id) => {
    const task = work.plan.tasks.find((one) => one.id === id)
    return task?.writes.some((glob) => paths.some((path) => globsOverlap(glob, path))) ?? false
  })
  return touching.length > 0 ? touching : [...among]
}
