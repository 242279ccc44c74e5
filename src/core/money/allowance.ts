import type { TaskFailure } from '../failure.ts'
import { ownOf } from '../own.ts'
import type { Stage, StageName } from '../plan/planning.ts'
import type { Settings } from '../settings.ts'
import { availableUsd, type Ledger } from './ledger.ts'
import { stageId } from './money-key.ts'

/** The most of a run's limit that one try of a stage may take. Planning must leave money for the work that it plans. */
export const STAGE_SHARE: Readonly<Record<StageName, number>> = {
  explore: 0.1,
  design: 0.3,
  critique: 0.1,
  scope: 0.05,
  expand: 0.1,
  replan: 0.1,
  synthesis: 0.05,
}

/** US dollars below which no call is worth a try. */
export const LEAST_USD = 0.001

/** What of a run decides how much it may still spend. */
interface Spender {
  ledger: Ledger
  /** By the stage's id: US dollars of its last try, if that was too little. */
  setbacks: Readonly<Record<string, { short: number | null }>>
}
type StageOf = Pick<Stage, 'name' | 'task'>

export const limitOf = ({ limit }: Ledger): number => limit ?? 0

/** Kept back from all but the last stage: a run that reaches its limit can still say what was done. */
export const reservedForSynthesis = (ledger: Ledger): number => limitOf(ledger) * STAGE_SHARE.synthesis

/** With as much as the last try had, where that was too little, the next would only come as far. */
const leastFor = ({ setbacks }: Spender, { name, task }: StageOf): number =>
  Math.max(LEAST_USD, (ownOf(setbacks, stageId(name, task))?.short ?? 0) * MORE)

/** US dollars for one try of a stage; null: there is not enough left. */
export function stageAllowance(run: Spender, stage: StageOf): number | null {
  const { ledger } = run
  const kept = stage.name === 'synthesis' ? 0 : reservedForSynthesis(ledger)
  const usd = Math.min(limitOf(ledger) * STAGE_SHARE[stage.name], availableUsd(ledger) - kept)
  return usd >= leastFor(run, stage) ? usd : null
}

/** Even with all of the limit left, the stage may not take as much as it needs. */
export const exceedsShare = (run: Spender, stage: StageOf): boolean =>
  leastFor(run, stage) > limitOf(run.ledger) * STAGE_SHARE[stage.name]

/** The least limit, in US dollars, with which the stage can be tried. */
export function limitFor(run: Spender, stage: StageOf): number {
  const least = leastFor(run, stage)
  const taken = limitOf(run.ledger) - availableUsd(run.ledger)
  return Math.max(least / STAGE_SHARE[stage.name], (taken + least) / (1 - STAGE_SHARE.synthesis))
}

/** Shares of the rest that one attempt may take, so that the first ones do not leave the others without. */
export const FAIR_SHARES = 3

/** The attempt had less money than the settings give one, since the run had no more: that says nothing about the task. */
export const isUnderfunded = (failure: TaskFailure | null, { budget }: Pick<Settings, 'budget'>): boolean =>
  failure?.reason === 'allowance-spent' && failure.usd < budget.task_usd

/** With about as much again, the next attempt would only come as far. */
const MORE = 1.25

/** US dollars below which an attempt after these is no use: 0 where they did not fail for want of money. */
export function leastAfterUnderfunded(
  attempts: readonly { failure: TaskFailure | null }[],
  settings: Pick<Settings, 'budget'>,
): number {
  const failure = attempts.at(-1)?.failure ?? null
  if (failure?.reason !== 'allowance-spent' || !isUnderfunded(failure, settings)) return 0
  return Math.min(failure.usd * MORE, settings.budget.task_usd)
}
