import { audit, isFinal, pathsWithSecrets } from '../core/audit.ts'
import type { TaskFailure } from '../core/failure.ts'
import { branchRef, type Sha, type TaskId, taskBranch } from '../core/ref.ts'
import { parseResultFile, type ResultFile } from '../core/result-file.ts'
import { recordOf, taskOf } from '../core/state.ts'
import type { ResultArtifact } from '../ports/slots.ts'
import { type Draft, move, planned, record } from './draft.ts'
import { nowOf, type Session } from './session.ts'

/** A result after the look at it: what git holds, and whether it may land. */
export type Inspected =
  | { verdict: 'landable'; head: Sha; tree: Sha; file: ResultFile }
  | { verdict: 'failed'; head: Sha | null; failure: TaskFailure }
  | { verdict: 'verification'; file: ResultFile }

export const keyOf = (result: { task: string; attempt: number }): string => `${result.task}-${result.attempt}`

/** Takes in what slots have handed over: downloads, audits, and lands or fails each. */
export async function intake(session: Session, draft: Draft, results: readonly ResultArtifact[]): Promise<Draft> {
  let next = draft
  for (const result of results) {
    if (!isAwaited(next, result)) continue
    const inspected = session.inspected.get(keyOf(result)) ?? (await inspect(session, next, result))
    session.inspected.set(keyOf(result), inspected)
    next =
      result.task === 'verify'
        ? takeVerdict(session, next, result, inspected)
        : takeWork(session, next, result, inspected)
  }
  return next
}

/** Only the attempt that the journal knows to be at work is taken; a late result of an earlier one changes nothing. */
export function isAwaited(draft: Draft, result: ResultArtifact): boolean {
  if (draft.state.phase !== 'active' || result.run !== draft.state.run) return false
  const { work } = draft.state
  if (result.task === 'verify')
    return work.verification?.status === 'in_progress' && work.verification.attempt === result.attempt
  const state = work.tasks[result.task]?.state
  return state?.status === 'in_progress' && state.attempt === result.attempt
}

async function inspect(session: Session, draft: Draft, result: ResultArtifact): Promise<Inspected> {
  const { result: text, bundle } = await session.deps.slots.download(result)
  const parsed = parseResultFile(text)
  if (!parsed.ok)
    return { verdict: 'failed', head: null, failure: { reason: 'result-unreadable', detail: parsed.error } }
  const file = parsed.value
  if (file.task !== result.task || file.attempt !== result.attempt || file.run !== result.run) {
    const detail = `${result.task}-${result.attempt} holds the result of ${file.task}-${file.attempt}`
    return { verdict: 'failed', head: null, failure: { reason: 'result-unreadable', detail } }
  }
  if (result.task === 'verify') return { verdict: 'verification', file }
  return inspectWork(session, draft, file, bundle)
}

async function inspectWork(
  session: Session,
  draft: Draft,
  file: ResultFile,
  bundle: string | null,
): Promise<Inspected> {
  const { outcome } = file
  if (outcome.kind !== 'done' && outcome.kind !== 'failed')
    return {
      verdict: 'failed',
      head: null,
      failure: { reason: 'result-unreadable', detail: `a task cannot end as ${outcome.kind}` },
    }
  const { state } = recordOf(planned(draft), file.task)
  if (state.status !== 'in_progress') throw new Error(`task ${file.task} is not at work`)
  if (outcome.head === null || outcome.head === state.base) return withoutCommit(file, state.base, session)
  if (bundle === null)
    return {
      verdict: 'failed',
      head: null,
      failure: { reason: 'result-unreadable', detail: 'the bundle of commits is missing' },
    }
  try {
    await session.repo.unbundle(bundle, outcome.head)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return { verdict: 'failed', head: null, failure: { reason: 'result-unreadable', detail } }
  }
  return judge(session, draft, file, { base: state.base, head: outcome.head })
}

/** Nothing was changed: the attempt's start commit stands for it. */
async function withoutCommit(file: ResultFile, base: Sha, session: Session): Promise<Inspected> {
  if (file.outcome.kind === 'failed') return { verdict: 'failed', head: null, failure: file.outcome.failure }
  return { verdict: 'landable', head: base, tree: await session.repo.treeOf(base), file }
}

async function judge(
  session: Session,
  draft: Draft,
  file: ResultFile,
  at: { base: Sha; head: Sha },
): Promise<Inspected> {
  const { repo, deps } = session
  const { outcome } = file
  const work = planned(draft)
  const tree = await repo.treeOf(at.head)
  const verifiedTree = outcome.kind === 'done' || outcome.kind === 'failed' ? (outcome.tree ?? tree) : tree
  const audited = audit(
    taskOf(work, file.task),
    work.settings,
    { base: at.base, verifiedTree },
    {
      head: at.head,
      parents: await repo.parentsOf(at.head),
      tree,
      changes: await repo.changes(at.base, at.head),
      secrets: pathsWithSecrets(await repo.addedLines(at.base, at.head), deps.secrets),
    },
  )
  // What did not pass the audit is not pushed: GitHub would refuse some of it, and nobody should fetch the rest.
  if (!audited.ok)
    return { verdict: 'failed', head: null, failure: outcome.kind === 'failed' ? outcome.failure : audited.error }
  if (outcome.kind === 'failed') return { verdict: 'failed', head: at.head, failure: outcome.failure }
  return { verdict: 'landable', head: at.head, tree, file }
}

function takeWork(session: Session, draft: Draft, { task, attempt }: ResultArtifact, inspected: Inspected): Draft {
  const at = nowOf(session)
  const work = planned(draft)
  const { state, failures } = recordOf(work, task)
  if (inspected.verdict === 'verification' || state.status !== 'in_progress') return draft
  const branch = branchOf(draft, task)
  if (inspected.verdict === 'failed') {
    const { head, failure } = inspected
    const failed = record(draft, at, {
      type: 'task_failed',
      task,
      attempt,
      head,
      failure,
      final: isFinal(failure, failures),
    })
    return head === null ? failed : move(failed, { ref: branch, from: state.base, to: head })
  }
  const { head, tree, file } = inspected
  if (file.outcome.kind !== 'done') return draft
  const verified = record(draft, at, { type: 'task_verified', task, attempt, head, tree, report: file.outcome.report })
  const landed =
    work.settings.merge === 'auto' ? record(verified, at, { type: 'task_landed', task, attempt }) : verified
  return head === state.base ? landed : move(landed, { ref: branch, from: state.base, to: head })
}

const branchOf = (draft: Draft, task: TaskId): string => branchRef(taskBranch(draft.state.run, task))

function takeVerdict(session: Session, draft: Draft, { attempt }: ResultArtifact, inspected: Inspected): Draft {
  const { verification } = planned(draft)
  if (verification?.status !== 'in_progress') return draft
  const at = nowOf(session)
  const { on } = verification
  if (inspected.verdict === 'verification' && inspected.file.outcome.kind === 'verified')
    return record(draft, at, { type: 'verification_passed', on, attempt, report: inspected.file.outcome.report })
  return record(draft, at, { type: 'verification_failed', on, attempt, failure: verdictFailure(inspected) })
}

function verdictFailure(inspected: Inspected): TaskFailure {
  if (inspected.verdict === 'failed') return inspected.failure
  const outcome = inspected.verdict === 'verification' ? inspected.file.outcome : null
  if (outcome?.kind === 'verification-failed' || outcome?.kind === 'failed') return outcome.failure
  return { reason: 'result-unreadable', detail: 'the verification says neither passed nor failed' }
}
