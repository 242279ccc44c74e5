import type { TaskFailure } from './failure.ts'
import type { Settings } from './settings.ts'
import type { AttemptRecord } from './state.ts'

/** The attempt had less money than the settings give one, since the run had no more: that says nothing about the task. */
export const isShortage = (failure: TaskFailure | null, { budget }: Pick<Settings, 'budget'>): boolean =>
  failure?.reason === 'allowance-spent' && failure.usd < budget.task_usd

/** With about as much again, the next attempt would only come as far. */
export const MORE = 1.25

/** US dollars below which an attempt after these is no use: 0 where they did not fail for want of money. */
export function leastAfter(attempts: readonly AttemptRecord[], settings: Pick<Settings, 'budget'>): number {
  const failure = attempts.at(-1)?.failure ?? null
  if (failure?.reason !== 'allowance-spent' || !isShortage(failure, settings)) return 0
  return Math.min(failure.usd * MORE, settings.budget.task_usd)
}
