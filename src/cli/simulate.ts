import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { readSettings } from '../config.ts'
import { replay } from '../core/evolve.ts'
import { spentUsd } from '../core/ledger.ts'
import type { Plan } from '../core/plan.ts'
import { predict } from '../core/predict.ts'
import { predictCost } from '../core/predict-cost.ts'
import { runIdSchema } from '../core/ref.ts'
import { SETTINGS_PATH, type Settings } from '../core/settings.ts'
import { minutesTaken, simulate as simulated, unworked } from '../core/simulate.ts'
import { workOf } from '../core/state.ts'
import { isAgentTask } from '../core/tier.ts'
import { readHandPlan } from '../hand-plan.ts'
import { renderSimulation, type Simulation, simulationLines } from '../render/simulation.ts'
import { readJournal } from './journal.ts'
import { remoteUrl } from './journal-url.ts'
import { readArguments, type Subcommand } from './subcommand.ts'
import { Mistake, type Terminal } from './terminal.ts'

const options = {
  slots: { type: 'string' },
  remote: { type: 'string' },
  repo: { type: 'string' },
  json: { type: 'boolean' },
} as const

const SLOTS = '1,2,4,8'
const MOST_SLOTS = 64

export const simulate: Subcommand = {
  name: 'simulate',
  summary: 'predicts how long a plan takes, and what it costs, by the number of slots',
  help: [
    'tributary simulate PLAN.yml [--slots 1,2,4,8] [--json]',
    'tributary simulate RUN [--slots 1,2,4,8] [--remote URL | --repo DIR] [--json]',
    '',
    'PLAN.yml holds a plan as it stands in an issue, with or without the fence around it.',
    `Its settings are those of ${SETTINGS_PATH} in this folder, or the defaults.`,
    'RUN is a past run, named by its issue: 42, or 42-2. Its tasks take what they took.',
    '  --slots LIST   numbers of slots, from 1 to 64',
    '  --remote URL   the repository with the journal; the remote `origin` of this folder otherwise',
    '  --repo DIR     a repository on this machine, bare or not',
    '  --json         the numbers, one line for each number of slots',
  ],
  run: async (words, terminal) => {
    const { values, positionals } = readArguments(words, options, 1)
    const [named] = positionals
    if (named === undefined) throw new Mistake('which plan? Name a file or a run')
    const slots = slotCounts(values.slots ?? SLOTS)
    const run = runIdSchema.safeParse(named)
    const simulation = run.success
      ? await ofRun(run.data, slots, await remoteUrl(values, terminal), terminal)
      : await ofFile(named, slots, terminal)
    if (simulation === null) return 1
    if (values.json === true) for (const line of simulationLines(simulation)) terminal.out(JSON.stringify(line))
    else terminal.out(renderSimulation(simulation))
    return 0
  },
}

function slotCounts(list: string): number[] {
  return list.split(',').map((word) => {
    const count = Number(word.trim())
    if (!Number.isInteger(count) || count < 1 || count > MOST_SLOTS)
      throw new Mistake(`'${word.trim()}' is no number of slots from 1 to ${MOST_SLOTS}`)
    return count
  })
}

async function ofFile(name: string, slots: readonly number[], terminal: Terminal): Promise<Simulation | null> {
  const text = await readFile(resolve(terminal.cwd, name), 'utf8').catch(() => {
    throw new Mistake(`there is no file ${name}`)
  })
  const settings = await settingsIn(terminal.cwd)
  const read = readHandPlan(FENCED.test(text) ? text : `${FENCE}tributary\n${text}\n${FENCE}`, settings)
  if (read.ok) return simulationOf(read.value, settings, slots)
  for (const { message } of read.error) terminal.error(message)
  return null
}

async function settingsIn(folder: string): Promise<Settings> {
  const text = await readFile(join(folder, SETTINGS_PATH), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new Mistake(`${SETTINGS_PATH} cannot be read: ${error.message}`)
  })
  const read = readSettings(text)
  if (read.ok) return read.value
  throw new Mistake([`${SETTINGS_PATH} is not right:`, ...read.error].join('\n'))
}

const FENCED = /^ {0,3}(?:`{3,}|~{3,})\s*tributary\s*$/im
/** Longer than any that a plan would hold. */
const FENCE = '`'.repeat(40)

const simulationOf = (plan: Plan, settings: Settings, slots: readonly number[]): Simulation => ({
  title: plan.title,
  tasks: plan.tasks.length,
  prediction: predict(plan, 1),
  rows: simulated(plan, slots),
  predicted: costOf(plan, settings),
  past: null,
})

const costOf = (plan: Plan, settings: Settings): Simulation['predicted'] =>
  plan.tasks.some((task) => isAgentTask(task) || task.kind === 'plan') ? predictCost(plan, settings) : null

async function ofRun(
  run: string,
  slots: readonly number[],
  url: string,
  terminal: Terminal,
): Promise<Simulation | null> {
  const state = replay(await readJournal(url, terminal.env.GITHUB_TOKEN ?? '', run))
  const work = workOf(state)
  if (state.phase === 'empty' || work === null) {
    terminal.error(`There is no plan of run ${run} at ${url}.`)
    return null
  }
  const minutes = minutesTaken(work)
  return {
    ...simulationOf(work.plan, work.settings, slots),
    title: `Run ${run}, ${work.plan.title}`,
    prediction: predict(work.plan, 1, minutes),
    rows: simulated(work.plan, slots, minutes),
    past: { spentUsd: spentUsd(state.ledger), estimated: unworked(work).length },
  }
}
