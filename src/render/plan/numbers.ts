import { STAGE_SHARE } from '../../core/money/allowance.ts'
import { spentUsd } from '../../core/money/ledger.ts'
import { type Forecast, type Measurements, measuredLike, type Spread } from '../../core/money/measurements.ts'
import { predictCost } from '../../core/money/predicted-cost.ts'
import { usdOf } from '../../core/money/usage.ts'
import { isAgentTask, type Plan } from '../../core/plan/plan.ts'
import { LEAST_SPEEDUP, whyNotFolded, worthParallel } from '../../core/prediction/parallel-worth.ts'
import { ASSUMED_MINUTES, minutesBy, predict } from '../../core/prediction/prediction.ts'
import type { Work } from '../../core/run/work.ts'
import type { Settings } from '../../core/settings.ts'
import { planningCosts } from '../cost.ts'
import { code, sentence } from '../markdown/code.ts'
import { count, duration, secondsBetween, usd } from '../markdown/format.ts'
import type { PlannedRun } from './planned-run.ts'

const minutes = (number: number): string => duration(number * 60)

const NAMED = 25

/** `12 min (9 min to 18 min)`; what is only assumed has no spread. */
const spread = ({ low, likely, high }: Spread, show: (number: number) => string): string =>
  low === high ? show(likely) : `${show(likely)} (${show(low)} to ${show(high)})`

/** Predicted time, parallel gain and cost of a plan, and what that rests on. */
export function numbersSection(run: PlannedRun): string[] {
  const { plan, settings, forecast } = run.work
  const { slots } = settings
  const measured = forecast?.measured ?? null
  const predicted = (count: number, at: keyof Spread = 'likely') =>
    predict(plan, count, minutesBy(settings, measured, at))
  const some = predicted(slots.start)
  const most = predicted(slots.cap)
  const time = {
    low: predicted(slots.start, 'low').makespanMinutes,
    likely: some.makespanMinutes,
    high: predicted(slots.start, 'high').makespanMinutes,
  }
  const gates = plan.tasks.filter((task) => task.kind === 'gate').length
  return [
    `- ${count(plan.tasks.length, 'task')}${gates === 0 ? '' : `, ${count(gates, 'gate')} among them`}; at most ${some.width} at work at once`,
    `- Critical path: ${path(some.criticalPath)}, ${minutes(some.criticalPathMinutes)}`,
    `- Work of all tasks together: ${minutes(some.workMinutes)}`,
    `- Predicted time: ${spread(time, minutes)} with ${count(slots.start, 'slot')}${
      slots.cap > slots.start ? `, ${minutes(most.makespanMinutes)} with ${slots.cap}` : ''
    }, ${minutes(some.oneAgentMinutes)} one after another`,
    ...worth(run),
    ...money(run),
    '',
    basis(run.work),
  ]
}

/** Whether the numbers were measured on finished tasks, or are a guess. */
function basis({ plan, settings, forecast }: Work): string {
  const measured = forecast?.measured ?? null
  const known = plan.tasks.filter((task) => measuredLike(measured, task, settings) !== null).length
  const tasks = plan.tasks.filter(({ kind }) => kind !== 'gate').length
  const assumed = `The times assume ${ASSUMED_MINUTES.small} minutes for a small task, ${ASSUMED_MINUTES.medium} for a medium and ${ASSUMED_MINUTES.large} for a large one, and nothing for a person at a gate.${reasons(plan, settings, measured)}`
  if (measured === null || known === 0)
    return `No finished tasks of these sizes and models to go by: a guess. ${assumed}`
  const from = `From ${count(measured.tasks, 'finished task')} of ${count(measured.runs, 'run')} here: the median and, in brackets, the lower and the upper quartile of each size and model.`
  return known === tasks
    ? from
    : `${from} That holds for ${known} of the ${tasks} tasks; the others are a guess. ${assumed}`
}

