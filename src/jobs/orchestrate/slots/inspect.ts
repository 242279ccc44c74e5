import { type TaskFailure, withTexts } from '../../../core/failure.ts'
import type { Sha } from '../../../core/ids.ts'
import { audit, secretSearch } from '../../../core/landing/audit.ts'
import { mayChangeNothing, verdictOf } from '../../../core/landing/verdict.ts'
import { fewPaths } from '../../../core/run/hand-off.ts'
import { recordOf, taskOf } from '../../../core/run/lookup.ts'
import type { Work } from '../../../core/run/work.ts'
import { awaitedSlot, type InspectedResult } from '../../../core/slots/result-events.ts'
import {
  type AttemptOutcome,
  BASELINE_TASK,
  PLAN_TASK,
  parseResultFile,
  type ResultFile,
  VERIFY_TASK,
} from '../../../core/slots/slot-result.ts'
import type { ChangedPath } from '../../../ports/repo.ts'
import { type ResultArtifact, UnreadableResult } from '../../../ports/slots.ts'
import { headAndTail } from '../../../render/markdown/fit.ts'
import { wordsFor } from '../../commit-words.ts'
import { type Draft, plannedWork } from '../session/event-draft.ts'
import type { Session } from '../session/session.ts'

/** Bytes of a log that the journal keeps, since every slot reads it. The whole log is in the result's artifact. */
const JOURNAL_LOG = 6_000

const failed = (failure: TaskFailure, head: Sha | null = null): InspectedResult => ({
  verdict: 'failed',
  head,
  failure: trimmed(failure),
})
const unreadable = (detail: string): InspectedResult => failed({ reason: 'result-unreadable', detail })
const trimmed = (failure: TaskFailure): TaskFailure =>
  'paths' in failure
    ? { ...failure, paths: fewPaths(failure.paths) }
    : withTexts(failure, (text) => headAndTail(text, JOURNAL_LOG))

/**
 * Downloads a result and inspects its commits. Nothing that the result says of itself is trusted. Null if it names another slot
 * than the journal gave the work to: it changes nothing, and the right slot's result is still awaited.
 */
export async function inspect(session: Session, draft: Draft, result: ResultArtifact): Promise<InspectedResult | null> {
  try {
    const { result: text, bundle } = await session.deps.slots.download(result)
    const parsed = parseResultFile(session.deps.redact(text))
    if (!parsed.ok) return unreadable(parsed.error)
    const file = withShortLog(parsed.value)
    if (file.task !== result.task || file.attempt !== result.attempt || file.run !== result.run)
      return unreadable(`${result.task}-${result.attempt} holds the result of ${file.task}-${file.attempt}`)
    const slot = awaitedSlot(draft.state, result)
    if (file.slot !== slot) {
      session.deps.log(`Artifact ${result.id} is left out: slot ${file.slot} hands over what slot ${slot} works on.`)
      return null
    }
    if (result.task === VERIFY_TASK) return { verdict: 'verification', file }
    if (result.task === BASELINE_TASK) return { verdict: 'baseline', file }
    if (result.task === PLAN_TASK) return { verdict: 'plan', file }
    const inspected = await inspectWork(session, draft, file, bundle)
    // The cost of an attempt counts even if it failed.
    return inspected.verdict === 'failed'
      ? { ...inspected, report: file.outcome.report, begun: file.startedAt }
      : inspected
  } catch (error) {
    if (error instanceof UnreadableResult) return unreadable(error.message)
    throw error
  }
}

function withShortLog(file: ResultFile): ResultFile {
  const { report } = file.outcome
  const acceptanceLog = headAndTail(report.acceptanceLog, JOURNAL_LOG)
  const outcome = { ...file.outcome, report: { ...report, acceptanceLog } }
  return { ...file, outcome: 'failure' in outcome ? { ...outcome, failure: trimmed(outcome.failure) } : outcome }
}

type WorkOutcome = Extract<AttemptOutcome, { kind: 'done' | 'failed' }>

