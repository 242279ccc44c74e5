import { isAgentTask, modelFor, type Plan, type Size, type Task } from '../plan/plan.ts'
import type { Settings } from '../settings.ts'
import { quoted } from '../text/quoted.ts'
import { costOf, priceOf } from './price.ts'
import { addUsage, noUsage, type Usage } from './usage.ts'

/*
 * Assumptions, not measurements: how often an agent is asked for a task of each size, and what each turn adds to what it
 * has been told. Everything that was said before is read from the cache, what is new is written to it.
 */
const TURNS: Readonly<Record<Size, number>> = { small: 8, medium: 20, large: 40 }
/** Turns in which a fresh agent only finds its way around; one agent does so once for all tasks. */
const READING_TURNS = 4
/** Tokens of system, tools and brief: what every worker is told before it says a word. */
const PROMPT = 6000
/** Tokens that a turn adds, the answers of tools among them; of those, tokens that the model itself writes. */
const A_TURN = 1500
const AN_ANSWER = 500
/** A conversation that is longer is begun anew with a digest: no agent carries more around. */
const LONGEST = 150_000
/** Of five attempts about one comes to nothing. */
const TRIES = 1.2

export interface PredictedCost {
  /** US dollars. */
  parallelUsd: number
  oneAgentUsd: number
  /** What the prediction rests on and leaves out, as sentences. */
  reasons: string[]
}

/** US dollars for the work on the plan's tasks, by one agent each and by one agent for all. Planning is not in it: it is paid by then. */
export function predictCost(plan: Plan, settings: Settings): PredictedCost {
  const tasks = plan.tasks.filter((task) => isAgentTask(task) || task.kind === 'plan')
  if (tasks.length === 0) return { parallelUsd: 0, oneAgentUsd: 0, reasons: ['No model works on these tasks.'] }
  if (settings.worker.command.length > 0)
    return {
      parallelUsd: 0,
      oneAgentUsd: 0,
      reasons: ['Another program works on the tasks; what it costs is not known here.'],
    }
  const usd = (task: Task, usage: Usage) => TRIES * usdOf(usage, modelFor(task.model_tier, settings), settings)
  const parallelUsd = tasks.reduce((sum, task) => sum + usd(task, conversation(turnsOf(task) + READING_TURNS)), 0)
  const turns = tasks.reduce((sum, task) => sum + turnsOf(task), 0)
  const alone = conversation(turns + READING_TURNS)
  const oneAgentUsd = tasks.reduce((sum, task) => sum + usd(task, part(alone, turnsOf(task), turns)), 0)
  return { parallelUsd, oneAgentUsd, reasons: reasons(tasks, settings) }
}

/** What one agent is assumed to need for one attempt at all of these tasks, on the strongest model that one of them asks for. */
export function predictAttempt(tasks: readonly Task[], settings: Settings): { turns: number; usd: number } {
  const turns = tasks.reduce((sum, task) => sum + turnsOf(task), 0) + READING_TURNS
  const usage = conversation(turns)
  const usd = tasks.map(({ model_tier }) => usdOf(usage, modelFor(model_tier, settings), settings))
  return { turns, usd: Math.max(0, ...usd) }
}

/** Tokens of the work, by the same assumptions: an agent for each of the tasks, and one for all of them. */
export function predictUsage(tasks: readonly Task[]): { parallel: Usage; oneAgent: Usage } {
  const turns = tasks.reduce((sum, task) => sum + turnsOf(task), 0)
  const parallel = tasks.map((task) => conversation(turnsOf(task) + READING_TURNS)).reduce(addUsage, noUsage)
  return { parallel, oneAgent: conversation(turns + READING_TURNS) }
}

/** What a `plan` task will become nobody knows yet: it counts as what its own size says, and no less than medium. */
const turnsOf = ({ kind, size }: Task): number => Math.max(TURNS[size], kind === 'plan' ? TURNS.medium : 0)

/** A conversation of so many turns that starts with a prompt, and anew each time that it has become too long. */
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

/** A task's share of a conversation over many: by its turns. */
const part = ({ fresh, cached, written, output }: Usage, turns: number, of: number): Usage => ({
  fresh: (fresh * turns) / of,
  cached: (cached * turns) / of,
  written: (written * turns) / of,
  output: (output * turns) / of,
})

function usdOf(usage: Usage, model: string, settings: Settings): number {
  const price = priceOf(model, settings)
  // Prices for long prompts are for single calls, and no call here is that long.
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
          `With an agent for each task, ${tasks.length} agents are told what the run is about (${thousands(PROMPT)} tokens each) and look around for ${READING_TURNS} turns each; one agent does that once, but carries all that it has seen from task to task.`,
        ]
      : []),
    ...(later.length > 0 ? [`What ${later.join(', ')} will become is not known yet: it counts as one task.`] : []),
    ...(unpriced.length > 0 ? [`No price is known for ${unpriced.map(quoted).join(', ')}: it counts as nothing.`] : []),
  ]
}

const thousands = (tokens: number): string => `${tokens / 1000}k`
