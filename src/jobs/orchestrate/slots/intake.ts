import { branchRef, taskBranch } from '../../../core/ids.ts'
import { recordOf } from '../../../core/run/state.ts'
import {
  type InspectedResult,
  isAwaited,
  verdictEvents,
  workResultEvents,
} from '../../../core/schedule/result-events.ts'
import type { ResultArtifact } from '../../../ports/slots.ts'
import { type Draft, plannedWork, recordEvents, withRefMove } from '../session/event-draft.ts'
import { nowOf, type Session } from '../session/session.ts'
import { inspect } from './inspect.ts'

/** Downloads and audits the results of slots at the same time, then lands or fails each in order. */
export async function intake(session: Session, draft: Draft, results: readonly ResultArtifact[]): Promise<Draft> {
  const awaited = results.filter((result) => isAwaited(draft.state, result))
  const seen = await Promise.all(awaited.map((result) => inspectOnce(session, draft, result)))
  return awaited.reduce((next, result, index) => take(session, next, result, seen[index]), draft)
}

async function inspectOnce(session: Session, draft: Draft, result: ResultArtifact): Promise<InspectedResult | null> {
  const known = session.inspected.get(result.id)
  const inspected = known === undefined ? await inspect(session, draft, result) : known
  session.inspected.set(result.id, inspected)
  return inspected
}

function take(
  session: Session,
  draft: Draft,
  result: ResultArtifact,
  inspected: InspectedResult | null | undefined,
): Draft {
  // Two artifacts may hold the same attempt: the first one of the right slot counts.
  if (inspected == null || !isAwaited(draft.state, result)) return draft
  if (result.task !== 'verify') return takeWork(session, draft, result, inspected)
  return recordEvents(draft, nowOf(session), ...verdictEvents(plannedWork(draft), result.attempt, inspected))
}

/** Records what became of a task, and moves its branch to the commit that is kept. */
function takeWork(session: Session, draft: Draft, result: ResultArtifact, inspected: InspectedResult): Draft {
  const { state, deps } = session
  const work = plannedWork(draft)
  const { state: before } = recordOf(work, result.task)
  const events = workResultEvents(work, result, inspected, state.planning !== null && deps.model !== null)
  const taken = recordEvents(draft, nowOf(session), ...events)
  const head = events.flatMap((event) => ('head' in event ? [event.head] : []))[0] ?? null
  if (before.status !== 'in_progress' || head === null || head === before.base) return taken
  const ref = branchRef(taskBranch(draft.state.run, result.task))
  return withRefMove(taken, { ref, from: before.base, to: head })
}
