import type { Sha, TaskId } from '../../../core/ids.ts'
import { keptRefs } from '../../../core/landing/refused-push.ts'
import { attemptKey } from '../../../core/money/money-key.ts'
import type { NewEvent } from '../../../core/run/event.ts'
import { recordOf } from '../../../core/run/lookup.ts'
import type { ActiveRun } from '../../../core/run/state.ts'
import { type KeptWork, parseCheckpointFile } from '../../../core/slots/checkpoint.ts'
import { type LostTask, lostWork, mayHaveWork, withKept, workflowRunOf } from '../../../core/slots/slot-jobs.ts'
import { LimitReached } from '../../../ports/rate-limit.ts'
import type { CheckpointArtifact } from '../../../ports/slots.ts'
import { unlessLimited } from '../session/api-limit.ts'
import { type Draft, plannedWork, recordEvents } from '../session/event-draft.ts'
import { nowOf, type OrchestratorStep, type Session } from '../session/session.ts'
import { withWorkflows } from '../session/workflow-files.ts'
import { auditCommit } from './inspect.ts'
import { withWorkAt } from './intake.ts'

/** Takes back the work of slots that have died, with what their last checkpoints hold. */
export const takeBackLost: OrchestratorStep = async (session, draft) => {
  if (draft.state.phase !== 'active') return draft
  let next = draft
  for (const event of lostWork(draft.state.work, session.jobs))
    next = mayHaveWork(event)
      ? await takeBackTask(session, next, draft.state, event)
      : recordEvents(next, nowOf(session), event)
  return next
}

async function takeBackTask(session: Session, draft: Draft, run: ActiveRun, event: LostTask): Promise<Draft> {
  const { task, attempt } = event
  const { state } = recordOf(run.work, task)
  if (state.status !== 'in_progress') return draft
  const kept = await keptWork(session, run, { task, attempt, base: state.base, slot: state.slot })
  // The API says nothing for now.
  if (kept === undefined) return draft
  const record = (what: NewEvent) => recordEvents(draft, nowOf(session), what)
  if (kept === null) return record(event)
  const head = await withWorkflows(session, plannedWork(draft), kept.head)
  return withWorkAt(session, record(withKept(event, { ...kept, head })), { task, attempt, base: state.base, head })
}

interface LostAttempt {
  task: TaskId
  attempt: number
  base: Sha
  slot: string
}

/** What the attempt has left, looked for once. Null: nothing; undefined: the API does not say for now. */
async function keptWork(session: Session, run: ActiveRun, lost: LostAttempt): Promise<KeptWork | null | undefined> {
  const key = attemptKey(lost.task, lost.attempt)
  const known = session.keptWork.get(key)
  const isRefused = keptRefs(run.run, lost).filter((ref) => session.refusedRefs.delete(ref)).length > 0
  // The task then begins at its base again, which costs minutes, and is no failure of it.
  if (known && isRefused) session.keptWork.set(key, null)
  if (known !== undefined) return isRefused ? null : known
  const found = await unlessLimited(session, () => newestWork(session, run, lost), undefined)
  if (found !== undefined) session.keptWork.set(key, found)
  return found
}

/** The newest checkpoint, if it passes what a result has to pass. Anything else costs minutes of work, and stops nothing. */
async function newestWork(session: Session, run: ActiveRun, lost: LostAttempt): Promise<KeptWork | null> {
  const { slots, log } = session.deps
  const workflowRun = workflowRunOf(run, lost.slot)
  if (workflowRun === null) return null
  try {
    const all = await slots.checkpoints(workflowRun, run.run)
    const own = all.filter(({ task, attempt }) => task === lost.task && attempt === lost.attempt)
    const newest = own.toSorted((a, b) => b.number - a.number)[0]
    return newest === undefined ? null : await audited(session, run, lost, newest)
  } catch (error) {
    if (error instanceof LimitReached) throw error
    log(
      `What attempt ${lost.attempt} of ${lost.task} left is not used: ${error instanceof Error ? error.message : error}`,
    )
    return null
  }
}

async function audited(
  session: Session,
  { run, work }: ActiveRun,
  { task, attempt, base, slot }: LostAttempt,
  artifact: CheckpointArtifact,
): Promise<KeptWork> {
  const { result, bundle } = await session.deps.slots.download(artifact)
  const parsed = parseCheckpointFile(session.deps.redact(result))
  if (!parsed.ok) throw new Error(parsed.error)
  const { head, steps, spending = [], ...file } = parsed.value
  const isOwn = file.run === run && file.task === task && file.attempt === attempt && file.slot === slot
  if (!isOwn) throw new Error(`it is of slot ${file.slot}, ${file.task}-${file.attempt}`)
  if (bundle === null) throw new Error('it has no bundle')
  await session.repo.unbundle(bundle, head)
  const { audited: passed } = await auditCommit(session, work, { run, task, attempt, base, head }, null)
  if (!passed.ok) throw new Error(passed.error.reason)
  return { head, steps, spending }
}
