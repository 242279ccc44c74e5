import type { ActiveRun } from '../../core/run/state.ts'
import type { SeenPull } from '../../ports/forge.ts'
import { finalPullAs } from '../reviews/final-pull.ts'
import { lookForReviews } from '../reviews/missed-reviews.ts'
import { answerReview, decideLoaded, type LoadedReview, loadReview } from '../reviews/pull-reviews.ts'
import { unlessLimited } from './session/api-limit.ts'
import { type Draft, recordEvents, withDecided } from './session/event-draft.ts'
import { nowOf, type OrchestratorStep, type Session } from './session/session.ts'

/** Seconds between two looks: while a person is asked to look at work, and while none is. */
const LOOK_SECONDS = { asked: 60, unasked: 300 }

/** No event comes of a review or an end of a pull request in conflict, and events get lost: all are looked at, by one request. */
export const watchReviews: OrchestratorStep = async (session, draft) => {
  const { reviews, deps } = session
  reviews.decided = []
  const { state } = draft
  if (state.phase !== 'active') return draft
  const final = await unlessLimited(session, () => look(session, state), null)
  const closed = final === null ? null : finalPullAs(state, final).closed
  if (closed !== null) return recordEvents(draft, nowOf(session), { type: 'run_closed', ...closed })
  let next = draft
  for (const loaded of reviews.open) next = await decideOne(session, next, loaded)
  if (next !== draft) deps.log('found reviews that came without an event')
  return next
}

async function decideOne(session: Session, draft: Draft, loaded: LoadedReview): Promise<Draft> {
  const decision = await decideLoaded(session.deps, draft.state, loaded)
  if (decision === null) return draft
  session.reviews.decided.push({ loaded, decision })
  return decision.ok ? withDecided(draft, decision.value.events) : draft
}

/** The final pull request, if this is the time to look. */
async function look(session: Session, state: ActiveRun): Promise<SeenPull | null> {
  const { reviews, deps } = session
  const now = deps.clock.now().getTime()
  const seconds = isPersonAsked(state) ? LOOK_SECONDS.asked : LOOK_SECONDS.unasked
  if (reviews.at !== null && now < reviews.at + seconds * 1000) return null
  const seen = await lookForReviews(deps, state)
  if (seen === null) return null
  for (const { review, task } of seen.missed) {
    if (reviews.done.has(review.id)) continue
    reviews.done.add(review.id)
    const loaded = await loadReview(deps, { review, task, by: review.author })
    if (loaded !== null) reviews.open.push(loaded)
  }
  reviews.at = now
  session.pullSeenAt = now
  return seen.final
}

/** Whether work waits for a review, or has failed and may be sent back by one. */
const isPersonAsked = ({ work }: ActiveRun): boolean =>
  Object.values(work.tasks).some(({ state: { status } }) => status === 'verified' || status === 'failed')

/** Says what was decided, now that it is written. */
export async function answerReviews(session: Session): Promise<void> {
  const { reviews, deps } = session
  const { decided } = reviews
  reviews.open = []
  reviews.decided = []
  for (const { loaded, decision } of decided)
    await unlessLimited(session, () => answerReview(deps, loaded, decision, session.state), undefined)
}
