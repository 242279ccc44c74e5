import type { NewEvent, RunEvent } from '../../../core/run/event.ts'
import { replayOn } from '../../../core/run/evolve.ts'
import { type LiveRun, workOf } from '../../../core/run/state.ts'
import type { Work } from '../../../core/run/work.ts'
import type { RefUpdate } from '../../../ports/journal.ts'

/** The decisions of a wake-up so far: the events, the state after them, and the refs that move with them. */
export interface Draft {
  state: LiveRun
  events: RunEvent[]
  refs: RefUpdate[]
}

export const emptyDraft = (state: LiveRun): Draft => ({ state, events: [], refs: [] })

/** Adds events, stamped as the orchestrator's own, and folds them in at once: later steps see what earlier ones decided. */
export const recordEvents = (draft: Draft, at: string, ...events: readonly NewEvent[]): Draft =>
  withEvents(
    draft,
    events.map((event) => ({ by: 'tributary', ...event, at }) as RunEvent),
  )

/** Adds events that a decision of a person has stamped. */
export const withDecided = (draft: Draft, events: readonly RunEvent[]): Draft => withEvents(draft, events)

/** The draft with other events before its own. */
export const withEventsFirst = (first: Draft, decided: Draft): Draft => ({
  ...withEvents(first, decided.events),
  refs: decided.refs,
})

function withEvents(draft: Draft, events: readonly RunEvent[]): Draft {
  const state = replayOn(draft.state, events)
  if (state.phase === 'empty') throw new Error('a live run cannot become empty')
  return { ...draft, state, events: [...draft.events, ...events] }
}

/** Moves a ref with this draft; a second move of the same ref in one draft starts where the first one did. */
export function withRefMove(draft: Draft, update: RefUpdate): Draft {
  const earlier = draft.refs.find((one) => one.ref === update.ref)
  const others = draft.refs.filter((one) => one.ref !== update.ref)
  const from = earlier === undefined ? update.from : earlier.from
  return from === update.to ? { ...draft, refs: others } : { ...draft, refs: [...others, { ...update, from }] }
}

/** The work of the run's plan; throws if there is no plan yet. */
export function plannedWork(draft: Draft): Work {
  const work = workOf(draft.state)
  if (work === null) throw new Error(`run ${draft.state.run} has no plan`)
  return work
}
