import { missedReviews } from '../missed-reviews.ts'
import { answerReview, decideLoaded, type LoadedReview, loadReview } from '../pull-reviews.ts'
import { unlessLimited } from './session/api-limit.ts'
import { type Draft, withDecided } from './session/event-draft.ts'
import type { OrchestratorStep, Session } from './session/session.ts'

const LOOK_SECONDS = 60

/** No event comes of a review while its pull request is in conflict, and events get lost: all are looked at, by one request. */
export const watchReviews: OrchestratorStep = async (session, draft) => {
  const { reviews, deps } = session
  reviews.decided = []
  if (draft.state.phase !== 'active') return draft
  await unlessLimited(session, () => look(session, draft.state), null)
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

async function look(session: Session, state: Session['state']): Promise<void> {
  const { reviews, deps } = session
  const now = deps.clock.now().getTime()
  if (reviews.at !== null && now < reviews.at + LOOK_SECONDS * 1000) return
  const missed = await missedReviews(deps, state)
  if (missed === null) return
  for (const { review, task } of missed) {
    if (reviews.done.has(review.id)) continue
    reviews.done.add(review.id)
    const loaded = await loadReview(deps, { review, task, by: review.author })
    if (loaded !== null) reviews.open.push(loaded)
  }
  reviews.at = now
}

/** Says what was decided, now that it is written. */
export async function answerReviews(session: Session): Promise<void> {
  const { reviews, deps } = session
  const { decided } = reviews
  reviews.open = []
  reviews.decided = []
  for (const { loaded, decision } of decided)
    await unlessLimited(session, () => answerReview(deps, loaded, decision, session.state), undefined)
}
