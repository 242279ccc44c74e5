import { ownOf } from '../../../core/own.ts'
import { endedRequests, slotNames } from '../../../core/slots/slot-jobs.ts'
import { DispatchRefused } from '../../../ports/forge.ts'
import { unlessLimited } from '../session/api-limit.ts'
import { type Draft, emptyDraft, recordEvents, withEventsFirst } from '../session/event-draft.ts'
import { nowOf, type OrchestratorStep, type Session } from '../session/session.ts'

/** What was asked for and cannot be started is gone, with GitHub's words. */
export const giveUpRequests: OrchestratorStep = (session, draft) => {
  const refused = [...session.notStarted].filter(([request]) => ownOf(draft.state.slots, request)?.gone === false)
  const events = refused.map(([request, words]) => {
    const failure = { step: null, url: null, words }
    return { type: 'slots_gone', request, failure } as const
  })
  return recordEvents(draft, nowOf(session), ...events)
}

/** Recorded with whatever is recorded next. */
export const forgetGoneSlots = (session: Session, draft: Draft): Draft =>
  recordEvents(draft, nowOf(session), ...endedRequests(draft.state, session.jobs))

/**
 * Starts the workflow runs whose intent is in the journal. After a crash, one that was started is found by its title, so
 * that the record of it need not be a push of its own: it goes with whatever is recorded next.
 */
export async function dispatchSlots(session: Session): Promise<void> {
  for (const [request, it] of Object.entries(session.state.slots)) {
    if (it.gone || it.workflowRun !== null || session.dispatched.has(request)) continue
    try {
      const workflowRun = await unlessLimited(session, () => dispatchOnce(session, request, it.count), null)
      if (workflowRun !== null) session.dispatched.set(request, workflowRun)
    } catch (error) {
      if (!(error instanceof DispatchRefused)) throw error
      session.deps.log(error.message)
      session.notStarted.set(request, error.message)
    }
  }
}

/** The draft behind the starts of workflow runs that the journal does not hold yet: they come before the work in them. */
export function withDispatched(session: Session, draft: Draft): Draft {
  let started = emptyDraft(session.state)
  for (const [request, workflowRun] of session.dispatched)
    if (ownOf(started.state.slots, request)?.workflowRun === null)
      started = recordEvents(started, nowOf(session), { type: 'slots_started', request, workflowRun })
  return started.events.length === 0 ? draft : withEventsFirst(started, draft)
}

async function dispatchOnce(session: Session, request: string, count: number): Promise<number | null> {
  const { forge } = session.deps
  const earlier = session.unsure.has(request) ? await forge.dispatched(session.run, request) : null
  if (earlier !== null) return earlier
  const slots = JSON.stringify(slotNames(request, count))
  const { workflowRun } = await forge.dispatch({ role: 'work', run: session.run, request, slots })
  // Some servers do not answer with the number; without it the slots' jobs cannot be listed.
  return workflowRun ?? (await forge.dispatched(session.run, request))
}
