import type { RunEvent } from '../core/event.ts'
import { allSpending, type Ledger } from '../core/ledger.ts'
import { tokensOf } from '../core/usage.ts'
import { budgetLine } from './cost.ts'
import { bounded } from './escape.ts'
import { usd } from './money.ts'
import { waits } from './planning-spans.ts'
import { busy, idle, overlap, type Span, slotsIn } from './spans.ts'
import { count, duration, listed } from './words.ts'

/** How long the work took, how much of it went on at once, and what people were waited for. */
export function timeSums(events: readonly RunEvent[], planner: readonly Span[], slots: readonly Span[]): string[] {
  if (slots.length === 0) return planner.length === 0 ? [] : waited(events)
  const wall = Math.max(...slots.map(({ to }) => to)) - Math.min(...slots.map(({ from }) => from))
  const total = busy(slots)
  const both = overlap(planner, slots)
  return [
    `${duration(wall)} from the first start to the last end, ${duration(total)} of work in ${count(slotsIn(slots).length, 'slot')}: ${(total / Math.max(wall, 0.1)).toFixed(1)} at once on average`,
    `${duration(idle(slots))} in which a slot stood idle between two pieces of work`,
    ...(both > 0 ? [`${duration(both)} in which the planner and the slots were at work at the same time`] : []),
    ...(planner.length === 0 ? [] : waited(events)),
  ]
}

function waited(events: readonly RunEvent[]): string[] {
  const all = waits(events)
  const sums = [...new Set(all.map(({ label }) => label))].map(
    (label) => `${duration(busy(all.filter((wait) => wait.label === label)))} for ${label}`,
  )
  return sums.length === 0 ? [] : [`People were waited for: ${listed(sums)}`]
}

/** A line for each role and model, then the sum against the limit. Empty where no model was asked. */
export function moneySums(ledger: Ledger): string[] {
  const spending = allSpending(ledger)
  if (spending.length === 0) return []
  const lines = spending.map(
    ({ role, model, usd: spent, calls, usage }) =>
      `  ${role.padEnd(9)}  ${bounded(model, 30).padEnd(30)}  ${usd(spent).padStart(12)}  ${tokensOf(usage).toLocaleString('en-US')} tokens in ${count(calls, 'call')}`,
  )
  return ['Money', ...lines, `  ${budgetLine(ledger).replace(/^Money: /, '')}`]
}
