import { addSpreads, exactly, type Forecast, type Measurements, type Spread } from '../money/measurements.ts'
import { predictCost } from '../money/predicted-cost.ts'
import type { Plan } from '../plan/plan.ts'
import type { Settings } from '../settings.ts'
import { worthParallel } from './parallel-worth.ts'

/** The prediction for a plan as it is proposed, kept to be shown beside what it took. `spentUsd`: so far, on the plan. */
export function forecastOf(plan: Plan, settings: Settings, measured: Measurements | null, spentUsd: number): Forecast {
  const minutesAt = (at: keyof Spread) => worthParallel(plan, settings, measured, at).parallelMinutes
  const minutes = { low: minutesAt('low'), likely: minutesAt('likely'), high: minutesAt('high') }
  return { measured, minutes, usd: usdOf(plan, settings, measured, spentUsd) }
}

function usdOf(plan: Plan, settings: Settings, measured: Measurements | null, spentUsd: number): Spread | null {
  if (settings.worker.command.length > 0) return null
  const later = spentUsd === 0 ? null : measured?.plannerUsd
  return addSpreads(addSpreads(exactly(spentUsd), predictCost(plan, settings, measured).usd), later ?? exactly(0))
}
