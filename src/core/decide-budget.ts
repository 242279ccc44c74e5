import { type Asked, type Decided, done, stampOf } from './asked.ts'
import type { RunEvent } from './event.ts'
import { spentUsd } from './ledger.ts'
import { err } from './result.ts'
import { planWaitsForMoney } from './stages.ts'
import type { LiveRun } from './state.ts'

/** `/budget 8usd`: another limit of money for this run; a run that stopped at the old one goes on. */
export function decideBudget(state: LiveRun, asked: Asked<'budget'>): Decided {
  const { run, ledger } = state
  const { usd } = asked.command
  const spent = spentUsd(ledger)
  if (usd <= spent) return err({ reason: 'budget-too-low', usd, spent })
  if (usd === ledger.limit) return done({ code: 'already-done', run, detail: 'This is the limit of the run.' })
  const isPaused = state.phase === 'active' && state.paused?.cause === 'budget'
  const events: RunEvent[] = [{ type: 'budget_set', ...stampOf(asked), usd }]
  if (isPaused) events.push({ type: 'run_resumed', ...stampOf(asked) })
  const after = { ...state, ledger: { ...ledger, limit: usd } }
  const resumed = isPaused || (planWaitsForMoney(state) && !planWaitsForMoney(after))
  return done({ code: 'budget-set', run, usd, spent, resumed }, ...events)
}