function worth({ planning, work: { plan, settings, forecast } }: PlannedRun): string[] {
  if (plan.tasks.length < 2) return []
  const { gain, parallelMinutes, oneAgentMinutes } = worthParallel(plan, settings, forecast?.measured)
  const times = `${gain.toFixed(1)} times as fast (${minutes(parallelMinutes)} against ${minutes(oneAgentMinutes)}), with starting, reading and landing counted in`
  const inTheWay = planning === null ? null : whyNotFolded(plan, settings)
  return [
    gain < LEAST_SPEEDUP
      ? `- Working in parallel gains little here, ${times}: ${inTheWay === null ? 'one task would do as well' : `it is not folded into one task, since ${inTheWay}`}.`
      : `- Working in parallel is worth it: ${times}.`,
  ]
}

function money({ work: { plan, settings, forecast }, ledger }: PlannedRun): string[] {
  const planning = usdOf(planningCosts(ledger).flatMap(({ spending }) => spending))
  const planned = planning === 0 ? [] : [`- The plan itself has cost ${usd(planning)}`]
  if (!plan.tasks.some((task) => isAgentTask(task) || task.kind === 'plan'))
    return [...planned, '- Cost: none (no model)']
  const limit = ledger.limit ?? settings.budget.usd
  if (settings.worker.command.length > 0)
    return [
      ...planned,
      '- Predicted cost of the work: not known, since another program works on the tasks',
      ...reviews(settings, limit),
    ]
  const predicted = predictCost(plan, settings, forecast?.measured).usd
  const over =
    planning + predicted.likely > limit ? ', **which is likely not enough: the run stops there and asks**' : ''
  return [
    ...planned,
    `- Predicted cost of the work: ${spread(predicted, usd)}`,
    ...whole(forecast),
    ...reviews(settings, limit),
    `- Limit of money: ${usd(limit)}${over}`,
  ]
}

const REVIEWED: Readonly<Record<Exclude<Settings['review'], 'off'>, string>> = {
  risky: 'risky results, of which nothing is known before',
  all: 'the result of each agent',
}

/** How many there will be is not known, but what one may cost is. */
const reviews = ({ review }: Settings, limit: number): string[] =>
  review === 'off'
    ? []
    : [`- A model reviews ${REVIEWED[review]}: at most ${usd(limit * STAGE_SHARE.review)} each, beside the work`]

/** Only if it was measured what the planner and the reviews still cost after the approval. */
const whole = (forecast: Forecast | undefined): string[] =>
  forecast?.usd == null || forecast.measured?.plannerUsd == null
    ? []
    : [`- Predicted cost of the whole run, planner and reviews included: ${spread(forecast.usd, usd)}`]

function reasons(plan: Plan, settings: Settings, measured: Measurements | null): string {
  if (!plan.tasks.some((task) => isAgentTask(task) || task.kind === 'plan')) return ''
  return predictCost(plan, settings, measured)
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

/** What was predicted for the plan beside what it took, once it is verified; empty if only a part of it was approved. */
export function predictedBesideTaken({ work, ledger }: PlannedRun): string[] {
  const { forecast, verification, startedAt, approved, amendments } = work
  if (forecast === undefined || startedAt === null || approved !== null || verification?.status !== 'passed') return []
  const { measured } = forecast
  const from = measured === null ? 'a guess' : `from ${count(measured.tasks, 'finished task')} of earlier runs`
  const grew = amendments.length === 0 ? '' : ' The plan grew since the prediction.'
  const took = duration(secondsBetween(startedAt, verification.since))
  const money =
    forecast.usd === null ? ['', ''] : [` and ${spread(forecast.usd, usd)}`, ` and ${usd(spentUsd(ledger))}`]
  return [
    `Predicted: ${spread(forecast.minutes, minutes)}${money[0]} (${from}). Taken, from the start to the verification: ${took}${money[1]}.${grew}`,
  ]
}
