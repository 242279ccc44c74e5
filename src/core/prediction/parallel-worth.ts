import { type Measurements, measuredLike, type Spread } from '../money/measurements.ts'
import { predictAttempt } from '../money/predicted-cost.ts'
import type { Argv, Plan, Size, Task } from '../plan/plan.ts'
import type { Settings } from '../settings.ts'
import { listed } from '../text/quoted.ts'
import { byRemainingPath, estimate, makespan, minutesBy } from './prediction.ts'

/*
 * Assumptions in minutes about the overhead of several agents, which one agent does not have, or only once. A GitHub runner usually starts within seconds, then installs dependencies; a landing is an audit, a push
 * and a read of the journal; a new agent reads what an earlier one knew.
 */
/** Until the slots have started. One agent needs a slot too. */
export const START_MINUTES = 1
/** From a task's end to the start of its dependants. One agent continues at once. */
export const LAND_MINUTES = 0.5
/** An agent's first reading, for each task. One agent needs it once. */
export const READ_MINUTES = 1

/** Below this gain, the time saved is not worth the cost of several agents. */
export const LEAST_SPEEDUP = 1.2

interface Worth {
  /** Speed-up of several agents over one. */
  gain: number
  parallelMinutes: number
  oneAgentMinutes: number
}

/** Compares the predicted time of one agent with that of the run's first slots, including start, reading and landing. */
export function worthParallel(
  plan: Plan,
  settings: Settings,
  measured: Measurements | null = null,
  at: keyof Spread = 'likely',
): Worth {
  const own = withoutReading(settings, measured, at)
  const minutes = (task: Task) => (task.kind === 'gate' ? 0 : own(task) + READ_MINUTES + LAND_MINUTES)
  const order = byRemainingPath(plan)
  const { start } = settings.slots
  const parallelMinutes = START_MINUTES + makespan(plan.tasks, { slots: start, order, estimate: minutes })
  const work = plan.tasks.reduce((sum, task) => sum + own(task), 0)
  const oneAgentMinutes = START_MINUTES + READ_MINUTES + work + LAND_MINUTES
  return { gain: oneAgentMinutes / parallelMinutes, parallelMinutes, oneAgentMinutes }
}

/** What was measured holds the reading of each agent, which one agent for all tasks does once. */
function withoutReading(settings: Settings, measured: Measurements | null, at: keyof Spread): (task: Task) => number {
  const minutes = minutesBy(settings, measured, at)
  return (task) =>
    measuredLike(measured, task, settings) === null ? minutes(task) : Math.max(0, minutes(task) - READ_MINUTES)
}

/**
 * Folds the plan into one task, in the plan's order, with every check of every task. Returns the plan unchanged if it has
 * a task that cannot be folded: a gate, a program, or a part that is not planned yet.
 */
export function foldedPlan(plan: Plan): Plan {
  const { tasks } = plan
  if (tasks.length < 2 || !tasks.every(canBeFolded)) return plan
  const checks = distinct(tasks.map(({ acceptance }) => acceptance.argv).filter((argv) => argv.length > 0))
  const verification = distinct([...plan.verification.map(({ argv }) => argv), ...checks])
  return { ...plan, verification: verification.map((argv) => ({ argv: [...argv] })), tasks: [whole(plan)] }
}

const canBeFolded = ({ kind, run }: Task): boolean => kind === 'code' && run.length === 0

function whole({ title, tasks }: Plan): Task {
  const each = (field: (task: Task) => string) => sections(tasks, field)
  const united = (field: (task: Task) => string[]) => [...new Set(tasks.flatMap(field))]
  return {
    id: 't1',
    title: title.slice(0, TITLE),
    goal: each(({ goal }) => goal),
    context: each(({ context }) => context),
    needs: [],
    writes: united(({ writes }) => writes),
    reads: united(({ reads }) => reads),
    acceptance: commonest(tasks),
    steps: tasks.flatMap((task) => task.steps.map((step) => `${task.title}: ${step}`)),
    expected_outcome: each(({ expected_outcome }) => expected_outcome),
    interface: each((task) => task.interface),
    out_of_scope: each(({ out_of_scope }) => out_of_scope),
    risk: each(({ risk }) => risk),
    size: sizeOf(tasks),
    model_tier: strongest(tasks),
    kind: 'code',
    commands: distinct(tasks.flatMap(({ commands }) => commands)).map((argv) => [...argv]),
    run: [],
    timeout_minutes: Math.min(MOST_MINUTES, minutesOf(tasks)),
  }
}

