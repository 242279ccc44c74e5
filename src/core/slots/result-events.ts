import { failureWords, type TaskFailure } from '../failure.ts'
import type { Sha, TaskId } from '../ids.ts'
import { landing, mayStart } from '../landing/gate.ts'
import { ownOf } from '../own.ts'
import { baselineCommands } from '../plan/checks.ts'
import type { NewEvent } from '../run/event.ts'
import { recordOf } from '../run/lookup.ts'
import type { Report } from '../run/report.ts'
import type { LiveRun } from '../run/state.ts'
import type { Work } from '../run/work.ts'
import { givenUp } from '../schedule/parked.ts'
import { planTry } from '../schedule/plan-command.ts'
import { afterFailure } from '../schedule/retry-ladder.ts'
import { reviewReasons } from '../schedule/review-reasons.ts'
import { workflowRunOf } from './slot-jobs.ts'
import { BASELINE_TASK, PLAN_TASK, type ResultFile, type ResultKey } from './slot-result.ts'

/** A result after its inspection: its commits, and whether they passed the audit. */
export type InspectedResult =
  | { verdict: 'landable'; head: Sha; tree: Sha; file: ResultFile }
  | { verdict: 'failed'; head: Sha | null; failure: TaskFailure; report?: Report; begun?: string }
  | { verdict: 'verification' | 'baseline' | 'plan'; file: ResultFile }

/**
 * Only the attempt that the journal has in progress is awaited, from the workflow run of the slot that has it: a late result of
 * an earlier attempt changes nothing, nor does one that another workflow run uploads.
 */
export function isAwaited(run: LiveRun, result: ResultKey & { workflowRun: number }): boolean {
  const slot = awaitedSlot(run, result)
  return slot !== null && workflowRunOf(run, slot) === result.workflowRun
}

/** The slot that has this attempt in progress; null if none has. */
export function awaitedSlot(run: LiveRun, { run: id, task, attempt }: ResultKey): string | null {
  if (id !== run.run) return null
  if (task === PLAN_TASK) {
    const wanted = planTry(run)
    return wanted?.attempt === attempt ? wanted.slot : null
  }
  if (run.phase === 'proposed') return task === BASELINE_TASK ? baselineSlot(run.work, attempt) : null
  if (run.phase !== 'active') return null
  const { verification, tasks } = run.work
  const state = task === 'verify' ? verification : ownOf(tasks, task)?.state
  return state?.status === 'in_progress' && state.attempt === attempt ? state.slot : null
}

const baselineSlot = ({ baseline, version }: Work, attempt: number): string | null =>
  baseline?.status === 'in_progress' && version === attempt ? baseline.slot : null

/**
 * The events of a task's result: verified, and landed with `merge: auto` if no model has to review it; or failed, with what
 * follows from that. Empty if the task is not in progress. The `head` of `task_verified` and `task_failed` is the commit that the task's branch gets.
 */
export function workResultEvents(
  work: Work,
  { task, attempt }: { task: TaskId; attempt: number },
  result: InspectedResult,
  canReplan: boolean,
): NewEvent[] {
  const { state } = recordOf(work, task)
  if (!isOfTask(result) || state.status !== 'in_progress') return []
  if (result.verdict === 'failed') {
    const { head, failure, report, begun } = result
    const { final, replan } = afterFailure(work, task, failure, canReplan)
    const shown = final && failure.reason === 'model-busy' ? givenUp(failure) : failure
    const more = { ...(replan && { replan: true }), ...(report && { report }), ...(begun && { begun }) }
    return [{ type: 'task_failed', task, attempt, head, failure: shown, final, ...more }]
  }
  const { head, tree, file } = result
  const { report } = file.outcome
  // Work on a part that is not approved does not land, whatever started it.
  if (!mayStart(work, task)) {
    const failure = { reason: 'not-approved', detail: `the plan that holds ${task} is not approved` } as const
    return [{ type: 'task_failed', task, attempt, head: null, failure, final: true, report }]
  }
  const review = head === state.base ? [] : reviewReasons(work, task, report)
  const verified = { type: 'task_verified', task, attempt, head, tree, report, begun: file.startedAt } as const
  return review.length > 0 ? [{ ...verified, review }] : [verified, ...landing(work, task, attempt)]
}

/** Whether it may hold commits. */
export const isOfTask = (
  result: InspectedResult,
): result is Extract<InspectedResult, { verdict: 'landable' | 'failed' }> =>
  result.verdict === 'landable' || result.verdict === 'failed'

/** Of why there is no baseline, in characters. */
const MOST_WORDS = 500

/** The event of a baseline's result. What it says of a check that the plan does not have is no baseline. */
export function baselineEvent({ plan, version }: Work, result: InspectedResult): NewEvent {
  const outcome = result.verdict === 'baseline' ? result.file.outcome : null
  if (outcome?.kind === 'baseline' && outcome.checks.length === baselineCommands(plan).length)
    return { type: 'baseline_taken', version, checks: outcome.checks, sandbox: outcome.report.sandbox }
  const failure = result.verdict === 'failed' ? result.failure : outcome?.kind === 'failed' ? outcome.failure : null
  return {
    type: 'baseline_given_up',
    version,
    why: failure === null ? 'its result cannot be read' : failureWords(failure, MOST_WORDS),
  }
}

/** The event of a verification's result. It passed only if it names the very commit that was to be verified. */
export function verdictEvents(work: Work, attempt: number, result: InspectedResult): NewEvent[] {
  if (work.verification?.status !== 'in_progress') return []
  const { on } = work.verification
  const outcome = result.verdict === 'verification' ? result.file.outcome : null
  if (outcome?.kind === 'verified' && outcome.on === on)
    return [{ type: 'verification_passed', on, attempt, report: outcome.report }]
  const failure = verdictFailure(result)
  // It may be chance: a task is blamed only if it has failed twice on the same tree.
  const again = failure.reason === 'verification-failed' && work.failedOnce?.on !== on
  return [{ type: 'verification_failed', on, attempt, failure, ...(again && { again }) }]
}

function verdictFailure(result: InspectedResult): TaskFailure {
  if (result.verdict === 'failed') return result.failure
  const outcome = result.verdict === 'verification' ? result.file.outcome : null
  if (outcome?.kind === 'verification-failed' || outcome?.kind === 'failed') return outcome.failure
  return { reason: 'result-unreadable', detail: 'the verification says neither passed nor failed' }
}
