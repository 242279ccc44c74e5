import { branchRef, type Sha, trunkBranch } from '../../core/ids.ts'
import { baseMoved } from '../../core/landing/base-drift.ts'
import type { Result } from '../../core/result.ts'
import type { NewEvent } from '../../core/run/event.ts'
import type { ActiveRun } from '../../core/run/state.ts'
import { assign, pauseAtLimit, startOf } from '../../core/schedule/ready.ts'
import { nextTowardsEnd } from '../../core/schedule/run-end.ts'
import { SETTINGS_PATH, type Settings } from '../../core/settings.ts'
import { nextForBaseline } from '../../core/slots/baseline-slot.ts'
import { freeSlots } from '../../core/slots/slot-jobs.ts'
import { slotRequest } from '../../core/slots/slot-requests.ts'
import { driftBetween } from '../base-drift.ts'
import { mergeIfApproved } from '../reviews/auto-merge.ts'
import { lookAtFinalPull } from '../reviews/final-pull.ts'
import { locatedIn } from './projections/last-shown.ts'
import { unlessLimited } from './session/api-limit.ts'
import { type Draft, recordEvents } from './session/event-draft.ts'
import { trunkRefusal } from './session/refusals.ts'
import { nowOf, type OrchestratorStep, type Session } from './session/session.ts'

/** A step that records what a rule of `core` decides on an active run. */
const stepOf =
  (rule: (run: ActiveRun, session: Session) => readonly NewEvent[] | NewEvent | null): OrchestratorStep =>
  (session, draft) => {
    const events = draft.state.phase === 'active' ? rule(draft.state, session) : null
    return events === null ? draft : recordEvents(draft, nowOf(session), ...[events].flat())
  }

export const verify = stepOf((run, { deps }) => nextTowardsEnd(run, deps.model !== null))
/** Only the intent is recorded; the dispatch follows the push. */
export const askForSlots = stepOf((run, { jobs, deps }) => slotRequest(run, jobs, deps.clock.now()))
export const watchMoney = stepOf((run, { deps }) => pauseAtLimit(run, deps.model !== null))

/** Records when the API refuses every request, and when it no longer does, so that people see why nothing moves. */
export const noteLimit: OrchestratorStep = (session, draft) => {
  const until = session.limitedUntil
  const isLimited = until !== null && until > session.deps.clock.now()
  const shown = draft.state.limitedUntil ?? null
  if (isLimited && shown !== until.toISOString())
    return recordEvents(draft, nowOf(session), { type: 'limit_reached', until: until.toISOString() })
  return !isLimited && shown !== null ? recordEvents(draft, nowOf(session), { type: 'limit_passed' }) : draft
}

/** Records when the planner begins to wait for a model that is busy, and when it no longer does. */
export const noteModel: OrchestratorStep = (session, draft) => {
  const [waiting] = [...session.waitingCalls.values()].toSorted((a, b) => (a.since < b.since ? -1 : 1))
  const shown = draft.state.modelBusy ?? null
  if (waiting === undefined && shown !== null) return recordEvents(draft, nowOf(session), { type: 'model_answered' })
  if (waiting === undefined || shown !== null) return draft
  return recordEvents(draft, nowOf(session), { type: 'model_busy', ...waiting })
}

/** Before the approval, a slot runs the plan's checks on the base; nothing waits for that. */
export const takeBaseline: OrchestratorStep = (session, draft) => {
  const { state } = draft
  const next = state.phase === 'proposed' ? nextForBaseline(state, session.jobs, session.deps.clock.now()) : null
  return next === null ? draft : recordEvents(draft, nowOf(session), next)
}

/** Looks at the base branch before anything lands. */
export const watchBase: OrchestratorStep = async (session, draft) => {
  if (draft.state.phase !== 'active') return draft
  const { work } = draft.state
  const tip = session.refs.get(branchRef(work.baseBranch))
  if (tip === undefined) return baseGone(session, draft, draft.state)
  if (tip === work.baseSeen.sha) return draft
  const drift = await driftBetween(session.repo, work, tip)
  // Its files are in trunk by the act of a person, and are verified there. Other settings still make the plan stale.
  const asked = (await isInTrunk(session, tip)) ? { ...drift, paths: [] } : drift
  return recordEvents(draft, nowOf(session), ...baseMoved(work, asked))
}

/** By "Update branch", or a merge by hand. */
async function isInTrunk({ run, refs, repo }: Session, base: Sha): Promise<boolean> {
  const ref = branchRef(trunkBranch(run))
  const trunk = refs.get(ref)
  if (trunk === undefined) return false
  await repo.fetch([trunk], [ref])
  return repo.isAncestor(base, trunk)
}

/** Follows a branch that was renamed; one that is gone pauses the run. */
async function baseGone(session: Session, draft: Draft, { work, paused }: ActiveRun): Promise<Draft> {
  if (paused !== null) return draft
  const { baseBranch } = work
  const found = await unlessLimited(
    session,
    async () => ({ name: await session.deps.forge.branchNow(baseBranch) }),
    null,
  )
  if (found === null || found.name === baseBranch) return draft
  if (found.name !== null) return recordEvents(draft, nowOf(session), { type: 'base_renamed', baseBranch: found.name })
  return recordEvents(draft, nowOf(session), { type: 'run_paused', why: baseGoneText(baseBranch) })
}

/** The reason of the pause. */
export const baseGoneText = (baseBranch: string): string =>
  `the base branch \`${baseBranch}\` is gone; create it again before \`/resume\``

const LOOK_AT_PULL_SECONDS = 300

/** No event comes if the final pull request is closed while it is in conflict. Of a run at work, `watchReviews` sees it too. */
export const watchFinalPull: OrchestratorStep = async (session, draft) => {
  if (draft.state.phase === 'active') return draft
  const now = session.deps.clock.now().getTime()
  if (session.pullSeenAt !== null && now < session.pullSeenAt + LOOK_AT_PULL_SECONDS * 1000) return draft
  session.pullSeenAt = now
  const seen = await unlessLimited(session, () => lookAtFinalPull(session.deps, draft.state), null)
  return seen?.closed == null ? draft : recordEvents(draft, nowOf(session), { type: 'run_closed', ...seen.closed })
}

/** The final pull request may have been approved before the run was done: looked at once when it is no draft any more. */
export const watchApproval: OrchestratorStep = async (session, draft) => {
  const { state } = draft
  const isReady = locatedIn({ shown: session.shown, state })({ kind: 'ready', of: 'trunk' }) !== null
  if (state.phase !== 'ended' || !isReady || session.reviews.lookedAfter === state.endedAt) return draft
  const look = async () => ({ merged: await mergeIfApproved(session.deps, state, () => settingsOnDefault(session)) })
  const looked = await unlessLimited(session, look, null)
  if (looked === null) return draft
  session.reviews.lookedAfter = state.endedAt
  return looked.merged === null
    ? draft
    : recordEvents(draft, nowOf(session), { type: 'run_closed', merged: true, ...looked.merged })
}

/** As the default branch has it now, by git: that counts as no request to the API. */
async function settingsOnDefault({ deps, repo }: Session): Promise<Result<Settings, string[]>> {
  const tip = await repo.tip(branchRef(await deps.forge.defaultBranch()))
  if (tip === null) return deps.readSettings(null)
  await repo.fetchAlone([tip])
  return deps.readSettings(await repo.readFile(tip, SETTINGS_PATH))
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
    if (started === null) return next
    const job = session.jobs.get(assigned.slot)?.job
    return recordEvents(next, nowOf(session), job === undefined ? started : { ...started, job })
  }, draft)
}
