import { type PullReview, reviewKey } from '../../core/command/decide-pull-review.ts'
import type { TaskId } from '../../core/ids.ts'
import { ownOf } from '../../core/own.ts'
import { recordOf } from '../../core/run/lookup.ts'
import type { ActiveRun } from '../../core/run/state.ts'
import { answerReview, branchesOf, decideLoaded, type LoadedReview, loadReview } from '../pull-reviews.ts'
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
  const decision = decideLoaded(session.deps, draft.state, loaded, await branchesOf(session.deps, draft.state, loaded))
  if (decision === null) return draft
  session.reviews.decided.push({ loaded, decision })
  return decision.ok ? withDecided(draft, decision.value.events) : draft
}

async function look(session: Session, state: Session['state']): Promise<void> {
  const { reviews, deps } = session
  const now = deps.clock.now().getTime()
  if (state.phase !== 'active' || (reviews.at !== null && now < reviews.at + LOOK_SECONDS * 1000)) return
  const pulls = openPulls(state)
  if (pulls.size === 0) return
  for (const review of await deps.forge.reviews([...pulls.keys()])) {
    const task = pulls.get(review.pull)
    if (task === undefined || reviews.done.has(review.id) || !isNews(state, task, review)) continue
    reviews.done.add(review.id)
    const loaded = await loadReview(deps, { review, task, by: review.author })
    if (loaded !== null) reviews.open.push(loaded)
  }
  reviews.at = now
}

/** Pull requests of tasks that a review could move, with their tasks. */
const openPulls = ({ work, projected }: ActiveRun): Map<number, TaskId> =>
  new Map([
    ...(projected['pull:trunk'] === undefined ? [] : [[projected['pull:trunk'].number, 'trunk'] as const]),
    ...work.plan.tasks.flatMap(({ id }): [number, TaskId][] => {
      const { status } = recordOf(work, id).state
      const pull = ownOf(projected, `pull:${id}`)
      const isOpen = status === 'verified' || status === 'in_progress' || status === 'failed'
      return pull === undefined || !isOpen ? [] : [[pull.number, id]]
    }),
  ])

/** It was made on what stands there now. Times of reviews have whole seconds. */
function isNews({ seen, work }: ActiveRun, task: TaskId, review: PullReview): boolean {
  if (task === 'trunk') return review.verdict === 'changes_requested' && !seen.includes(reviewKey(review))
  const { state } = recordOf(work, task)
  if (seen.includes(reviewKey(review)) || !('since' in state)) return false
  return Math.floor(Date.parse(review.submittedAt) / 1000) >= Math.floor(Date.parse(state.since) / 1000)
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
