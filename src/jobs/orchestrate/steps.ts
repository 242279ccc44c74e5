import { branchRef } from '../../core/ids.ts'
import { baseMoved } from '../../core/landing/base-drift.ts'
import type { NewEvent } from '../../core/run/event.ts'
import type { ActiveRun } from '../../core/run/state.ts'
import { pauseAtLimit, startOf } from '../../core/schedule/attempt-allowance.ts'
import { assign } from '../../core/schedule/ready.ts'
import { nextTowardsEnd } from '../../core/schedule/run-end.ts'
import { freeSlots, lostWork } from '../../core/schedule/slot-jobs.ts'
import { driftBetween } from '../base-drift.ts'
import { finalPullClosed } from '../final-pull.ts'
import { recordEvents } from './session/event-draft.ts'
import { trunkRefusal } from './session/refusals.ts'
import { nowOf, type OrchestratorStep, type Session } from './session/session.ts'

/** A step that records what a rule of `core` decides on an active run. */
const stepOf =
  (rule: (run: ActiveRun, session: Session) => readonly NewEvent[] | NewEvent | null): OrchestratorStep =>
  (session, draft) => {
    const events = draft.state.phase === 'active' ? rule(draft.state, session) : null
    return events === null ? draft : recordEvents(draft, nowOf(session), ...[events].flat())
  }

export const takeBackLost = stepOf(({ work }, { jobs }) => lostWork(work, jobs))
export const verify = stepOf((run, { deps }) => nextTowardsEnd(run, deps.model !== null))
export const watchMoney = stepOf((run, { deps }) => pauseAtLimit(run, deps.model !== null))

/** Looks at the base branch before anything lands. */
export const watchBase: OrchestratorStep = async (session, draft) => {
  if (draft.state.phase !== 'active') return draft
  const { work } = draft.state
  const tip = session.refs.get(branchRef(work.baseBranch))
  if (tip === undefined || tip === work.baseSeen.sha) return draft
  const drift = await driftBetween(session.repo, work, tip)
  return recordEvents(draft, nowOf(session), ...baseMoved(work, drift))
}

const LOOK_AT_PULL_SECONDS = 300

/** No event comes if the final pull request is closed while it is in conflict with the base. */
export const watchFinalPull: OrchestratorStep = async (session, draft) => {
  const now = session.deps.clock.now().getTime()
  if (session.pullSeenAt !== null && now < session.pullSeenAt + LOOK_AT_PULL_SECONDS * 1000) return draft
  session.pullSeenAt = now
  const closed = await finalPullClosed(session.deps, draft.state)
  return closed === null ? draft : recordEvents(draft, nowOf(session), closed)
}

/** The remote does not take trunk: only a person can change that. */
export const pauseRefused: OrchestratorStep = (session, draft) => {
  const words = trunkRefusal(session)
  if (words === null || draft.state.phase !== 'active' || draft.state.paused !== null) return draft
  return recordEvents(draft, nowOf(session), { type: 'run_paused', why: words, cause: 'refused' })
}

/** Gives the free slots what is ready. Each start leaves less money for the next one. */
export const startWork: OrchestratorStep = (session, draft) => {
  if (draft.state.phase !== 'active') return draft
  return assign(draft.state, freeSlots(draft.state, session.jobs)).reduce((next, assigned) => {
    const started = next.state.phase === 'active' ? startOf(next.state, assigned) : null
    return started === null ? next : recordEvents(next, nowOf(session), started)
  }, draft)
}
