import { costsOf } from '../core/ledger.ts'
import type { LiveRun } from '../core/state.ts'
import { budgetLine, costTable } from './cost.ts'
import { sections } from './table.ts'

/** What the run has cost by role and model, and what is left. Empty where no model was asked for anything. */
export function moneySection({ ledger }: LiveRun): string[] {
  const costs = costsOf(ledger, () => true)
  const isUsed = costs.length > 0 || Object.keys(ledger.reserved).length > 0
  return isUsed ? sections(['### Money'], costTable(costs), [budgetLine(ledger)]) : []
}
