import type { TaskFailure } from '../failure.ts'
import { ownOf } from '../own.ts'
import type { Stage, StageName } from '../plan/planning.ts'
import type { Settings } from '../settings.ts'
import { type Ledger, reservedUsd, spentUsd } from './ledger.ts'
import { stageId } from './money-key.ts'

/** Maximum share of a run's limit for one try of a stage. Planning must leave money for the work. */
export const STAGE_SHARE: Readonly<Record<StageName, number>> = {
  explore: 0.1,
  design: 0.3,
  critique: 0.1,
  scope: 0.05,
  expand: 0.1,
  replan: 0.1,
  review: 0.05,
  synthesis: 0.05,
}

/** US dollars below which no call is worth a try. */
export const LEAST_USD = 0.001

/** The parts of a run that decide how much it may still spend. */
interface Spender {
  ledger: Ledger
  /** By stage id: US dollars of its last try, if they were too few. */
  setbacks: Readonly<Record<string, { short: number | null }>>
}
type StageOf = Pick<Stage, 'name' | 'task'>

export const limitOf = ({ limit }: Ledger): number => limit ?? 0

/** US dollars neither spent nor reserved; 0 before a limit is known. Never negative. */
export const availableUsd = (ledger: Ledger): number =>
  Math.max(0, limitOf(ledger) - spentUsd(ledger) - reservedUsd(ledger))

/** US dollars kept for the last stage, so that a run at its limit can still describe its changes. */
export const reservedForSynthesis = (ledger: Ledger): number => limitOf(ledger) * STAGE_SHARE.synthesis

/** More than the last try had, if that was too little: with the same sum, the next would get no further. */
const leastFor = ({ setbacks }: Spender, { name, task }: StageOf): number =>
  Math.max(LEAST_USD, (ownOf(setbacks, stageId(name, task))?.short ?? 0) * MORE)

/** US dollars for one try of a stage; null if not enough is left. */
export function stageAllowance(run: Spender, stage: StageOf): number | null {
  const { ledger } = run
  const kept = stage.name === 'synthesis' ? 0 : reservedForSynthesis(ledger)
  const usd = Math.min(limitOf(ledger) * STAGE_SHARE[stage.name], availableUsd(ledger) - kept)
  return usd >= leastFor(run, stage) ? usd : null
}

/** Whether the stage needs more than its share of the whole limit. */
export const exceedsShare = (run: Spender, stage: StageOf): boolean =>
  leastFor(run, stage) > limitOf(run.ledger) * STAGE_SHARE[stage.name]

/** The smallest limit, in US dollars, with which the stage can be tried. */
export function limitFor(run: Spender, stage: StageOf): number {
  const least = leastFor(run, stage)
  const taken = limitOf(run.ledger) - availableUsd(run.ledger)
  return Math.max(least / STAGE_SHARE[stage.name], (taken + least) / (1 - STAGE_SHARE.synthesis))
}

/** An attempt gets at most this fraction (1/n) of the rest, so that the first ones leave money for others. */
export const FAIR_SHARES = 3

/** The attempt had less money than `budget.task_usd`, since the run had no more: this says nothing about the task. */
export const isUnderfunded = (failure: TaskFailure | null, { budget }: Pick<Settings, 'budget'>): boolean =>
  failure?.reason === 'allowance-spent' && failure.usd < budget.task_usd

/** Factor over the last sum: with the same, the next attempt would get no further. */
const MORE = 1.25

/** US dollars that the next attempt needs at least; 0 if the last one did not fail for lack of money. */
export function leastAfterUnderfunded(
  attempts: readonly { failure: TaskFailure | null }[],
  settings: Pick<Settings, 'budget'>,
): number {
  const failure = attempts.at(-1)?.failure ?? null
  if (failure?.reason !== 'allowance-spent' || !isUnderfunded(failure, settings)) return 0
  return Math.min(failure.usd * MORE, settings.budget.task_usd)
}
