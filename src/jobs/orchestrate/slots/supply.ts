import type { ActiveRun, LiveRun } from '../../../core/run/state.ts'
import { slotsAtWork } from '../../../core/schedule/ready.ts'
import { nextRequest, slotNames, slotsToAskFor } from '../../../core/schedule/slot-requests.ts'
import { type Draft, emptyDraft, recordEvents, withEventsFirst } from '../session/event-draft.ts'
import { nowOf, type OrchestratorStep, type Session } from '../session/session.ts'

/** Seconds after which slots that no job list has shown are given up: the workflow run that should bring them is gone. */
const NEVER_CAME = 180

/** Slots whose job runs and that have nothing to do; those that have worked before first, since they are surely set up. */
export function freeSlots(session: Session, run: ActiveRun): string[] {
  const busy = new Set(slotsAtWork(run.work))
  const free = [...session.jobs.values()].flatMap(({ slot, status }) =>
    status === 'in_progress' && !busy.has(slot) ? [slot] : [],
  )
  if (free.length < 2) return free
  const proven = new Set(Object.values(run.work.tasks).flatMap(({ attempts }) => attempts.map(({ slot }) => slot)))
  return free.toSorted((a, b) => Number(proven.has(b)) - Number(proven.has(a)) || bySlot(a, b))
}

const bySlot = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

/** Slots that are here or on their way. */
function supplyOf(session: Session, run: LiveRun, now: Date): number {
  let count = 0
  for (const [request, it] of Object.entries(run.slots)) {
    if (it.gone) continue
    const late = (now.getTime() - Date.parse(it.at)) / 1000 > NEVER_CAME
    for (const slot of slotNames(request, it.count)) {
      const job = session.jobs.get(slot)
      if (job === undefined ? !late : job.status !== 'completed') count += 1
    }
  }
  return count
}

/** Asks for more slots when more could work than are here. Only the intent is recorded; the dispatch follows the push. */
export const askForSlots: OrchestratorStep = (session, draft) => {
  if (draft.state.phase !== 'active') return draft
  const supply = supplyOf(session, draft.state, session.deps.clock.now())
  const count = slotsToAskFor(draft.state, supply)
  if (count <= 0) return draft
  const request = nextRequest(draft.state)
  return recordEvents(draft, nowOf(session), { type: 'slots_requested', request, count, workflowRun: null })
}

/** Requests all of whose jobs have ended need not be looked at again. Recorded with whatever is recorded next. */
export function forgetGoneSlots(session: Session, draft: Draft): Draft {
  let next = draft
  for (const [request, it] of Object.entries(draft.state.slots)) {
    if (it.gone || it.workflowRun === null) continue
    const ended = slotNames(request, it.count).every((slot) => session.jobs.get(slot)?.status === 'completed')
    if (ended) next = recordEvents(next, nowOf(session), { type: 'slots_gone', request })
  }
  return next
}

/**
 * Starts the workflow runs whose intent is in the journal. After a crash, one that was started is found by its title, so
 * that the record of it need not be a push of its own: it goes with whatever is recorded next.
 */
export async function dispatchSlots(session: Session): Promise<void> {
  for (const [request, it] of Object.entries(session.state.slots)) {
    if (it.gone || it.workflowRun !== null || session.dispatched.has(request)) continue
    const workflowRun = await dispatchOnce(session, request, it.count)
    if (workflowRun !== null) session.dispatched.set(request, workflowRun)
  }
}

/** The draft, after the workflow runs that were started and that the journal does not know yet: they come before the work in them. */
export function withDispatched(session: Session, draft: Draft): Draft {
  let started = emptyDraft(session.state)
  for (const [request, workflowRun] of session.dispatched)
    if (started.state.slots[request]?.workflowRun === null)
      started = recordEvents(started, nowOf(session), { type: 'slots_started', request, workflowRun })
  return started.events.length === 0 ? draft : withEventsFirst(started, draft)
}

async function dispatchOnce(session: Session, request: string, count: number): Promise<number | null> {
  const { forge } = session.deps
  const earlier = session.unsure.has(request) ? await forge.dispatched(session.run, request) : null
  if (earlier !== null) return earlier
  const slots = JSON.stringify(slotNames(request, count))
  const { workflowRun } = await forge.dispatch({ role: 'work', run: session.run, request, slots })
  // A server that does not tell must be asked; without the number, the slots could not be watched.
  return workflowRun ?? (await forge.dispatched(session.run, request))
}
