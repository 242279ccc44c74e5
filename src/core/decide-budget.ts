import { type Asked, type Decided, done, stampOf } from './asked.ts'
import type { RunEvent } from './event.ts'
import { reservedUsd, spentUsd } from './ledger.ts'
import { err } from './result.ts'
import { planWaitsForMoney } from './stages.ts'
import type { LiveRun } from './state.ts'

/** `/budget 8usd`: another limit of money for this run; a run that stopped at the old one goes on. */
export function decideBudget(state: LiveRun, asked: Asked<'budget'>): Decided {
  const { run, ledger } = state
  const { usd } = asked.command
  const spent = spentUsd(ledger)
  const aside = reservedUsd(ledger)
  const least = leastOf(spent, aside)
  if (usd < least) return err({ reason: 'budget-too-low', usd, spent, aside, least })
  if (usd === ledger.limit) return done({ code: 'already-done', run, detail: 'This is the limit of the run.' })
  const isPaused = state.phase === 'active' && state.paused?.cause === 'budget'
  const events: RunEvent[] = [{ type: 'budget_set', ...stampOf(asked), usd }]
  if (isPaused) events.push({ type: 'run_resumed', ...stampOf(asked) })
  const after = { ...state, ledger: { ...ledger, limit: usd } }
  const resumed = isPaused || (planWaitsForMoney(state) && !planWaitsForMoney(after))
  return done({ code: 'budget-set', run, usd, spent, resumed }, ...events)
}

/** In whole cents: what is set aside may be spent to the last of it, and where nothing is, a limit must leave something. */
function leastOf(spent: number, aside: number): number {
  const least = Math.ceil((spent + aside) * 100 - ROUNDING) / 100
  return least > spent ? least : least + 0.01
}

/** Sums of many small amounts are off by less than this many cents. */
const ROUNDING = 1e-6
