import type { Sha, TaskId } from '../ids.ts'
import { globsOverlap } from '../plan/glob.ts'
import { recordOf } from '../run/lookup.ts'
import { blockers } from '../run/task-status.ts'
import type { Work } from '../run/work.ts'
import { mayLand, mayStart } from './gate.ts'

/** A landed task whose head trunk does not have yet. */
export interface DueMerge {
  task: TaskId
  head: Sha
}

/** The next merge into trunk, in topological order, so that every order of completion gives the same tree. */
export type NextMerge = ({ next: 'merge' } & DueMerge) | { next: 'wait' } | { next: 'none' }

export function nextMerge(work: Work): NextMerge {
  const { merges, rest } = mergeOrder(work, 1)
  const [first] = merges
  return first === undefined ? { next: rest } : { next: 'merge', ...first }
}

/** All merges that trunk can take now, in order. They stay due while only trunk moves: a late task may make hundreds due at once. */
export const dueMerges = (work: Work): DueMerge[] => mergeOrder(work).merges

const mergedHeads = new WeakMap<Work['trunk']['merges'], ReadonlyMap<TaskId, Sha>>()

/** By task, the head that trunk has of it. */
function mergedIn({ merges }: Work['trunk']): ReadonlyMap<TaskId, Sha> {
  const known = mergedHeads.get(merges) ?? new Map(merges.map(({ task, head }) => [task, head]))
  mergedHeads.set(merges, known)
  return known
}

function mergeOrder(work: Work, most = Number.POSITIVE_INFINITY): { merges: DueMerge[]; rest: 'wait' | 'none' } {
  const merged = mergedIn(work.trunk)
  const blocked = blockers(work)
  const merges: DueMerge[] = []
  for (const task of work.plan.tasks) {
    if (merges.length === most) break
    const { state } = recordOf(work, task.id)
    if (state.status === 'landed') {
      // Later tasks wait too: trunk must be the same whenever the gate opens.
      if (!mayLand(work, task.id)) return { merges, rest: 'wait' }
      if (task.kind !== 'gate' && merged.get(task.id) !== state.head) merges.push({ task: task.id, head: state.head })
      continue
    }
    if (['skipped', 'expanded', 'failed', 'cancelled'].includes(state.status) || blocked.has(task.id)) continue
    if (!mayStart(work, task.id) && state.status === 'pending') continue
    return { merges, rest: 'wait' }
  }
  return { merges, rest: work.open ? 'wait' : 'none' }
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
