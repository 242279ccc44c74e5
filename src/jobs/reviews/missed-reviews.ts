import { type PullReview, reviewKey } from '../../core/command/decide-pull-review.ts'
import type { TaskId } from '../../core/ids.ts'
import { recordOf } from '../../core/run/lookup.ts'
import { locatedPull } from '../../core/run/projection-name.ts'
import type { LiveRun, RunState } from '../../core/run/state.ts'
import { tasksWithStatus } from '../../core/run/task-status.ts'
import type { SeenPull } from '../../ports/forge.ts'
import type { JobDeps } from '../deps.ts'

interface MissedReview {
  review: SeenPull['reviews'][number]
  task: TaskId | 'trunk'
}

/**
 * Reviews that nothing has been recorded of, and the final pull request, by one request: no event comes while a pull request is in
 * conflict, and events get lost. Null: no pull request is open that a review could move.
 */
export async function lookForReviews(
  { forge }: Pick<JobDeps, 'forge'>,
  state: RunState,
): Promise<{ missed: MissedReview[]; final: SeenPull | null } | null> {
  if (state.phase === 'empty') return null
  const pulls = openPulls(state)
  if (pulls.size === 0) return null
  const seen = await forge.lookAt([...pulls.keys()])
  const missed = seen.flatMap(({ number, reviews }) => {
    const task = pulls.get(number)
    const news = task === undefined ? [] : reviews.filter((review) => isNews(state, task, review))
    return task === undefined ? [] : news.map((review) => ({ review, task }))
  })
  return { missed, final: seen.find(({ number }) => pulls.get(number) === 'trunk') ?? null }
}

/** Pull requests that a review could move, with their tasks. */
function openPulls(state: LiveRun): Map<number, TaskId> {
  const { phase } = state
  const isOpen = phase === 'active' || (phase === 'ended' && state.conclusion === 'success')
  const final = locatedPull(state, 'trunk')
  const tasks = phase === 'active' ? tasksWithStatus(state.work, 'verified', 'in_progress', 'failed') : []
  return new Map([
    ...(final === undefined || !isOpen ? [] : [[final.number, 'trunk'] as const]),
    ...tasks.flatMap(({ id }): [number, TaskId][] => {
      const pull = locatedPull(state, id)
      return pull === undefined ? [] : [[pull.number, id]]
    }),
  ])
}

/** It was made on what stands there now. Times of reviews have whole seconds. */
function isNews(state: LiveRun, task: TaskId | 'trunk', review: PullReview): boolean {
  if (state.seen.includes(reviewKey(review))) return false
  if (task === 'trunk')
    return review.verdict === 'changes_requested' && (state.phase !== 'ended' || isSince(review, state.endedAt))
  if (state.phase !== 'active') return false
  const { state: now } = recordOf(state.work, task)
  return 'since' in now && isSince(review, now.since)
}

const isSince = ({ submittedAt }: PullReview, moment: string): boolean =>
  Math.floor(Date.parse(submittedAt) / 1000) >= Math.floor(Date.parse(moment) / 1000)