async function inspectWork(
  session: Session,
  draft: Draft,
  file: ResultFile,
  bundle: string | null,
): Promise<InspectedResult> {
  const { outcome } = file
  if (outcome.kind !== 'done' && outcome.kind !== 'failed') return unreadable(`a task cannot end as ${outcome.kind}`)
  const work = plannedWork(draft)
  const { state } = recordOf(work, file.task)
  if (state.status !== 'in_progress') throw new Error(`task ${file.task} is not at work`)
  if (outcome.head === null || outcome.head === state.base)
    return withoutCommit(session, work, file, outcome, state.base)
  if (bundle === null) return unreadable('the bundle of commits is missing')
  const at = { base: state.base, head: outcome.head }
  try {
    await session.repo.unbundle(bundle, at.head)
    return await judge(session, draft, file, outcome, at)
  } catch (error) {
    // Whatever git cannot read of it must not end the orchestrator: the next one would meet the same artifact.
    return unreadable(error instanceof Error ? error.message : String(error))
  }
}

/** Nothing was changed: the attempt's start commit takes the place of its head. */
async function withoutCommit(
  session: Session,
  work: Work,
  file: ResultFile,
  outcome: WorkOutcome,
  base: Sha,
): Promise<InspectedResult> {
  const verdict = verdictOf({ ...claimOf(work, file, outcome), audited: null, changed: false })
  if (!verdict.lands) return failed(verdict.failure)
  return { verdict: 'landable', head: base, tree: await session.repo.treeOf(base), file: withGitsFiles(file, []) }
}

const claimOf = (work: Work, { task }: ResultFile, outcome: WorkOutcome) => ({
  failure: outcome.kind === 'failed' ? outcome.failure : null,
  mayChangeNothing: mayChangeNothing(work, task),
})

interface HandedOver extends Pick<ResultFile, 'run' | 'task' | 'attempt'> {
  base: Sha
  head: Sha
}

/** Whether the commit passes the audit, by what git holds. `verified`: the tree that passed the acceptance; null: none has. */
export async function auditCommit(
  { repo, deps }: Session,
  work: Work,
  { run, attempt, base, head, task: id }: HandedOver,
  verified: Sha | null,
) {
  const tree = await repo.treeOf(head)
  const changes = await repo.changes(base, head)
  const task = taskOf(work, id)
  const { commits } = work.settings
  const words = wordsFor(run, { task: id, attempt, title: task.title, commits })
  const audited = audit(
    task,
    work.settings,
    { base, verifiedTree: verified ?? tree },
    {
      parents: await repo.parentsOf(head),
      tree,
      saysOurWords: await repo.isWrittenAs(head, words),
      changes,
      faults: await repo.treeFaults(base, head),
      secrets: await repo.findSecrets(base, head, secretSearch(deps.secrets, work.settings)),
    },
  )
  return { audited, tree, changes }
}

async function judge(
  session: Session,
  draft: Draft,
  file: ResultFile,
  outcome: WorkOutcome,
  at: { base: Sha; head: Sha },
): Promise<InspectedResult> {
  const work = plannedWork(draft)
  const { audited, tree, changes } = await auditCommit(session, work, { ...file, ...at }, outcome.tree)
  const verdict = verdictOf({ ...claimOf(work, file, outcome), audited, changed: changes.length > 0 })
  return verdict.lands
    ? { verdict: 'landable', head: at.head, tree, file: withGitsFiles(file, changes) }
    : failed(verdict.failure, verdict.showsCommit ? at.head : null)
}

/** The files that a report names come from git, not from the slot. */
function withGitsFiles(file: ResultFile, changes: readonly ChangedPath[]): ResultFile {
  const { report } = file.outcome
  const files = fewPaths(changes.map(({ path }) => path))
  const named = report.handOff === undefined ? { files } : { handOff: { ...report.handOff, files } }
  return { ...file, outcome: { ...file.outcome, report: { ...report, ...named } } }
}
