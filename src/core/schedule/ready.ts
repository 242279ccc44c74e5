import type { TaskId } from '../ids.ts'
import { mayStart } from '../landing/gate.ts'
import { limitOf } from '../money/allowance.ts'
import { spentUsd } from '../money/ledger.ts'
import { writesOverlap } from '../plan/glob.ts'
import { isAgentTask, type Task } from '../plan/plan.ts'
import { ranked } from '../prediction/prediction.ts'
import type { NewEvent } from '../run/event.ts'
import { isSettled, recordOf, statusOf, taskOf } from '../run/lookup.ts'
import type { ActiveRun } from '../run/state.ts'
import { tasksWithStatus } from '../run/task-status.ts'
import type { Work } from '../run/work.ts'
import { taskAllowance } from './attempt-allowance.ts'
import { parkedUntil } from './parked.ts'
import { stagesInWant } from './planning-stages.ts'

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

type Started = Extract<NewEvent, { type: 'task_started' | 'verification_started' }>

/** The start of what a slot was assigned; null: the money is not enough for the attempt, and its task stays queued. */
export function startOf(run: ActiveRun, assigned: Assigned): Started | null {
  if (assigned.kind === 'verification') {
    const { on, attempt, slot } = assigned
    return { type: 'verification_started', on, attempt, slot }
  }
  const { task, attempt, slot } = assigned
  const started = { type: 'task_started', task, attempt, slot } as const
  if (!costsMoney(run.work, task)) return started
  const allowance = taskAllowance(run, task)
  return allowance === null ? null : { ...started, allowance }
}

const costsMoney = (work: Work, id: TaskId): boolean =>
  isAgentTask(taskOf(work, id)) && work.settings.worker.command.length === 0

/** Pauses a run at its limit: nothing is at work, and nothing that is ready can be paid for. Null: it goes on. */
export function pauseAtLimit(run: ActiveRun, hasModel: boolean): NewEvent | null {
  const { work, ledger, paused } = run
  if (paused !== null || tasksWithStatus(work, 'in_progress').length > 0) return null
  if (Object.keys(ledger.reserved).length > 0) return null
  const isPlannerShort = hasModel && stagesInWant(run).length > 0
  if (!isPlannerShort && !areTasksShort(run)) return null
  const why = `the limit of ${limitOf(ledger).toFixed(2)} USD is reached: ${spentUsd(ledger).toFixed(2)} USD are spent`
  return { type: 'run_paused', why, cause: 'budget' }
}

function areTasksShort(run: ActiveRun): boolean {
  const { work } = run
  if (!work.plan.tasks.some(({ id }) => costsMoney(work, id))) return false
  const ready = startable(work).filter(({ id }) => costsMoney(work, id))
  return ready.length > 0 && ready.every(({ id }) => taskAllowance(run, id) === null)
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
