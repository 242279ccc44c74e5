import type { TaskId } from '../ids.ts'
import {
  availableUsd,
  FAIR_SHARES,
  LEAST_USD,
  leastAfterUnderfunded,
  limitOf,
  reservedForSynthesis,
  STAGE_SHARE,
} from '../money/allowance.ts'
import { isTryOf } from '../money/money-key.ts'
import { predictAttempt } from '../money/predicted-cost.ts'
import { isAgentTask, type Task } from '../plan/plan.ts'
import { recordOf, taskOf } from '../run/lookup.ts'
import type { ActiveRun } from '../run/state.ts'
import type { TaskRecord } from '../run/task-record.ts'
import type { Work } from '../run/work.ts'

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
