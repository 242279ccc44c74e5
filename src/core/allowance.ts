import { availableUsd, type Ledger } from './ledger.ts'
import { isTryOf, stageId } from './money-key.ts'
import type { Task } from './plan.ts'
import type { Stage, StageName } from './planning.ts'
import { predictAttempt } from './predict-cost.ts'
import type { TaskId } from './ref.ts'
import { leastAfter, MORE } from './shortage.ts'
import { type ActiveRun, type LiveRun, recordOf, type TaskRecord, taskOf, type Work } from './state.ts'
import { isAgentTask } from './tier.ts'

/** The most of a run's limit that one try of a stage may take. Planning must leave money for the work that it plans. */
const SHARE: Readonly<Record<StageName, number>> = {
  explore: 0.1,
  design: 0.3,
  critique: 0.1,
  scope: 0.05,
  expand: 0.1,
  replan: 0.1,
  synthesis: 0.05,
}

/** US dollars below which no call is worth a try. */
const LEAST = 0.001

type Spender = Pick<LiveRun, 'ledger' | 'setbacks'>
type StageOf = Pick<Stage, 'name' | 'task'>

const limitOf = ({ limit }: Ledger): number => limit ?? 0

/** Kept back from all but the last stage: a run that reaches its limit can still say what was done. */
const keptBack = (ledger: Ledger): number => limitOf(ledger) * SHARE.synthesis

/** With as much as the last try had, where that was too little, the next would only come as far. */
const leastFor = ({ setbacks }: Spender, { name, task }: StageOf): number =>
  Math.max(LEAST, (setbacks[stageId(name, task)]?.short ?? 0) * MORE)

/** US dollars for one try of a stage; null: there is not enough left. */
export function stageAllowance(run: Spender, stage: StageOf): number | null {
  const { ledger } = run
  const kept = stage.name === 'synthesis' ? 0 : keptBack(ledger)
  const usd = Math.min(limitOf(ledger) * SHARE[stage.name], availableUsd(ledger) - kept)
  return usd >= leastFor(run, stage) ? usd : null
}

/** Even with all of the limit left, the stage may not take as much as it needs. */
export const exceedsShare = (run: Spender, stage: StageOf): boolean =>
  leastFor(run, stage) > limitOf(run.ledger) * SHARE[stage.name]

/** The least limit, in US dollars, with which the stage can be tried. */
export function limitFor(run: Spender, stage: StageOf): number {
  const least = leastFor(run, stage)
  const taken = limitOf(run.ledger) - availableUsd(run.ledger)
  return Math.max(least / SHARE[stage.name], (taken + least) / (1 - SHARE.synthesis))
}

/** Shares of the rest that one attempt may take, so that the first ones do not leave the others without. */
const FAIR = 3

/** US dollars that the next attempt at a task may spend; null: there is not enough left. */
export function taskAllowance(run: ActiveRun, id: TaskId): number | null {
  const { ledger, work } = run
  const others = work.plan.tasks.filter(
    (task) => task.id !== id && isAgentTask(task) && isToCome(recordOf(work, task.id)),
  )
  const left = availableUsd(ledger) - keptBack(ledger) - keptForDesign(run)
  const { task_usd: most } = work.settings.budget
  const needed = (task: Task): number => Math.min(predictAttempt([task], work.settings).usd, most)
  const likely = needed(taskOf(work, id))
  // Not so much that the others find less than they are likely to need. Where there is too little for all of them, fewer
  // get enough: a fair share of little would be of use to nobody.
  const spare = left - others.reduce((sum, task) => sum + needed(task), 0)
  const fair = Math.min(spare, (left * FAIR) / (FAIR + others.length))
  const usd = Math.min(most, Math.max(fair, Math.min(left, likely)))
  const least = Math.max(LEAST * 10, likely / 2, leastAfter(closedAttempts(work, id), work.settings))
  return usd >= least ? usd : null
}

/** A plan that is not settled may have to be written once more, however much work has begun meanwhile. */
const keptForDesign = ({ planning, ledger }: ActiveRun): number =>
  planning === null || planning.settled || Object.keys(ledger.reserved).some((key) => isTryOf(key, 'design'))
    ? 0
    : limitOf(ledger) * SHARE.design

const isToCome = ({ state }: TaskRecord): boolean => state.status === 'pending' || state.status === 'queued'

/** Those before the one that is to be paid for. */
const closedAttempts = (work: Work, id: TaskId) =>
  recordOf(work, id).attempts.filter(({ outcome }) => outcome !== 'open')
