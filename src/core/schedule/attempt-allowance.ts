import type { TaskId } from '../ids.ts'
import {
  FAIR_SHARES,
  LEAST_USD,
  leastAfterUnderfunded,
  limitOf,
  reservedForSynthesis,
  STAGE_SHARE,
} from '../money/allowance.ts'
import { availableUsd, spentUsd } from '../money/ledger.ts'
import { isTryOf } from '../money/money-key.ts'
import { predictAttempt } from '../money/predicted-cost.ts'
import { isAgentTask, type Task } from '../plan/plan.ts'
import type { NewEvent } from '../run/event.ts'
import { recordOf, taskOf } from '../run/lookup.ts'
import type { ActiveRun } from '../run/state.ts'
import type { TaskRecord } from '../run/task-record.ts'
import { tasksWithStatus } from '../run/task-status.ts'
import type { Work } from '../run/work.ts'
import { stagesInWant } from './planning-stages.ts'
import { type Assigned, startable } from './ready.ts'

/** US dollars that the next attempt at a task may spend; null if not enough is left. */
export function taskAllowance(run: ActiveRun, id: TaskId): number | null {
  const { ledger, work } = run
  const others = work.plan.tasks.filter(
    (task) => task.id !== id && isAgentTask(task) && isToCome(recordOf(work, task.id)),
  )
  const left = availableUsd(ledger) - reservedForSynthesis(ledger) - keptForDesign(run)
  const { task_usd: most } = work.settings.budget
  const needed = (task: Task): number => Math.min(predictAttempt([task], work.settings).usd, most)
  const likely = needed(taskOf(work, id))
  // Leaves the others what they are likely to need. If there is too little for all, some get enough, since a fair share
  // would be too little for each.
  const spare = left - others.reduce((sum, task) => sum + needed(task), 0)
  const fair = Math.min(spare, (left * FAIR_SHARES) / (FAIR_SHARES + others.length))
  const usd = Math.min(most, Math.max(fair, Math.min(left, likely)))
  const least = Math.max(LEAST_USD * 10, likely / 2, leastAfterUnderfunded(closedAttempts(work, id), work.settings))
  return usd >= least ? usd : null
}

/** US dollars kept for another design while the plan is not settled, even if tasks have started. */
const keptForDesign = ({ planning, ledger }: ActiveRun): number =>
  planning === null || planning.settled || Object.keys(ledger.reserved).some((key) => isTryOf(key, 'design'))
    ? 0
    : limitOf(ledger) * STAGE_SHARE.design

const isToCome = ({ state }: TaskRecord): boolean => state.status === 'pending' || state.status === 'queued'

/** The attempts before the one that is paid for. */
const closedAttempts = (work: Work, id: TaskId) =>
  recordOf(work, id).attempts.filter(({ outcome }) => outcome !== 'open')

type Started = Extract<NewEvent, { type: 'task_started' | 'verification_started' }>

/** The start of what a slot was assigned; null: the money is not enough for the attempt, and its task stays queued. */
export function startOf(run: ActiveRun, assigned: Assigned): Started | null {
  if (assigned.kind === 'verification') {
    const { on, attempt, slot } = assigned
    return { type: 'verification_started', on, attempt, slot }
  }
  const { task, attempt, slot } = assigned
  const started = { type: 'task_started', task, attempt, slot } as const
  if (!costsMoney(run.work, task)) return started
  const allowance = taskAllowance(run, task)
  return allowance === null ? null : { ...started, allowance }
}

const costsMoney = (work: Work, id: TaskId): boolean =>
  isAgentTask(taskOf(work, id)) && work.settings.worker.command.length === 0

/** Pauses a run at its limit: nothing is at work, and nothing that is ready can be paid for. Null: it goes on. */
export function pauseAtLimit(run: ActiveRun, hasModel: boolean): NewEvent | null {
  const { work, ledger, paused } = run
  if (paused !== null || tasksWithStatus(work, 'in_progress').length > 0) return null
  if (Object.keys(ledger.reserved).length > 0) return null
  const isPlannerShort = hasModel && stagesInWant(run).length > 0
  if (!isPlannerShort && !areTasksShort(run)) return null
  const why = `the limit of ${limitOf(ledger).toFixed(2)} USD is reached: ${spentUsd(ledger).toFixed(2)} USD are spent`
  return { type: 'run_paused', why, cause: 'budget' }
}

function areTasksShort(run: ActiveRun): boolean {
  const { work } = run
  if (!work.plan.tasks.some(({ id }) => costsMoney(work, id))) return false
  const ready = startable(work).filter(({ id }) => costsMoney(work, id))
  return ready.length > 0 && ready.every(({ id }) => taskAllowance(run, id) === null)
}
