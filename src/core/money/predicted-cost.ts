import { isAgentTask, modelFor, type Plan, type Size, type Task } from '../plan/plan.ts'
import type { Settings } from '../settings.ts'
import { quoted } from '../text/quoted.ts'
import { addSpreads, exactly, type Measurements, measuredLike, type Spread } from './measurements.ts'
import { costOf, priceOf } from './price.ts'
import { addUsage, noUsage, type Usage } from './usage.ts'

/*
 * Assumptions, not measurements: the number of an agent's turns by size of task, and the tokens that each turn adds to
 * its conversation. Earlier turns are read from the cache, new tokens are written to it.
 */
const TURNS: Readonly<Record<Size, number>> = { small: 8, medium: 20, large: 40 }
/** Turns in which a new agent only reads. */
const READING_TURNS = 4
/** Tokens of system prompt, tools and brief, at the start of each conversation. */
const PROMPT = 6000
/** Tokens that a turn adds, including tool results; AN_ANSWER of them are the model's output. */
const A_TURN = 1500
const AN_ANSWER = 500
/** In tokens; a longer conversation restarts with a summary. */
const LONGEST = 150_000
/** About one of five attempts fails. */
const TRIES = 1.2

export interface PredictedCost {
  usd: Spread
  /** Assumptions and omissions of the prediction, as sentences. */
  reasons: string[]
}

/** US dollars for the plan's tasks, by what tasks like them have cost here. Excludes planning, which is paid by then. */
export function predictCost(plan: Plan, settings: Settings, measured: Measurements | null = null): PredictedCost {
  const tasks = plan.tasks.filter((task) => isAgentTask(task) || task.kind === 'plan')
  if (tasks.length === 0) return { usd: exactly(0), reasons: ['No model works on these tasks.'] }
  if (settings.worker.command.length > 0)
    return { usd: exactly(0), reasons: ['Another program works on the tasks; what it costs is not known here.'] }
  const usdOfTask = (task: Task): Spread =>
    measuredLike(measured, task, settings)?.usd ??
    exactly(TRIES * usdOf(conversation(turnsOf(task) + READING_TURNS), modelFor(task.model_tier, settings), settings))
  const guessed = tasks.filter((task) => measuredLike(measured, task, settings) === null)
  return {
    usd: tasks.reduce((sum, task) => addSpreads(sum, usdOfTask(task)), exactly(0)),
    reasons: guessed.length === 0 ? [] : reasons(guessed, settings),
  }
}

/** Turns and US dollars of one attempt by one agent at all of these tasks, with the most expensive model among them. */
export function predictAttempt(tasks: readonly Task[], settings: Settings): { turns: number; usd: number } {
  const turns = tasks.reduce((sum, task) => sum + turnsOf(task), 0) + READING_TURNS
  const usage = conversation(turns)
  const usd = tasks.map(({ model_tier }) => usdOf(usage, modelFor(model_tier, settings), settings))
  return { turns, usd: Math.max(0, ...usd) }
}

/** A `plan` task, whose tasks are not known yet, counts by its own size, but at least as medium. */
const turnsOf = ({ kind, size }: Task): number => Math.max(TURNS[size], kind === 'plan' ? TURNS.medium : 0)

/** Usage of a conversation of so many turns, which restarts each time that it becomes too long. */
function conversation(turns: number): Usage {
  let usage = noUsage
  let length = 0
  for (let turn = 0; turn < turns; turn++) {
    if (length + A_TURN > LONGEST) length = 0
    const written = length === 0 ? PROMPT : A_TURN
    usage = addUsage(usage, { fresh: 0, cached: length, written, output: AN_ANSWER })
    length += written
  }
  return usage
}

function usdOf(usage: Usage, model: string, settings: Settings): number {
  const price = priceOf(model, settings)
  // Long-prompt prices apply to single calls, and no call here is that long.
  return price === null ? 0 : costOf(usage, { ...price, long: undefined })
}

function reasons(tasks: readonly Task[], settings: Settings): string[] {
  const models = [...new Set(tasks.map(({ model_tier }) => modelFor(model_tier, settings)))]
  const unpriced = models.filter((model) => priceOf(model, settings) === null)
  const later = tasks.filter(({ kind }) => kind === 'plan').map(({ id }) => quoted(id))
  return [
    `Assumes ${TURNS.small}, ${TURNS.medium} and ${TURNS.large} turns of an agent for a small, a medium and a large task, ${thousands(A_TURN)} more tokens with each turn, and one failed attempt in five.`,
    ...(tasks.length > 1
      ? [
          `The ${tasks.length} agents are told what the run is about (${thousands(PROMPT)} tokens each) and look around for ${READING_TURNS} turns each.`,
        ]
      : []),
    ...(later.length > 0 ? [`What ${later.join(', ')} will become is not known yet: it counts as one task.`] : []),
    ...(unpriced.length > 0 ? [`No price is known for ${unpriced.map(quoted).join(', ')}: it counts as nothing.`] : []),
  ]
}

const thousands = (tokens: number): string => `${tokens / 1000}k`

/** Factor by which a prediction may pass the budget before it is a problem of the plan: it rests on assumptions. */
const SLACK = 2

/** A note, or a problem, if the predicted cost of the tasks passes the budget of the run. */
export function budgetProblems(plan: Plan, settings: Settings): { notes: string[]; problems: string[] } {
  const predicted = predictCost(plan, settings).usd.likely
  const { usd } = settings.budget
  if (predicted <= usd) return { notes: [], problems: [] }
  const sentence = `The tasks are predicted to cost ${predicted.toFixed(2)} USD, and the run may spend ${usd.toFixed(2)} USD`
  return predicted > usd * SLACK
    ? { notes: [], problems: [`${sentence}: plan fewer or smaller tasks, or cheaper tiers.`] }
    : { notes: [`${sentence}: it will stop at its limit if that is right.`], problems: [] }
}
