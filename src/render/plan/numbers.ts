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

/** The three numbers of a plan's first screen: tasks and width, time against one agent, and money. */
export function threeNumbers(run: PlannedRun): string[] {
  const { plan, settings } = run.work
  const gates = plan.tasks.filter((task) => task.kind === 'gate').length
  const { width } = predict(plan, settings.slots.start)
  return [
    `- **${count(plan.tasks.length, 'task')}**${gates === 0 ? '' : `, ${count(gates, 'gate')} among them`}, at most ${width} at once`,
    `- ${timeLine(run)}`,
    `- ${moneyLine(run)}`,
  ]
}

/** Predicted minutes with the first slots: the numbers of the forecast, which the outcome is compared with. */
function predictedMinutes({ plan, settings, forecast }: Work): Spread {
  const at = (place: keyof Spread) => worthParallel(plan, settings, forecast?.measured ?? null, place).parallelMinutes
  return forecast?.minutes ?? { low: at('low'), likely: at('likely'), high: at('high') }
}

function timeLine({ work }: PlannedRun): string {
  const { plan, settings, forecast } = work
  const about = `**About ${spread(predictedMinutes(work), minutes)}** with ${count(settings.slots.start, 'slot')}`
  if (plan.tasks.length < 2) return about
  const { gain, oneAgentMinutes } = worthParallel(plan, settings, forecast?.measured)
  const slow = gain < LEAST_SPEEDUP ? ', so parallel work gains little' : ''
  return `${about}; ${minutes(oneAgentMinutes)} one task at a time${slow}`
}

function moneyLine(run: PlannedRun): string {
  const { plan, settings, forecast } = run.work
  if (!usesModel(plan)) return '**No money**: no model works on it'
  const limit = run.ledger.limit ?? settings.budget.usd
  if (settings.worker.command.length > 0)
    return `**Money unknown**, since another program works on the tasks; the limit is ${usd(limit)}`
  const predicted = predictCost(plan, settings, forecast?.measured).usd
  const over =
    planningUsd(run) + predicted.likely > limit
      ? ', **which is likely not enough: the run then pauses and asks you**'
      : ''
  return `**About ${spread(predicted, usd)}** for the work; the limit is ${usd(limit)}${over}`
}

const usesModel = ({ tasks }: Pick<Plan, 'tasks'>): boolean =>
  tasks.some((task) => isAgentTask(task) || task.kind === 'plan')

const planningUsd = ({ ledger }: PlannedRun): number => usdOf(planningCosts(ledger).flatMap(({ spending }) => spending))

/** What the three numbers rest on. */
export function numbersSection(run: PlannedRun): string[] {
  const { plan, settings, forecast } = run.work
  const { slots } = settings
  const some = predict(plan, slots.start, minutesBy(settings, forecast?.measured ?? null, 'likely'))
  const planning = planningUsd(run)
  return [
    `- Critical path: ${path(some.criticalPath)}, ${minutes(some.criticalPathMinutes)}`,
    `- All tasks together: ${minutes(some.workMinutes)}`,
    ...worth(run),
    ...(planning === 0 ? [] : [`- The plan itself has cost ${usd(planning)}`]),
    ...whole(forecast),
    ...(usesModel(plan) ? reviews(settings, run.ledger.limit ?? settings.budget.usd) : []),
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

/** Whether parallel work is worth it, and the time with all slots; both count in what a task alone does not. */
function worth({ planning, work: { plan, settings, forecast } }: PlannedRun): string[] {
  if (plan.tasks.length < 2) return []
  const { start, cap } = settings.slots
  const { gain, parallelMinutes } = worthParallel(plan, settings, forecast?.measured)
  const most = worthParallel(plan, { ...settings, slots: { ...settings.slots, start: cap } }, forecast?.measured)
  const times = `${minutes(parallelMinutes)} with ${count(start, 'slot')}${cap > start ? `, ${minutes(most.parallelMinutes)} with ${cap}` : ''}: ${gain.toFixed(1)} times as fast as one task at a time. This includes starting slots, reading and landing, which the two times above leave out.`
  if (gain >= LEAST_SPEEDUP) return [`- ${times}`]
  const kept = planning === null ? null : whyNotFolded(plan, settings)
  return [`- ${times} ${kept === null ? 'One task would do as well.' : `It stays in parts, since ${sentence(kept)}.`}`]
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
  if (!usesModel(plan)) return ''
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
