import type { TaskFailure } from '../failure.ts'
import { ownOf } from '../own.ts'
import type { NewEvent } from '../run/event.ts'
import { recordOf } from '../run/lookup.ts'
import type { SlotFailure } from '../run/report.ts'
import type { ActiveRun, LiveRun } from '../run/state.ts'
import type { TaskState } from '../run/task-record.ts'
import { tasksWithStatus } from '../run/task-status.ts'
import type { Verification, Work } from '../run/work.ts'
import { slotsAtWork } from '../schedule/ready.ts'
import { LOST_SLOTS } from '../schedule/retry-ladder.ts'
import type { KeptWork } from './checkpoint.ts'
import { NOT_HANDED_OVER } from './slot-result.ts'

export interface SlotJobState {
  status: 'queued' | 'in_progress' | 'completed'
  /** Its id on the platform. */
  job: number
  /** The slot left by itself, so it lost nothing. */
  leftInOrder: boolean
  /** It ended in a step before ours, so that it saw nothing of the run. */
  setUp?: SlotFailure
  /** The last error in the log of an ended job. */
  error?: string
}

/** The newest state of each slot's job, by the slot's name. A slot that no job list has shown yet is absent. */
export type SlotJobs = ReadonlyMap<string, SlotJobState>

/** Seconds until a slot that no job list has shown counts as lost: its workflow run is gone. */
const NEVER_CAME_SECONDS = 180

/** The workflow run that a slot is a job of; null if it is not known yet. */
export const workflowRunOf = ({ slots }: LiveRun, slot: string): number | null =>
  ownOf(slots, requestOf(slot))?.workflowRun ?? null

