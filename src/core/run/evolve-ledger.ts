import { type Ledger, reserve, settle, settleLost, settleOf } from '../money/ledger.ts'
import { attemptKey } from '../money/money-key.ts'
import type { Spending } from '../money/usage.ts'
import type { ChangingEvent } from './folds.ts'

/** The ledger after an event. A reservation that ends without reported usage counts as spent, in full. */
export function evolveLedger(ledger: Ledger, event: ChangingEvent<'ledger'>): Ledger {
  switch (event.type) {
    case 'planning_begun':
      return { ...ledger, limit: ledger.limit ?? event.limit }
    case 'plan_proposed':
      return { ...ledger, limit: ledger.limit ?? event.settings.budget.usd }
    case 'budget_set':
      return { ...ledger, limit: event.usd }
    case 'money_reserved':
      return reserve(ledger, event.stage, { role: event.role, usd: event.usd, since: event.at })
    case 'money_settled':
      return settle(ledger, event.stage, event.spending, event.at)
    case 'stage_failed':
      return settle(ledger, event.stage, null, event.at)
    case 'task_started':
      return event.allowance === undefined
        ? ledger
        : reserve(ledger, attemptKey(event.task, event.attempt), {
            role: 'work',
            usd: event.allowance,
            since: event.at,
          })
    case 'task_verified':
      return settle(ledger, attemptKey(event.task, event.attempt), event.report?.spending ?? null, event.at)
    case 'task_failed':
      return settleAttempt(ledger, event, event.report?.spending)
    case 'task_returned':
      return settleAttempt(ledger, event, event.unbegun ? [] : undefined)
    case 'task_cancelled':
    case 'task_skipped':
      return settleOf(ledger, event.task, event.at)
  }
}

type EndedAttempt = Extract<ChangingEvent<'ledger'>, { type: 'task_failed' | 'task_returned' }>

/** `spending`: as its slot reported it; undefined: its slot died before it could. */
const settleAttempt = (
  ledger: Ledger,
  { task, attempt, lastKnown, at }: EndedAttempt,
  spending: readonly Spending[] | undefined,
): Ledger =>
  spending === undefined
    ? settleLost(ledger, attemptKey(task, attempt), lastKnown ?? [], at)
    : settle(ledger, attemptKey(task, attempt), spending, at)
