import type { TaskId } from '../../core/ids.ts'
import { mayLand, mayStart, waitsForPerson } from '../../core/landing/gate.ts'
import { recordOf, statusOf } from '../../core/run/lookup.ts'
import type { Report } from '../../core/run/report.ts'
import type { AttemptRecord, TaskRecord } from '../../core/run/task-record.ts'
import { blockers } from '../../core/run/task-status.ts'
import type { Work } from '../../core/run/work.ts'
import { parkedUntil } from '../../core/schedule/parked.ts'
import { isInReview } from '../../core/schedule/review-reasons.ts'
import type { NodeStyle } from '../plan/graph.ts'
import type { PlannedRun } from '../plan/planned-run.ts'

/** The status of a task as shown in comments, checks and graphs: the task's state, seen through gates and approvals. */
export type DisplayStatus =
  | 'landed'
  | 'at work'
  | 'verified'
  /** Verified; a model reviews it before it lands. */
  | 'in review'
  | 'queued'
  | 'waits for a person'
  | 'waits for its needs'
  /** Parked: the model was busy for longer than a slot waits. */
  | 'waits for the model'
  /** Its work is done; it is not merged into trunk before the plan is approved. */
  | 'waits for approval'
  | 'not approved'
  | 'expanded'
  | 'failed'
  | 'blocked'
  | 'skipped'
  | 'cancelled'

export type DisplayStatuses = ReadonlyMap<TaskId, DisplayStatus>

/** The status of each task of the plan, in plan order. */
export function displayStatuses(work: Work): DisplayStatuses {
  const blocked = blockers(work)
  return new Map(work.plan.tasks.map((task) => [task.id, displayStatus(work, task.id, blocked)]))
}

/** The status of one task. The task may also be one that a newer version of the plan left out. */
export function displayStatus(
  work: Work,
  id: TaskId,
  blocked: ReadonlyMap<TaskId, TaskId> = blockers(work),
): DisplayStatus {
  const status = statusOf(work, id)
  switch (status) {
    case 'pending':
      if (blocked.has(id)) return 'blocked'
      if (parkedUntil(id, recordOf(work, id)) !== null) return 'waits for the model'
      return mayStart(work, id) ? 'waits for its needs' : 'not approved'
    case 'waiting':
      return 'waits for a person'
    case 'verified':
      if (isInReview(work, id)) return 'in review'
      return waitsForPerson(work, id) ? 'waits for a person' : 'verified'
    case 'in_progress':
      return 'at work'
    case 'landed':
      return mayLand(work, id) || isMerged(work, id) ? 'landed' : 'waits for approval'
    case 'queued':
    case 'failed':
    case 'expanded':
    case 'skipped':
    case 'cancelled':
      return status
  }
}

const isMerged = (work: Work, id: string): boolean => work.trunk.merges.some(({ task }) => task === id)

/** The status of one attempt. */
export type AttemptStatus =
  | 'queued'
  | 'at work'
  /** A gate that is not open yet. */
  | 'waits at the gate'
  | 'gate open'
  | 'in review'
  | 'waits for a review'
  | 'lands next'
  | 'landed'
  /** Verified, but its task was retried: `superseded` before the next attempt exists, `replaced` after. */
  | 'superseded'
  | 'replaced'
  | 'failed'
  | 'timed out'
  | 'parked'
  /** By a model that reviewed it. */
  | 'sent back'
  | 'conflict'
  | 'slot lost'
  | 'cancelled'
  | 'skipped'
  /** The run ended while the attempt was open. */
  | 'run ended'

export interface AttemptDisplay {
  status: AttemptStatus
  /** Null if the attempt never started in a slot. */
  startedAt: string | null
  /** For an attempt that is not over: its latest known time. */
  endedAt: string
}

/** The status of an attempt and its times. Only the newest attempt follows its task; an earlier one is over. */
export function attemptDisplay(run: PlannedRun, id: TaskId, attempt: AttemptRecord): AttemptDisplay {
  const { startedAt } = attempt
  const shown = (status: AttemptStatus, endedAt = attempt.endedAt ?? startedAt ?? attempt.queuedAt) => ({
    status,
    startedAt,
    endedAt,
  })
  switch (attempt.outcome) {
    case 'open':
      return run.phase === 'ended' ? shown('run ended', run.endedAt) : shown(openStatus(run.work, id, attempt))
    case 'verified':
      return attempt === recordOf(run.work, id).attempts.at(-1)
        ? newestVerified(run.work, id, attempt)
        : shown('replaced')
    case 'failed':
      return shown(FAILED[attempt.failure?.reason ?? ''] ?? 'failed')
    case 'returned':
      return shown('slot lost')
    case 'conflict':
    case 'cancelled':
    case 'skipped':
      return shown(attempt.outcome)
  }
}

