import { predictCost } from '../../core/money/predicted-cost.ts'
import { usdOf } from '../../core/money/usage.ts'
import { isAgentTask, type Plan } from '../../core/plan/plan.ts'
import { LEAST_SPEEDUP, whyNotFolded, worthParallel } from '../../core/schedule/parallel-worth.ts'
import { ASSUMED_MINUTES, predict } from '../../core/schedule/prediction.ts'
import type { Settings } from '../../core/settings.ts'
import { planningCosts } from '../cost.ts'
import { code, sentence } from '../markdown/code.ts'
import { count, duration, usd } from '../markdown/format.ts'
import type { PlannedRun } from './planned-run.ts'

const minutes = (number: number): string => duration(number * 60)

const NAMED = 25

/** Predicted time, parallel gain and cost of a plan, with the assumptions behind them. */
export function numbersSection(run: PlannedRun): string[] {
  const { plan, settings } = run.work
  const { slots } = settings
  const some = predict(plan, slots.start)
  const most = predict(plan, slots.cap)
  const gates = plan.tasks.filter((task) => task.kind === 'gate').length
  return [
    `- ${count(plan.tasks.length, 'task')}${gates === 0 ? '' : `, ${count(gates, 'gate')} among them`}; at most ${some.width} at work at once`,
    `- Critical path: ${path(some.criticalPath)}, ${minutes(some.criticalPathMinutes)}`,
    `- Work of all tasks together: ${minutes(some.workMinutes)}`,
    `- Predicted time: ${minutes(some.makespanMinutes)} with ${count(slots.start, 'slot')}${
      slots.cap > slots.start ? `, ${minutes(most.makespanMinutes)} with ${slots.cap}` : ''
    }, ${minutes(some.oneAgentMinutes)} one after another`,
    ...worth(run),
    ...money(run),
    '',
    `The times assume ${ASSUMED_MINUTES.small} minutes for a small task, ${ASSUMED_MINUTES.medium} for a medium and ${ASSUMED_MINUTES.large} for a large one, and nothing for a person at a gate.${reasons(plan, settings)}`,
  ]
}

function worth({ planning, work: { plan, settings } }: PlannedRun): string[] {
  if (plan.tasks.length < 2) return []
  const { gain, parallelMinutes, oneAgentMinutes } = worthParallel(plan, settings)
  const times = `${gain.toFixed(1)} times as fast (${minutes(parallelMinutes)} against ${minutes(oneAgentMinutes)}), with starting, reading and landing counted in`
  const inTheWay = planning === null ? null : whyNotFolded(plan, settings)
  return [
    gain < LEAST_SPEEDUP
      ? `- Working in parallel gains little here, ${times}: ${inTheWay === null ? 'one task would do as well' : `it is not folded into one task, since ${inTheWay}`}.`
      : `- Working in parallel is worth it: ${times}.`,
  ]
}

function money({ work: { plan, settings }, ledger }: PlannedRun): string[] {
  const planning = usdOf(planningCosts(ledger).flatMap(({ spending }) => spending))
  const planned = planning === 0 ? [] : [`- The plan itself has cost ${usd(planning)}`]
  if (!plan.tasks.some((task) => isAgentTask(task) || task.kind === 'plan'))
    return [...planned, '- Cost: none (no model)']
  if (settings.worker.command.length > 0)
    return [...planned, '- Predicted cost of the work: not known, since another program works on the tasks']
  const { usd: predicted } = predictCost(plan, settings)
  const limit = ledger.limit ?? settings.budget.usd
  const over = planning + predicted > limit ? ', **which is likely not enough: the run stops there and asks**' : ''
  return [...planned, `- Predicted cost of the work: ${usd(predicted)}`, `- Limit of money: ${usd(limit)}${over}`]
}

function reasons(plan: Plan, settings: Settings): string {
  if (!plan.tasks.some((task) => isAgentTask(task) || task.kind === 'plan')) return ''
  return predictCost(plan, settings)
    .reasons.map((reason) => ` ${sentence(reason)}`)
    .join('')
}

const path = (ids: readonly string[]): string =>
  ids.length <= NAMED
    ? ids.map(code).join(' → ')
    : `${ids
        .slice(0, NAMED - 1)
        .map(code)
        .join(' → ')} → … → ${ids.slice(-1).map(code).join('')} (${ids.length} tasks)`
