import type { TaskFailure } from '../../../core/failure.ts'
import { branchRef, type TaskId, taskBranch } from '../../../core/ids.ts'
import { mayStart } from '../../../core/landing/gate.ts'
import { ownOf } from '../../../core/own.ts'
import type { Report } from '../../../core/run/event.ts'
import { recordOf } from '../../../core/run/state.ts'
import { afterFailure } from '../../../core/schedule/retry-ladder.ts'
import type { ResultArtifact } from '../../../ports/slots.ts'
import { type Draft, plannedWork, recordEvents, withRefMove } from '../session/event-draft.ts'
import { type InspectedResult, nowOf, resultKey, type Session } from '../session/session.ts'
import { inspect } from './inspect.ts'

/** Downloads and audits the results of slots at the same time, then lands or fails each in order. */
export async function intake(session: Session, draft: Draft, results: readonly ResultArtifact[]): Promise<Draft> {
  const awaited = results.filter((result) => isAwaited(draft, result))
  const seen = await Promise.all(awaited.map((result) => inspectOnce(session, draft, result)))
  return awaited.reduce((next, result, index) => take(session, next, result, seen[index]), draft)
}

async function inspectOnce(session: Session, draft: Draft, result: ResultArtifact): Promise<InspectedResult> {
  const inspected = session.inspected.get(resultKey(result)) ?? (await inspect(session, draft, result))
  session.inspected.set(resultKey(result), inspected)
  return inspected
}

function take(session: Session, draft: Draft, result: ResultArtifact, inspected: InspectedResult | undefined): Draft {
  // Two artifacts may hold the same attempt: the first one counts.
  if (inspected === undefined || !isAwaited(draft, result)) return draft
  const taken = result.task === 'verify' ? takeVerdict : takeWork
  return taken(session, draft, result, inspected)
}

/** Only the attempt that the journal has at work is awaited; a late result of an earlier one changes nothing. */
function isAwaited(draft: Draft, result: ResultArtifact): boolean {
  if (draft.state.phase !== 'active' || result.run !== draft.state.run) return false
  const { work } = draft.state
  if (result.task === 'verify')
    return work.verification?.status === 'in_progress' && work.verification.attempt === result.attempt
  const state = ownOf(work.tasks, result.task)?.state
  return state?.status === 'in_progress' && state.attempt === result.attempt
}

function takeWork(
  session: Session,
  draft: Draft,
  { task, attempt }: ResultArtifact,
  inspected: InspectedResult,
): Draft {
  const at = nowOf(session)
  const work = plannedWork(draft)
  const { state } = recordOf(work, task)
  if (inspected.verdict === 'verification' || state.status !== 'in_progress') return draft
  const branch = branchOf(draft, task)
  if (inspected.verdict === 'failed') {
    const { head, failure, report } = inspected
    const next = afterFailure(work, task, failure, canReplan(session))
    const ending = { head, failure, final: next.final, ...(next.replan && { replan: true }), ...(report && { report }) }
    const failed = recordEvents(draft, at, { type: 'task_failed', task, attempt, ...ending })
    return head === null ? failed : withRefMove(failed, { ref: branch, from: state.base, to: head })
  }
  const { head, tree, file } = inspected
  if (file.outcome.kind !== 'done') return draft
  if (!mayStart(work, task)) return refusedAtTheGate(session, draft, { task, attempt }, file.outcome.report)
  const verified = { type: 'task_verified', task, attempt, head, tree, report: file.outcome.report } as const
  const landed = work.settings.merge === 'auto' ? [{ type: 'task_landed', task, attempt } as const] : []
  const taken = recordEvents(draft, at, verified, ...landed)
  return head === state.base ? taken : withRefMove(taken, { ref: branch, from: state.base, to: head })
}

/** Work that is not approved does not land, however it came to be done. */
function refusedAtTheGate(
  session: Session,
  draft: Draft,
  { task, attempt }: { task: TaskId; attempt: number },
  report: Report,
): Draft {
  const failure = { reason: 'not-approved', detail: `the plan that holds ${task} is not approved` } as const
  return recordEvents(draft, nowOf(session), {
    type: 'task_failed',
    task,
    attempt,
    head: null,
    failure,
    final: true,
    report,
  })
}

const canReplan = ({ state, deps }: Session): boolean => state.planning !== null && deps.model !== null

const branchOf = (draft: Draft, task: TaskId): string => branchRef(taskBranch(draft.state.run, task))

function takeVerdict(session: Session, draft: Draft, { attempt }: ResultArtifact, inspected: InspectedResult): Draft {
  const { verification } = plannedWork(draft)
  if (verification?.status !== 'in_progress') return draft
  const at = nowOf(session)
  const { on } = verification
  const outcome = inspected.verdict === 'verification' ? inspected.file.outcome : null
  if (outcome?.kind === 'verified' && outcome.on === on)
    return recordEvents(draft, at, { type: 'verification_passed', on, attempt, report: outcome.report })
  return recordEvents(draft, at, { type: 'verification_failed', on, attempt, failure: verdictFailure(inspected) })
}

function verdictFailure(inspected: InspectedResult): TaskFailure {
  if (inspected.verdict === 'failed') return inspected.failure
  const outcome = inspected.verdict === 'verification' ? inspected.file.outcome : null
  if (outcome?.kind === 'verification-failed' || outcome?.kind === 'failed') return outcome.failure
  return { reason: 'result-unreadable', detail: 'the verification says neither passed nor failed' }
}
