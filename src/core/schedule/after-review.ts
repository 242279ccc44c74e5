import type { TaskId } from '../ids.ts'
import { landing } from '../landing/gate.ts'
import { stageAllowance } from '../money/allowance.ts'
import { isTryOf } from '../money/money-key.ts'
import { priceOf } from '../money/price.ts'
import { dependantsOf } from '../plan/graph.ts'
import { isAgentTask, type Task } from '../plan/plan.ts'
import type { NewEvent } from '../run/event.ts'
import { recordOf, statusOf } from '../run/lookup.ts'
import { LONGEST_CHANGE, LONGEST_FINDING, MOST_FINDINGS } from '../run/review.ts'
import type { ActiveRun } from '../run/state.ts'
import type { Work } from '../run/work.ts'
import { reviewModelOf } from '../settings.ts'
import { taskAllowance } from './attempt-allowance.ts'
import { whyGivenUp } from './planning-stages.ts'
import { isInReview, tasksAwaitingReview } from './review-reasons.ts'

/** What a reviewer said. It decides nothing by itself: what follows is a rule. */
export interface ReviewAnswer {
  attempt: number
  model: string
  sendsBack: boolean
  findings: readonly string[]
  /** What tasks that have not started need to be told. */
  briefs: readonly { task: TaskId; words: string }[]
}

const MOST_BRIEFS = 8

/** Tasks whose briefs a review may change: agents' tasks that need this one, directly or not, and have not started. */
export function adaptableTasks(work: Work, id: TaskId): Task[] {
  const after = dependantsOf(work.plan.tasks, [id])
  return work.plan.tasks.filter(
    (task) => after.has(task.id) && isAgentTask(task) && statusOf(work, task.id) === 'pending',
  )
}

/** The events of a review. Empty if the task has moved on meanwhile: a person may have landed, retried or skipped it. */
export function reviewEvents(run: ActiveRun, id: TaskId, said: ReviewAnswer): NewEvent[] {
  const { work } = run
  const { state } = recordOf(work, id)
  const { attempt, model } = said
  if (state.status !== 'verified' || !isInReview(work, id) || state.attempt !== attempt) return []
  const findings = bounded(said.findings, MOST_FINDINGS, LONGEST_FINDING)
  const reviewed = { type: 'task_reviewed', task: id, attempt, findings, model } as const
  if (said.sendsBack && findings.length > 0 && maySendBack(run, id)) return [{ ...reviewed, verdict: 'sent-back' }]
  return [{ ...reviewed, verdict: 'accepted' }, ...adaptations(work, id, said), ...landing(work, id, attempt)]
}

/** Once, until a person looks at the task, and only if another attempt can be paid for. */
function maySendBack(run: ActiveRun, id: TaskId): boolean {
  const { work } = run
  if (recordOf(work, id).sentBack === true) return false
  return work.settings.worker.command.length > 0 || taskAllowance(run, id) !== null
}

const bounded = (texts: readonly string[], most: number, longest: number): string[] =>
  texts
    .map((text) => text.trim().slice(0, longest))
    .filter((text) => text !== '')
    .slice(0, most)

function adaptations(work: Work, of: TaskId, { attempt: ofAttempt, briefs }: ReviewAnswer): NewEvent[] {
  const open = new Set(adaptableTasks(work, of).map(({ id }) => id))
  const known = new Map(briefs.filter(({ task }) => open.has(task)).map(({ task, words }) => [task, words]))
  return [...known]
    .flatMap(([task, text]) => bounded([text], 1, LONGEST_CHANGE).map((words) => ({ task, words })))
    .slice(0, MOST_BRIEFS)
    .map(({ task, words }) => ({ type: 'task_adapted', task, of, ofAttempt, words }))
}

/** Tasks whose review cannot be had go on as if none had been asked for, and say why. */
export const reviewsLeftOut = (run: ActiveRun, hasModel: boolean): NewEvent[] =>
  tasksAwaitingReview(run.work).flatMap((task) => {
    const { state } = recordOf(run.work, task)
    const why = whyNoReview(run, task, hasModel)
    if (why === null || state.status !== 'verified') return []
    const { attempt } = state
    const leftOut: NewEvent = { type: 'task_reviewed', task, attempt, verdict: 'left-out', findings: [], why }
    return [leftOut, ...landing(run.work, task, attempt)]
  })

function whyNoReview(run: ActiveRun, task: TaskId, hasModel: boolean): string | null {
  const { settings } = run.work
  if (!hasModel) return 'the workflow has no key for a model'
  if (Object.keys(run.ledger.reserved).some((key) => isTryOf(key, 'review', task))) return null
  const model = reviewModelOf(settings)
  if (priceOf(model, settings) === null) return `${model} has no price`
  const why = whyGivenUp(run, 'review', task)
  if (why !== null) return why
  return stageAllowance(run, { name: 'review', task }) === null ? 'no money was left for it' : null
}
