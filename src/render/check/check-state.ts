import type { Sha } from '../../core/ids.ts'
import type { AttemptRecord, TaskRecord } from '../../core/run/state.ts'
import type { PlannedRun } from '../plan/planned-run.ts'

export type CheckConclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required'

export type CheckState =
  | { status: 'queued' }
  | { status: 'in_progress'; startedAt: string }
  | { status: 'completed'; conclusion: CheckConclusion; startedAt: string | null; completedAt: string }

/** What a check run should be now. With its name and its commit it is told from all others. */
export interface CheckOutput {
  name: string
  sha: Sha
  externalId: string
  title: string
  state: CheckState
  summary: string
  text: string
}

/** How an attempt stands, as GitHub's checks say it, with a title in our own words. */
export interface AttemptCheck {
  state: CheckState
  title: string
}

export const completed = (conclusion: CheckConclusion, startedAt: string | null, completedAt: string): CheckState => ({
  status: 'completed',
  conclusion,
  // A check that starts after its end is refused.
  startedAt: startedAt !== null && startedAt > completedAt ? completedAt : startedAt,
  completedAt,
})

/** Where one attempt stands. Only the newest one speaks for its task; an older one is over, whatever became of it. */
export function attemptState(run: PlannedRun, record: TaskRecord, attempt: AttemptRecord): AttemptCheck {
  const { startedAt, queuedAt, outcome } = attempt
  const endedAt = attempt.endedAt ?? startedAt ?? queuedAt
  const over = (conclusion: CheckConclusion, title: string): AttemptCheck => ({
    state: completed(conclusion, startedAt, endedAt),
    title,
  })
  switch (outcome) {
    case 'open':
      return open(run, record, attempt)
    case 'verified':
      return attempt === record.attempts.at(-1)
        ? verified(record, attempt, run)
        : over('neutral', 'Verified, and taken up again later')
    case 'failed':
      return attempt.failure?.reason === 'timed-out' ? over('timed_out', 'Timed out') : over('failure', failed(attempt))
    case 'conflict':
      return over('neutral', 'In conflict with what landed before')
    case 'returned':
      return over('neutral', 'Its slot was lost; the task is given out again')
    case 'cancelled':
      return over('cancelled', 'Cancelled')
    case 'skipped':
      return over('skipped', 'Skipped')
  }
}

const failed = ({ failure }: AttemptRecord): string => (failure === null ? 'Failed' : `Failed: ${failure.reason}`)

function open(run: PlannedRun, { state }: TaskRecord, { queuedAt, startedAt, slot }: AttemptRecord): AttemptCheck {
  if (run.phase === 'ended')
    return { state: completed('cancelled', startedAt, run.endedAt), title: 'The run has ended' }
  if (state.status === 'waiting')
    return { state: completed('action_required', null, queuedAt), title: 'A gate: waits for a person' }
  return startedAt === null
    ? { state: { status: 'queued' }, title: 'Queued: waits for a free slot' }
    : { state: { status: 'in_progress', startedAt }, title: slot === null ? 'At work' : `At work in slot ${slot}` }
}

/** Verified is not landed: under review a person must act, else it is only a moment. */
function verified({ state }: TaskRecord, attempt: AttemptRecord, { work }: PlannedRun): AttemptCheck {
  const startedAt = attempt.startedAt ?? attempt.queuedAt
  const endedAt = attempt.endedAt ?? startedAt
  switch (state.status) {
    case 'landed':
      return {
        state: completed('success', attempt.startedAt, state.since),
        title: state.report === null ? 'Open' : 'Landed',
      }
    case 'verified':
      return work.settings.merge === 'review'
        ? { state: completed('action_required', startedAt, endedAt), title: 'Verified: waits for a review' }
        : { state: { status: 'in_progress', startedAt }, title: 'Verified: lands next' }
    case 'skipped':
      return { state: completed('skipped', startedAt, state.since), title: 'Skipped' }
    case 'cancelled':
      return { state: completed('cancelled', startedAt, state.since), title: 'Cancelled' }
    default:
      return { state: completed('neutral', startedAt, endedAt), title: 'Verified, and taken up again' }
  }
}