/** The names of the slots of a request. */
export const slotNames = (request: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${request}.${index + 1}`)
/** The request that a slot was started for. */
export const requestOf = (slot: string): string => slot.split('.')[0] ?? ''

const hasEnded = (jobs: SlotJobs, slot: string): boolean => jobs.get(slot)?.status === 'completed'

/** Slots whose job runs and that have nothing to do. Those that have worked before come first: their set-up has succeeded. */
export function freeSlots({ work }: ActiveRun, jobs: SlotJobs): string[] {
  const busy = new Set(slotsAtWork(work))
  const free = [...jobs].flatMap(([slot, { status }]) => (status === 'in_progress' && !busy.has(slot) ? [slot] : []))
  if (free.length < 2) return free
  const unproven = unprovenAmong(free, work)
  return free.toSorted((a, b) => Number(unproven.has(a)) - Number(unproven.has(b)) || bySlot(a, b))
}

/** The slots that had no attempt yet. Usually each had one of the first tasks, so that few are looked at. */
function unprovenAmong(slots: readonly string[], work: Work): Set<string> {
  const unproven = new Set(slots)
  for (const id of Object.keys(work.tasks)) {
    if (unproven.size === 0) break
    for (const { slot } of recordOf(work, id).attempts) if (slot !== null) unproven.delete(slot)
  }
  return unproven
}

const bySlot = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

/** The number of slots that are alive or on their way. */
export function slotSupply({ slots }: LiveRun, jobs: SlotJobs, now: Date): number {
  let count = 0
  for (const [request, it] of Object.entries(slots)) {
    if (it.gone) continue
    const isLate = (now.getTime() - Date.parse(it.at)) / 1000 > NEVER_CAME_SECONDS
    for (const slot of slotNames(request, it.count)) if (jobs.has(slot) ? !hasEnded(jobs, slot) : !isLate) count += 1
  }
  return count
}

/** Requests all of whose jobs have ended: their job lists need no further look. */
export const endedRequests = ({ slots }: LiveRun, jobs: SlotJobs): NewEvent[] =>
  Object.entries(slots).flatMap(([request, { gone, workflowRun, count }]) => {
    if (gone || workflowRun === null || !slotNames(request, count).every((slot) => hasEnded(jobs, slot))) return []
    const failure = sameFailure(slotNames(request, count), jobs)
    return [{ type: 'slots_gone', request, ...(failure && { failure }) }]
  })

/** The failure of the first slot, if all have failed in the same set-up step. */
function sameFailure(slots: readonly string[], jobs: SlotJobs): SlotFailure | null {
  const failures = slots.map((slot) => jobs.get(slot)?.setUp)
  const [first] = failures
  return first !== undefined && failures.every((one) => one?.step === first.step) ? first : null
}

/** Slots that fail in their set-up would fail again and again: the newest requests in a row whose slots never began. */
function failuresInARow({ slots }: LiveRun, jobs: SlotJobs): SlotFailure[] {
  const newestFirst = Object.entries(slots).toReversed()
  const failures = newestFirst.map(
    ([request, { failure, gone, count }]) => failure ?? (gone ? null : sameFailure(slotNames(request, count), jobs)),
  )
  const end = failures.indexOf(null)
  return failures.slice(0, end === -1 ? undefined : end).filter((one) => one !== null)
}

/** What follows from slots that all failed before they began. */
export type AfterSlotFailure =
  | { next: 'ask' }
  /** Go on with the slots that are there. */
  | { next: 'make do' }
  | { next: 'pause'; failure: SlotFailure }

/** A request that failed as a whole is not followed by another; if slots have worked before, chance may be to blame once. */
export function afterSlotFailure(run: ActiveRun, jobs: SlotJobs, supply: number): AfterSlotFailure {
  const [failure, ...before] = failuresInARow(run, jobs)
  if (failure === undefined) return { next: 'ask' }
  if (supply > 0) return { next: 'make do' }
  const hasWorked = Object.values(run.work.tasks).some(({ attempts }) =>
    attempts.some(({ endedAt }) => endedAt !== null),
  )
  return hasWorked && before.length === 0 ? { next: 'ask' } : { next: 'pause', failure }
}

/** The reason of the pause. */
export function slotFailureText({ step, words }: SlotFailure): string {
  const said = words === '' ? '' : `: ${words}`
  return step === null
    ? `GitHub starts no job for a slot${said}`
    : `every slot failed in its set-up, in the step "${step}"${said}`
}

/**
 * What becomes of work whose slot ended without a result. A task and the verification go back to the queue; a task that has
 * lost its slot too often fails for good.
 */
export function lostWork(work: Work, jobs: SlotJobs): NewEvent[] {
  const tasks = tasksWithStatus(work, 'in_progress').flatMap(({ id }) => {
    const { state, lost } = recordOf(work, id)
    return state.status === 'in_progress' && hasEnded(jobs, state.slot) ? [lostTask(id, state, lost, jobs)] : []
  })
  const { verification } = work
  if (verification?.status !== 'in_progress' || !hasEnded(jobs, verification.slot)) return tasks
  return [...tasks, lostVerification(work, verification, jobs)]
}

function lostVerification(
  { lostVerifications = 0 }: Work,
  { on, attempt, slot }: Extract<Verification, { status: 'in_progress' }>,
  jobs: SlotJobs,
): NewEvent {
  const job = jobs.get(slot)
  const failure = notHandedOver(job)
  if (failure !== null) return { type: 'verification_failed', on, attempt, failure }
  if (sawNothing(job) || lostVerifications + 1 < LOST_SLOTS)
    return { type: 'verification_returned', on, attempt, slot, ...(sawNothing(job) && { unbegun: true }) }
  return { type: 'verification_failed', on, attempt, failure: slotLost(job) }
}

function lostTask(
  task: string,
  { attempt, slot }: Extract<TaskState, { status: 'in_progress' }>,
  lostBefore: number,
  jobs: SlotJobs,
): NewEvent {
  const job = jobs.get(slot)
  if (sawNothing(job)) return { type: 'task_returned', task, attempt, slot, unbegun: true, requeued: true }
  const failure = notHandedOver(job)
  if (failure !== null) return { type: 'task_failed', task, attempt, head: null, failure, final: true }
  if (lostBefore + 1 >= LOST_SLOTS) {
    return { type: 'task_failed', task, attempt, head: null, failure: slotLost(job), final: true }
  }
  return { type: 'task_returned', task, attempt, slot, ...(job?.error && { why: job.error }) }
}

/** What has become of a task whose slot died at work. */
export type LostTask = Extract<NewEvent, { type: 'task_returned' | 'task_failed' }>

/** Whether a slot that was lost had worked, so that it may have left a checkpoint. One that failed otherwise has said what became of it. */
export const mayHaveWork = (event: NewEvent): event is LostTask =>
  (event.type === 'task_returned' && event.unbegun !== true) ||
  (event.type === 'task_failed' && event.failure.reason === 'slot-lost')

/** The same with the work of the last checkpoint, and what that says was spent. */
export function withKept(event: LostTask, { head, steps, spending }: KeptWork): NewEvent {
  const lastKnown = spending.length === 0 ? {} : { lastKnown: [...spending] }
  return event.type === 'task_failed'
    ? { ...event, head, ...lastKnown }
    : { ...event, kept: { head, steps }, ...lastKnown }
}

/** A slot that left by itself before it saw the work, or never came so far, has spent nothing on it. */
const sawNothing = (job: SlotJobState | undefined): boolean => job?.leftInOrder === true || job?.setUp !== undefined

const slotLost = (job: SlotJobState | undefined): TaskFailure => ({
  reason: 'slot-lost',
  times: LOST_SLOTS,
  ...(job?.error && { detail: job.error }),
})

const notHandedOver = (job: SlotJobState | undefined): TaskFailure | null =>
  job?.error?.startsWith(NOT_HANDED_OVER)
    ? { reason: 'not-handed-over', detail: job.error.slice(NOT_HANDED_OVER.length) }
    : null
