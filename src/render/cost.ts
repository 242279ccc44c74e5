import { availableUsd } from '../core/money/allowance.ts'
import { type Cost, costsOf, type Ledger, spentUsd } from '../core/money/ledger.ts'
import { isTryOf } from '../core/money/money-key.ts'
import { mergeSpending, type Spending, type Usage, usdOf } from '../core/money/usage.ts'
import type { LiveRun } from '../core/run/state.ts'
import { leastLimit } from '../core/schedule/planning-stages.ts'
import { sections, table } from './markdown/blocks.ts'
import { code } from './markdown/code.ts'
import { bounded } from './markdown/escape.ts'
import { commaList, count, duration, usd } from './markdown/format.ts'

const number = (amount: number): string => amount.toLocaleString('en-US')

const usageOf = (spending: readonly Spending[], of: keyof Usage): number =>
  spending.reduce((sum, { usage }) => sum + usage[of], 0)

const WHOLE_PLAN = ['explore', 'design', 'critique'] as const

/** The cost of planning itself, which does not change during the run. */
export const planningCosts = (ledger: Ledger): Cost[] =>
  costsOf(ledger, (key) => WHOLE_PLAN.some((name) => isTryOf(key, name)))

/** US dollars of calls whose usage is unknown, since a process died during the call. They count as spent. */
const unknownUsd = (spending: readonly Spending[]): number => spending.reduce((sum, { unknown }) => sum + unknown, 0)

/** The models that answered at least one call. */
const modelsOf = (spending: readonly Spending[]): string[] =>
  [...new Set(spending.filter(({ calls }) => calls > 0).map(({ model }) => model))].map((model) =>
    code(bounded(model, 60)),
  )

/** Tokens and cost for two cells of a table; empty if no model was used. */
export function costCells(spending: readonly Spending[]): [tokens: string, cost: string] {
  if (spending.length === 0) return ['', '']
  const tokens = TOKEN_KINDS.map((of) => `${number(usageOf(spending, of))} ${of}`).join(', ')
  const unknown = unknownUsd(spending) > 0 ? ['partly unknown'] : []
  return [tokens, [usd(usdOf(spending)), ...unknown, ...modelsOf(spending)].join(', ')]
}

const TOKEN_KINDS = ['fresh', 'cached', 'written', 'output'] as const satisfies readonly (keyof Usage)[]

/** Cost, calls, models and tokens as a list; `none (no model)` if there were no calls. */
export function costFacts(spending: readonly Spending[]): string[] {
  if (spending.length === 0) return ['- Cost: none (no model)']
  const calls = spending.reduce((sum, one) => sum + one.calls, 0)
  const models = modelsOf(spending)
  const tokens = TOKEN_KINDS.map((of) => `${number(usageOf(spending, of))} ${TOKEN_WORDS[of]}`).join(', ')
  const lost = unknownUsd(spending)
  return [
    `- Cost: ${usd(usdOf(spending))}, ${count(calls, 'call')}${models.length === 0 ? '' : ` of ${commaList(models)}`}`,
    ...(calls === 0 ? [] : [`- Tokens: ${tokens}`]),
    ...(lost > 0
      ? [`- ${usd(lost)} of this was reserved, and what it was spent on is not known: it counts as spent`]
      : []),
  ]
}

const TOKEN_WORDS: Readonly<Record<keyof Usage, string>> = {
  fresh: 'fresh',
  cached: 'read from the cache',
  written: 'written to the cache',
  output: 'of output',
}

/** A row for each role and model, and their sum. The column of attempts counts planning stages and attempts at tasks. */
export function costTable(costs: readonly Cost[]): string[] {
  const kinds = mergeSpending(costs.flatMap(({ spending }) => spending))
  const rows = kinds.map(({ role, model, calls }) =>
    row(role, calls > 0 ? code(bounded(model, 60)) : 'unknown', costsOfModel(costs, role, model)),
  )
  const sum = rows.length > 1 ? [row('all', '', costs)] : []
  return table(['Role', 'Work', 'Tokens', 'Cost'], [...rows, ...sum])
}

const costsOfModel = (costs: readonly Cost[], role: string, model: string): Cost[] =>
  costs
    .map(({ spending, seconds }) => ({
      seconds,
      spending: spending.filter((one) => one.role === role && one.model === model),
    }))
    .filter(({ spending }) => spending.length > 0)

function row(role: string, model: string, costs: readonly Cost[]): string[] {
  const spending = costs.flatMap((cost) => cost.spending)
  const seconds = costs.reduce((sum, cost) => sum + cost.seconds, 0)
  const calls = spending.reduce((sum, one) => sum + one.calls, 0)
  return [
    model === '' ? role : `${role}, ${model}`,
    `${duration(seconds)}, ${count(costs.length, 'attempt')}, ${count(calls, 'call')}`,
    TOKEN_KINDS.map((of) => `${number(usageOf(spending, of))} ${of}`).join(', '),
    `${usd(usdOf(spending))}${unknownUsd(spending) > 0 ? ' (partly unknown)' : ''}`,
  ]
}

/** What the run has spent and may still spend, as a sentence. Empty if it has no limit yet. */
export const budgetLine = (ledger: Ledger): string => (ledger.limit === null ? '' : `Money: ${budgetText(ledger)}.`)

/** The same as words after a colon. */
export function budgetText(ledger: Ledger): string {
  const aside = Object.values(ledger.reserved).reduce((sum, reserved) => sum + reserved.usd, 0)
  const parts = [
    `${usd(spentUsd(ledger))} spent`,
    ...(aside > 0 ? [`${usd(aside)} reserved for what is at work`] : []),
    ...(ledger.limit === null ? [] : [`${usd(availableUsd(ledger))} left of ${usd(ledger.limit)}`]),
  ]
  return parts.join(', ')
}

/** A limit in whole dollars that lets a run go on after it has reached its own. */
const suggestedLimit = (ledger: Ledger): number =>
  Math.ceil(Math.max(ledger.limit ?? 0, spentUsd(ledger)) + Math.max(1, (ledger.limit ?? 0) / 2))

/** The cost of the run by role and model, and what is left, without a heading. Empty if no model was called. */
export function moneySection({ ledger }: LiveRun): string[] {
  const costs = costsOf(ledger, () => true)
  const isUsed = costs.length > 0 || Object.keys(ledger.reserved).length > 0
  return isUsed ? sections(costTable(costs), [budgetLine(ledger)]) : []
}

/** The cost of the run by role and model alone, for a fold whose title says what is left. */
export const costsOfRun = ({ ledger }: LiveRun): string[] => {
  const costs = costsOf(ledger, () => true)
  return costs.length === 0 ? [] : costTable(costs)
}

/** The `/budget` command with a limit in whole dollars that lets the run go on. */
export const budgetCommand = (run: LiveRun): string =>
  code(`/budget ${Math.ceil(Math.max(suggestedLimit(run.ledger), leastLimit(run)))}usd`)

/** The heading of a run whose planner waits for more money. */
export const outOfMoneyHeadline = (run: LiveRun): { title: string; detail: string } => ({
  title: 'Planning: paused at the limit of money',
  detail: `The limit is ${usd(run.ledger.limit ?? 0)}, of which the run has spent ${usd(spentUsd(run.ledger))}; what the planner may take of it is not enough for its next step, and no more calls to a model are made. Nothing is lost: ${budgetCommand(run)} goes on from here.`,
})
