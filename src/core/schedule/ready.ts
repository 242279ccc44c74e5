import type { TaskId } from '../ids.ts'
import { mayStart } from '../landing/gate.ts'
import { writesOverlap } from '../plan/glob.ts'
import type { Task } from '../plan/plan.ts'
import { ranked } from '../prediction/prediction.ts'
import { isSettled, recordOf, statusOf } from '../run/lookup.ts'
import type { ActiveRun } from '../run/state.ts'
import { tasksWithStatus } from '../run/task-status.ts'
import type { Work } from '../run/work.ts'
import { parkedUntil } from './parked.ts'

/** Pending tasks that may start and whose needs have landed, in plan order: their bases can be made. Without parked ones, unless `now` says that their time has come. */
export const queueable = (work: Work, now: Date | null = null): Task[] =>
  ready(work).filter(({ id }) => !isParked(work, id, now))

const ready = (work: Work): Task[] =>
  tasksWithStatus(work, 'pending').filter(
    (task) => task.kind !== 'plan' && mayStart(work, task.id) && task.needs.every((need) => isSettled(work, need)),
  )

function isParked(work: Work, id: TaskId, now: Date | null): boolean {
  const until = parkedUntil(id, recordOf(work, id))
  return until !== null && (now === null || now < until)
}

/** When the first parked task goes on; null: none is parked, but for those that could not start then. */
export function nextParked(work: Work): Date | null {
  const times = ready(work).flatMap(({ id }) => parkedUntil(id, recordOf(work, id)) ?? [])
  return times.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null
}

/**
 * Queued tasks to start now, longest remaining path first, ties by plan order; never two in progress with overlapping
 * `writes`. Deterministic. Stops at `most` tasks, since each one is compared with the paths of all before it, and hundreds
 * may be ready. `ended`: no longer at work, though its status says so.
 */
export function startable(work: Work, most = Number.POSITIVE_INFINITY, ended: TaskId | null = null): Task[] {
  if (most === 0 || tasksWithStatus(work, 'queued').length === 0) return []
  const atWork = tasksWithStatus(work, 'in_progress').filter(({ id }) => id !== ended)
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

/** Work for the free slots. A verification goes first, since everything waits for its verdict. */
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

/** Slots that work on a task, on the verification or on the baseline. */
export function slotsAtWork(work: Work): string[] {
  const { verification, baseline } = work
  const slots = tasksWithStatus(work, 'in_progress').flatMap(({ id }) => {
    const { state } = recordOf(work, id)
    return state.status === 'in_progress' ? [state.slot] : []
  })
  return [...slots, ...[verification, baseline].flatMap((it) => (it?.status === 'in_progress' ? [it.slot] : []))]
}

/** The number of slots that the run can use now: for tasks in progress, startable or queueable, and a verification. */
export function usableSlots(run: ActiveRun): number {
  if (run.paused !== null) return 0
  const { work } = run
  const verifying = work.verification?.status === 'queued' || work.verification?.status === 'in_progress' ? 1 : 0
  const { cap } = work.settings.slots
  const busy = tasksWithStatus(work, 'in_progress').length + verifying
  const known = busy + startable(work, Math.max(0, cap - busy)).length
  // What is coming needs no look if the slots are taken.
  const coming = known < cap ? queueable(work).filter((task) => task.kind !== 'gate').length : 0
  return Math.min(cap, known + coming)
}
