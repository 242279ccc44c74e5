import type { TaskId } from '../ids.ts'
import { isAgentTask, type Task } from '../plan/plan.ts'
import { recordOf, statusOf, taskOf } from '../run/lookup.ts'
import type { Report } from '../run/report.ts'
import type { ReviewReason } from '../run/review.ts'
import { taskIdsWithStatus } from '../run/task-status.ts'
import type { Work } from '../run/work.ts'
import { brokenPromises } from './kept-promise.ts'
import { BUSY_MINUTES } from './parked.ts'
import { REVIEW_WAIT } from './retry-ladder.ts'

/** Two tasks build on its interface, and it changed so many files. */
const SHARED_BY = 2
const MANY_FILES = 10

/** Why this result of a task is reviewed before it lands, by `review` in the settings; empty: it is not. */
export function reviewReasons(work: Work, id: TaskId, report: Report): ReviewReason[] {
  const { review } = work.settings
  if (review === 'off' || !isAgentTask(taskOf(work, id))) return []
  const risks = RISKS.flatMap(([reason, isSo]) => (isSo(work, id, report) ? [reason] : []))
  // It cannot be sent back again: only the briefs of others are left to change.
  if (recordOf(work, id).sentBack === true) return risks.filter((reason) => reason === 'promise')
  return review === 'all' && risks.length === 0 ? ['all'] : risks
}

type Risk = (work: Work, id: TaskId, report: Report) => boolean

/** What makes a result risky. Each is a fact of the journal, and none the opinion of a model. */
const RISKS: readonly (readonly [ReviewReason, Risk])[] = [
  [
    'promise',
    (work, id, report) => waitingFor(work, id).length > 0 && brokenPromises(work, id, report.handOff).length > 0,
  ],
  [
    'shared',
    (work, id, { handOff }) =>
      taskOf(work, id).interface.trim() !== '' &&
      waitingFor(work, id).length >= SHARED_BY &&
      (handOff?.files.length ?? 0) >= MANY_FILES,
  ],
  ['attempts', (work, id) => recordOf(work, id).failures > 0],
  ['flaky', (_work, _id, { flaky }) => (flaky ?? []).length > 0],
  ['conflict', (_work, _id, { resolved }) => (resolved ?? []).length > 0],
]

/** Agents' tasks that need it directly and have not started. */
const waitingFor = (work: Work, id: TaskId): Task[] =>
  work.plan.tasks.filter(
    (task) => isAgentTask(task) && task.needs.includes(id) && statusOf(work, task.id) === 'pending',
  )

/**
 * Seconds that a review waits for a busy model. If others build on what differs from its promise, or the settings want every
 * review, as long as the agents behind it would be parked: they need a model, too.
 */
export function reviewWait(work: Work, id: TaskId): number {
  const { state } = recordOf(work, id)
  const reasons = state.status === 'verified' ? (state.review ?? []) : []
  return work.settings.review === 'all' || reasons.includes('promise') ? BUSY_MINUTES * 60 : REVIEW_WAIT
}

/** Verified tasks that a model has to review before they land. */
export const tasksAwaitingReview = (work: Work): TaskId[] =>
  taskIdsWithStatus(work, 'verified').filter((id) => isInReview(work, id))

export function isInReview(work: Work, id: TaskId): boolean {
  const { state } = recordOf(work, id)
  return state.status === 'verified' && state.review !== undefined
}