const TITLE = 120
/** The maximum of a task's `timeout_minutes`. */
const MOST_MINUTES = 360
const LARGER: Readonly<Record<Size, number>> = { small: 1, medium: 3, large: 6 }
const TIERS: readonly Task['model_tier'][] = ['strong', 'default', 'cheap']

function sections(tasks: readonly Task[], field: (task: Task) => string): string {
  const all = tasks.map((task) => ({ title: task.title, text: field(task).trim() }))
  return all.flatMap(({ title, text }) => (text === '' ? [] : [`${title}: ${text}`])).join('\n')
}

function distinct(commands: readonly Argv[]): Argv[] {
  const all = new Map(commands.map((argv) => [JSON.stringify(argv), argv]))
  return [...all.values()]
}

/** The most common acceptance; ties by plan order. */
function commonest(tasks: readonly Task[]): Task['acceptance'] {
  const keyOf = ({ acceptance }: Task) => JSON.stringify(acceptance.argv)
  const count = (task: Task) => tasks.filter((other) => keyOf(other) === keyOf(task)).length
  const accepted = tasks.filter(({ acceptance }) => acceptance.argv.length > 0)
  const most = accepted.reduce((best, task) => Math.max(best, count(task)), 0)
  return accepted.find((task) => count(task) === most)?.acceptance ?? { argv: [], expect: '' }
}

function sizeOf(tasks: readonly Task[]): Size {
  const sum = tasks.reduce((total, { size }) => total + LARGER[size], 0)
  if (sum < LARGER.medium) return 'small'
  return sum < LARGER.large ? 'medium' : 'large'
}

const strongest = (tasks: readonly Task[]): Task['model_tier'] =>
  TIERS.find((tier) => tasks.some(({ model_tier }) => model_tier === tier)) ?? 'default'

const minutesOf = (tasks: readonly Task[]): number => tasks.reduce((sum, task) => sum + task.timeout_minutes, 0)

const NAMED = 5

interface Whole {
  turns: number
  minutes: number
  /** US dollars. */
  usd: number
}

/** The predicted needs of one attempt by one agent at all tasks. */
const wholeOf = ({ tasks }: Plan, settings: Settings): Whole => ({
  ...predictAttempt(tasks, settings),
  minutes: tasks.reduce((sum, task) => sum + estimate(task), 0),
})

/** Why one attempt cannot do the whole plan, so that it is not folded; null if it can. */
export function whyNotFolded(plan: Plan, settings: Settings): string | null {
  const others = plan.tasks.filter((task) => !canBeFolded(task)).map(({ id }) => id)
  if (others.length > 0)
    return `${listed(others.slice(0, NAMED))}${others.length > NAMED ? ' and others' : ''} cannot be part of a larger task`
  const { turns, minutes, usd } = wholeOf(plan, settings)
  const { limits, budget, worker } = settings
  if (minutes > MOST_MINUTES) return tooMuch('need', `${minutes} minutes`, `${MOST_MINUTES}`)
  // Turns and cost of another program are not known.
  if (worker.command.length > 0) return null
  if (turns > limits.turns) return tooMuch('need', `${turns} turns`, `${limits.turns}`)
  if (usd > budget.task_usd) return tooMuch('cost', dollars(usd), dollars(budget.task_usd))
  return null
}

/** The plan as one task if several agents gain too little and one attempt can do it all, and why; null: it stays in parts. */
export function foldedIfSlow(
  plan: Plan,
  settings: Settings,
  measured: Measurements | null = null,
): { plan: Plan; why: string } | null {
  if (plan.tasks.length < 2) return null
  const { gain } = worthParallel(plan, settings, measured)
  if (gain >= LEAST_SPEEDUP || whyNotFolded(plan, settings) !== null) return null
  // The folded task has a size like any other, which says less than its parts do.
  const { turns, minutes } = wholeOf(plan, settings)
  const why = `${plan.tasks.length} tasks were folded into one: in parallel they would be ${gain.toFixed(2)} times as fast, which is not worth several agents. Together they are assumed to take ${Math.round(minutes)} minutes, or ${turns} turns of one agent`
  return { plan: foldedPlan(plan), why }
}

const tooMuch = (verb: string, needed: string, given: string): string =>
  `one agent for all of it would ${verb} about ${needed}, and an attempt has ${given}`

const dollars = (usd: number): string => `${usd.toFixed(2)} USD`