const FAILED: Readonly<Record<string, AttemptStatus>> = {
  'timed-out': 'timed out',
  'model-busy': 'parked',
  'sent-back': 'sent back',
}

function openStatus(work: Work, id: TaskId, { startedAt }: AttemptRecord): AttemptStatus {
  if (displayStatus(work, id) === 'waits for a person') return 'waits at the gate'
  return startedAt === null ? 'queued' : 'at work'
}

/** A verified task has not landed yet: under `merge: review` a person must act, else it lands next. */
function newestVerified(work: Work, id: TaskId, attempt: AttemptRecord): AttemptDisplay {
  const { state } = recordOf(work, id)
  const startedAt = attempt.startedAt ?? attempt.queuedAt
  const endedAt = attempt.endedAt ?? startedAt
  const since = 'since' in state ? state.since : endedAt
  const status = displayStatus(work, id)
  switch (status) {
    case 'landed':
    case 'waits for approval': {
      const isGate = state.status === 'landed' && state.report === null
      return { status: isGate ? 'gate open' : 'landed', startedAt: attempt.startedAt, endedAt: since }
    }
    case 'waits for a person':
      return { status: 'waits for a review', startedAt, endedAt }
    case 'verified':
      return { status: 'lands next', startedAt, endedAt }
    case 'in review':
      return { status, startedAt, endedAt }
    case 'skipped':
    case 'cancelled':
      return { status, startedAt, endedAt: since }
    case 'queued':
    case 'at work':
    case 'waits for its needs':
    case 'waits for the model':
    case 'not approved':
    case 'expanded':
    case 'failed':
    case 'blocked':
      return { status: 'superseded', startedAt, endedAt }
  }
}

/** The report of the newest attempt, the only one that the state keeps; null unless it was verified. */
export const newestReport = ({ state }: TaskRecord): Report | null =>
  state.status === 'verified' || state.status === 'landed' ? state.report : null

const NODE_STYLES: Record<DisplayStatus, NodeStyle> = {
  landed: 'landed',
  'at work': 'atwork',
  verified: 'atwork',
  'in review': 'atwork',
  queued: 'queued',
  'waits for a person': 'person',
  'waits for its needs': 'later',
  'waits for the model': 'queued',
  'waits for approval': 'person',
  'not approved': 'later',
  expanded: 'left',
  failed: 'failed',
  blocked: 'blocked',
  skipped: 'left',
  cancelled: 'left',
}

export const nodeStyles =
  (statuses: DisplayStatuses) =>
  (id: string): NodeStyle =>
    NODE_STYLES[statuses.get(id) ?? 'waits for its needs']

export const tasksShownAs = (statuses: DisplayStatuses, ...wanted: DisplayStatus[]): string[] =>
  [...statuses].flatMap(([id, found]) => (wanted.includes(found) ? [id] : []))

const COUNTS: readonly [DisplayStatus, (number: number) => string][] = [
  ['at work', (number) => `${number} at work`],
  ['verified', (number) => `${number} verified`],
  ['in review', (number) => `${number} reviewed by a model`],
  ['queued', (number) => `${number} queued`],
  ['waits for the model', (number) => `${number} waiting for the model`],
  ['waits for a person', (number) => `${number} waiting for a person`],
  ['waits for approval', (number) => `${number} done and waiting for the approval`],
  ['failed', (number) => `${number} failed`],
  ['blocked', (number) => `${number} blocked`],
  ['waits for its needs', (number) => `${number} to come`],
  ['not approved', (number) => `${number} not approved`],
  ['expanded', (number) => `${number} turned into tasks`],
  ['skipped', (number) => `${number} skipped`],
  ['cancelled', (number) => `${number} cancelled`],
]

/** `5 of 9 tasks landed, 3 at work, 1 waiting for a person`. */
export function taskCounts(statuses: DisplayStatuses): string {
  const landed = tasksShownAs(statuses, 'landed').length
  const rest = COUNTS.flatMap(([wanted, say]) => {
    const number = tasksShownAs(statuses, wanted).length
    return number === 0 ? [] : [say(number)]
  })
  const of = `${landed} of ${statuses.size} ${statuses.size === 1 ? 'task' : 'tasks'} landed`
  return [of, ...rest].join(', ')
}
