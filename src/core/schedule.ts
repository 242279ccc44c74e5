import { tasksIn } from './by-status.ts'
import { mayLand, mayStart } from './gate.ts'
import { globsOverlap, writesOverlap } from './glob.ts'
import type { Task } from './plan.ts'
import { ranked } from './predict.ts'
import type { TaskId } from './ref.ts'
import { type ActiveRun, isSettled, recordOf, statusOf, type Work } from './state.ts'

/**
 * For every task that can never start as things stand, the failed or cancelled task that keeps it back.
 * One pass: a plan's tasks stand in topological order.
 */
export function blockers(work: Work): ReadonlyMap<TaskId, TaskId> {
  const blocked = new Map<TaskId, TaskId>()
  // Mostly nothing has failed, and a large plan has many needs to look at.
  if (tasksIn(work, 'failed').length + tasksIn(work, 'cancelled').length === 0) return blocked
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

/** Tasks that may start, whose needs have all landed and that have no branch yet, in plan order: their bases can be made. */
export const queueable = (work: Work): Task[] =>
  tasksIn(work, 'pending').filter(
    (task) => task.kind !== 'plan' && mayStart(work, task.id) && task.needs.every((need) => isSettled(work, need)),
  )

/**
 * Tasks that may start now, longest remaining path first, ties by plan order; never two at work with overlapping
 * `writes`. Deterministic: the same journal gives the same answer. At most so many: who has eight slots need not know of all
 * the hundreds that could start, each of which is held against the paths of all before it.
 */
export function startable(work: Work, most = Number.POSITIVE_INFINITY): Task[] {
  if (most === 0) return []
  const atWork = tasksIn(work, 'in_progress')
  const chosen: Task[] = []
  for (const task of ranked(work.plan)) {
    if (chosen.length >= most) break
    if (statusOf(work, task.id) !== 'queued' || !mayStart(work, task.id)) continue
    const inTheWay = (other: Task) => writesOverlap(task, other)
    if (!atWork.some(inTheWay) && !chosen.some(inTheWay)) chosen.push(task)
  }
  return chosen
}

export type Assigned =
  | { kind: 'task'; task: TaskId; attempt: number; slot: string }
  | { kind: 'verification'; on: string; attempt: number; slot: string }

/** What each free slot works on next. A verification goes first: everything waits for its word. */
export function assign(run: ActiveRun, freeSlots: readonly string[]): Assigned[] {
  if (run.paused !== null) return []
  const slots = [...freeSlots]
  const assigned: Assigned[] = []
  const { verification } = run.work
  if (verification?.status === 'queued') {
    const slot = slots.shift()
    if (slot !== undefined)
      assigned.push({ kind: 'verification', on: verification.on, attempt: verification.attempt, slot })
  }
  for (const task of startable(run.work, slots.length)) {
    const slot = slots.shift()
    if (slot === undefined) break
    const { state } = recordOf(run.work, task.id)
    if (state.status === 'queued') assigned.push({ kind: 'task', task: task.id, attempt: state.attempt, slot })
  }
  return assigned
}

/** Slots that have a task or the verification to work on. */
export function slotsAtWork(work: Work): string[] {
  const { verification } = work
  const slots = tasksIn(work, 'in_progress').flatMap(({ id }) => {
    const { state } = recordOf(work, id)
    return state.status === 'in_progress' ? [state.slot] : []
  })
  return verification?.status === 'in_progress' ? [...slots, verification.slot] : slots
}

/** How many slots the run could use at this moment: tasks at work, ready, or about to be, and a verification. */
export function usableSlots(run: ActiveRun): number {
  if (run.paused !== null) return 0
  const { work } = run
  const verifying = work.verification?.status === 'queued' || work.verification?.status === 'in_progress' ? 1 : 0
  const { cap } = work.settings.slots
  const tasks = tasksIn(work, 'in_progress').length + startable(work, cap).length
  const coming = queueable(work).filter((task) => task.kind !== 'gate').length
  return Math.min(cap, tasks + coming + verifying)
}

/** The next task for trunk: topological order, so that every completion order gives the same tree. */
export type NextMerge = { next: 'merge'; task: TaskId; head: string } | { next: 'wait' } | { next: 'none' }

export function nextMerge(work: Work): NextMerge {
  const merged = new Map(work.trunk.merges.map((merge) => [merge.task, merge.head]))
  const blocked = blockers(work)
  for (const task of work.plan.tasks) {
    const { state } = recordOf(work, task.id)
    if (state.status === 'landed') {
      // Whatever is behind it in the order waits too: trunk must come out the same whenever the gate opens.
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

/** Earlier merges that may have touched these paths: with whom a later task is in conflict. All of them where none is told by its `writes`. */
export function touchedBy(work: Work, paths: readonly string[], among: readonly TaskId[]): TaskId[] {
  const touching = among.filter((id) => {
    const task = work.plan.tasks.find((one) => one.id === id)
    return task?.writes.some((glob) => paths.some((path) => globsOverlap(glob, path))) ?? false
  })
  return touching.length > 0 ? touching : [...among]
}
