import type { Sha, TaskId } from '../../core/ids.ts'
import type { AttemptRecord } from '../../core/run/task-record.ts'
import type { FailingPlace } from '../markdown/failing-lines.ts'
import type { PlannedRun } from '../plan/planned-run.ts'
import { attemptDisplay } from '../status/display-status.ts'
import { failureTitle } from '../status/task-failure.ts'

export type CheckConclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required'

export type CheckState =
  | { status: 'in_progress'; startedAt: string }
  | { status: 'completed'; conclusion: CheckConclusion; startedAt: string | null; completedAt: string }

/** The wanted state of a check run. Name and commit identify it. */
export interface CheckOutput {
  name: string
  sha: Sha
  externalId: string
  title: string
  state: CheckState
  summary: string
  text: string
  /** The workflow run whose job did the work; null if it is not known. */
  workflowRun?: number | null
  /** That job; absent if it is not known. */
  job?: number
  annotations?: readonly FailingPlace[]
}

/** The status of an attempt as a GitHub check, with its title. */
export interface AttemptCheck {
  state: CheckState
  title: string
}

export const completed = (conclusion: CheckConclusion, startedAt: string | null, completedAt: string): CheckState => ({
  status: 'completed',
  conclusion,
  // GitHub refuses a check that starts after its end.
  startedAt: startedAt !== null && startedAt > completedAt ? completedAt : startedAt,
  completedAt,
})

/**
 * The check that shows the display status of an attempt; null while there is no result: a commit keeps its check, and the one
 * that an attempt begins with is not the one that it hands over.
 */
export function attemptCheck(run: PlannedRun, id: TaskId, attempt: AttemptRecord): AttemptCheck | null {
  const { status, startedAt, endedAt } = attemptDisplay(run, id, attempt)
  const over = (conclusion: CheckConclusion, title: string): AttemptCheck => ({
    state: completed(conclusion, startedAt, endedAt),
    title,
  })
  switch (status) {
    case 'queued':
    case 'at work':
    case 'lands next':
    case 'in review':
      return null
    case 'waits at the gate':
      return over('action_required', 'A gate: waits for a person')
    case 'waits for a review':
      return over('action_required', 'Verified: waits for a review')
    case 'gate open':
      return over('success', 'Approved')
    case 'landed':
      return over('success', 'Landed')
    case 'superseded':
      return over('neutral', 'Verified, and retried')
    case 'replaced':
      return over('neutral', 'Verified, and retried later')
    case 'failed':
      return over('failure', attempt.failure === null ? 'Failed' : `Failed: ${failureTitle(attempt.failure)}`)
    case 'timed out':
      return over('timed_out', 'Timed out')
    case 'parked':
      return over('neutral', 'Interrupted: the model gave no answer. The task goes on from what was done')
    case 'sent back':
      return over('neutral', 'Verified, and sent back by a model that reviewed it')
    case 'conflict':
      return over('neutral', 'In conflict with what landed before')
    case 'slot lost':
      return over(
        'neutral',
        `Its slot was lost; the task ${attempt.head === null ? 'is given out again' : 'goes on from its last checkpoint'}`,
      )
    case 'cancelled':
      return over('cancelled', 'Cancelled')
    case 'skipped':
      return over('skipped', 'Skipped')
    case 'run ended':
      return over('cancelled', 'The run has ended')
  }
}
