import { availableUsd, type Ledger, spentUsd } from '../core/ledger.ts'
import { mergeSpending, type Spending, tokensOf, type Usage, usdOf } from '../core/usage.ts'
import { code } from './code.ts'
import { bounded } from './escape.ts'
import { usd } from './money.ts'
import { table } from './table.ts'
import { count, listed } from './words.ts'

const number = (amount: number): string => amount.toLocaleString('en-US')

const usageOf = (spending: readonly Spending[], of: keyof Usage): number =>
  spending.reduce((sum, { usage }) => sum + usage[of], 0)

/** What the plan itself has cost; it stays the same while the run is at work. */
export const planningSpending = ({ spent }: Ledger): Spending[] =>
  mergeSpending(Object.entries(spent).flatMap(([key, all]) => (/^(?:explore|design|critique)#/.test(key) ? all : [])))

/** Money whose use nobody can tell, since a process died in mid-call; it counts as spent. */
const unknownUsd = (spending: readonly Spending[]): number => spending.reduce((sum, { unknown }) => sum + unknown, 0)

/** Models that answered; one that nobody can name is none of them. */
const modelsOf = (spending: readonly Spending[]): string[] =>
  [...new Set(spending.filter(({ calls }) => calls > 0).map(({ model }) => model))].map((model) =>
    code(bounded(model, 60)),
  )

/** `0.42 USD, 12,300 tokens, claude-sonnet-5-5`, for a cell of a table; empty where no model worked. */
export function costCell(spending: readonly Spending[]): string {
  if (spending.length === 0) return ''
  const tokens = spending.reduce((sum, { usage }) => sum + tokensOf(usage), 0)
  const unknown = unknownUsd(spending) > 0 ? ['partly unknown'] : []
  return [usd(usdOf(spending)), ...unknown, `${number(tokens)} tokens`, ...modelsOf(spending)].join(', ')
}

/** Everything about what calls have cost, as a list; `none (no model)` where there were none. */
export function costFacts(spending: readonly Spending[]): string[] {
  if (spending.length === 0) return ['- Cost: none (no model)']
  const calls = spending.reduce((sum, one) => sum + one.calls, 0)
  const models = modelsOf(spending)
  const tokens = (['fresh', 'cached', 'written', 'output'] as const)
    .map((of) => `${number(usageOf(spending, of))} ${NAMES[of]}`)
    .join(', ')
  const lost = unknownUsd(spending)
  return [
    `- Cost: ${usd(usdOf(spending))}, ${count(calls, 'call')}${models.length === 0 ? '' : ` of ${listed(models)}`}`,
    `- Tokens: ${tokens}`,
    ...(lost > 0 ? [`- ${usd(lost)} of it was set aside and never accounted for: it counts as spent`] : []),
  ]
}

const NAMES: Readonly<Record<keyof Usage, string>> = {
  fresh: 'fresh',
  cached: 'read from the cache',
  written: 'written to the cache',
  output: 'of output',
}

/** A row for each role and model, with the sums where there are several. */
export function costTable(spending: readonly Spending[]): string[] {
  const rows = spending.map((one) => row(one.role, one.calls > 0 ? code(bounded(one.model, 60)) : 'unknown', [one]))
  const sum = rows.length > 1 ? [row('all', '', spending)] : []
  return table(['Role', 'Model', 'Calls', 'Fresh', 'Cached', 'Written', 'Output', 'Cost'], [...rows, ...sum])
}

const row = (role: string, model: string, spending: readonly Spending[]): string[] => [
  role,
  model,
  number(spending.reduce((sum, { calls }) => sum + calls, 0)),
  ...(['fresh', 'cached', 'written', 'output'] as const).map((of) => number(usageOf(spending, of))),
  `${usd(usdOf(spending))}${unknownUsd(spending) > 0 ? ' (partly unknown)' : ''}`,
]

/** What the run may still spend. Empty where it has no limit yet, since nothing is known of it. */
export function budgetLine(ledger: Ledger): string {
  if (ledger.limit === null) return ''
  const aside = Object.values(ledger.reserved).reduce((sum, reserved) => sum + reserved.usd, 0)
  const parts = [
    `${usd(spentUsd(ledger))} spent`,
    ...(aside > 0 ? [`${usd(aside)} set aside for what is at work`] : []),
    `${usd(availableUsd(ledger))} left of ${usd(ledger.limit)}`,
  ]
  return `Money: ${parts.join(', ')}.`
}

/** A limit with which a run that has reached its own can go on, in whole dollars. */
export const nextLimit = (ledger: Ledger): number =>
  Math.ceil(Math.max(ledger.limit ?? 0, spentUsd(ledger)) + Math.max(1, (ledger.limit ?? 0) / 2))
