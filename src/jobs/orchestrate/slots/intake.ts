import { attemptRef, branchRef, type Sha, type TaskId, taskBranch } from '../../../core/ids.ts'
import { recordOf } from '../../../core/run/lookup.ts'
import {
  baselineEvent,
  type InspectedResult,
  isAwaited,
  isOfTask,
  verdictEvents,
  workResultEvents,
} from '../../../core/slots/result-events.ts'
import { PLAN_TASK, VERIFY_TASK } from '../../../core/slots/slot-result.ts'
import type { ResultArtifact } from '../../../ports/slots.ts'
import { unlessLimited } from '../session/api-limit.ts'
import { type Draft, plannedWork, recordEvents, withRefMove } from '../session/event-draft.ts'
import { taskRefusal } from '../session/refusals.ts'
import { nowOf, type Session } from '../session/session.ts'
import { withWorkflows } from '../session/workflow-files.ts'
import { inspect } from './inspect.ts'
import { takePlan } from './take-plan.ts'

/** Downloads and audits the results of slots at the same time, then lands or fails each in order. */
export async function intake(session: Session, draft: Draft, results: readonly ResultArtifact[]): Promise<Draft> {
  const all = results.filter((result) => isAwaited(draft.state, result))
  if (all.length <= 1) session.oneByOne = false
  const awaited = session.oneByOne ? all.filter((one) => session.inspected.get(keyOf(one)) !== null).slice(0, 1) : all
  const seen = await Promise.all(
    awaited.map(async (result) => following(session, draft, await inspectOnce(session, draft, result))),
  )
  let next = draft
  for (const [index, result] of awaited.entries()) next = await take(session, next, result, seen[index])
  return next
}

const keyOf = ({ id, from }: ResultArtifact): string => `${from ?? 'artifact'} ${id}`

/** Null is a result that says nothing. What the API does not give for now is one that is not there yet. */
async function inspectOnce(session: Session, draft: Draft, result: ResultArtifact): Promise<InspectedResult | null> {
  const known = session.inspected.get(keyOf(result))
  const inspected =
    known === undefined ? await unlessLimited(session, () => inspect(session, draft, result), undefined) : known
  if (inspected === undefined) return null
  session.inspected.set(keyOf(result), inspected)
  return inspected
}

/** What is pushed has the workflow files that the run has taken over; what was verified has no need of them. */
async function following(
  session: Session,
  draft: Draft,
  inspected: InspectedResult | null,
): Promise<InspectedResult | null> {
  if (inspected === null || !isOfTask(inspected) || inspected.head === null) return inspected
  const head = await withWorkflows(session, plannedWork(draft), inspected.head)
  return { ...inspected, head }
}

function take(
  session: Session,
  draft: Draft,
  result: ResultArtifact,
  inspected: InspectedResult | null | undefined,
): Draft | Promise<Draft> {
  // Two artifacts may hold the same attempt: the first one of the right slot counts.
  if (inspected == null || !isAwaited(draft.state, result)) return draft
  if (result.task === PLAN_TASK) return takePlan(session, draft, result, inspected)
  if (draft.state.phase === 'proposed')
    return recordEvents(draft, nowOf(session), baselineEvent(plannedWork(draft), inspected))
  if (result.task !== VERIFY_TASK) return takeWork(session, draft, result, inspected)
  return recordEvents(draft, nowOf(session), ...verdictEvents(plannedWork(draft), result.attempt, inspected))
}

/** A result whose branch the remote does not take has failed. It is still in the slot's artifact. */
function asPushed(session: Session, { task, attempt }: ResultArtifact, inspected: InspectedResult): InspectedResult {
  const failure = taskRefusal(session, task, attempt)
  if (failure === null || !isOfTask(inspected)) return inspected
  const report = inspected.verdict === 'landable' ? inspected.file.outcome.report : inspected.report
  return { verdict: 'failed', head: null, failure, ...(report && { report }) }
}

/** Records what became of a task, with the commit that is kept. */
function takeWork(session: Session, draft: Draft, result: ResultArtifact, inspected: InspectedResult): Draft {
  const { state, deps } = session
  const work = plannedWork(draft)
  const { state: before } = recordOf(work, result.task)
  const events = workResultEvents(
    work,
    result,
    asPushed(session, result, inspected),
    state.planning !== null && deps.model !== null,
  )
  const taken = recordEvents(draft, nowOf(session), ...events)
  const head = events.flatMap((event) => ('head' in event ? [event.head] : []))[0] ?? null
  if (before.status !== 'in_progress' || head === null || head === before.base) return taken
  return withWorkAt(session, taken, { ...result, base: before.base, head })
}

/** Moves the task's branch to the work of its attempt; if others have moved that, the work is kept beside it. */
export function withWorkAt(
  session: Session,
  draft: Draft,
  { task, attempt, base, head }: { task: TaskId; attempt: number; base: Sha; head: Sha },
): Draft {
  const { run } = draft.state
  const ref = branchRef(taskBranch(run, task))
  return session.notOurs.has(ref)
    ? withRefMove(draft, { ref: attemptRef(run, task, attempt), from: null, to: head })
    : withRefMove(draft, { ref, from: base, to: head })
}
