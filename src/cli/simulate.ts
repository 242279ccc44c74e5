import { runIdSchema } from '../core/ids.ts'
import { spentUsd } from '../core/money/ledger.ts'
import { predictCost } from '../core/money/predicted-cost.ts'
import { unknownBase } from '../core/plan/known-base.ts'
import { isAgentTask, type Plan } from '../core/plan/plan.ts'
import { predict } from '../core/prediction/prediction.ts'
import { minutesTaken, simulate as simulated, tasksNeverRun } from '../core/prediction/simulation.ts'
import { replay } from '../core/run/evolve.ts'
import { workOf } from '../core/run/state.ts'
import { SETTINGS_PATH, type Settings } from '../core/settings.ts'
import { renderSimulation, type Simulation, simulationLines } from '../render/plan/simulation.ts'
import { judgePlan } from './check/judge-plan.ts'
import { findSettings, readNamed } from './check/settings-file.ts'
import { checkLines, isProblem } from './finding.ts'
import { missingRun, readJournal, remoteUrl, tokenIn } from './journal.ts'
import { Mistake, readArguments, type Subcommand, type Terminal } from './subcommand.ts'

const options = {
  slots: { type: 'string' },
  remote: { type: 'string' },
  repo: { type: 'string' },
  json: { type: 'boolean' },
} as const

const SLOTS = '1,2,4,8'
const MOST_SLOTS = 64

export const simulateSubcommand: Subcommand = {
  name: 'simulate',
  summary: 'predicts how long a plan takes and what it costs',
  help: [
    'tributary simulate PLAN.yml [--slots 1,2,4,8] [--json]',
    'tributary simulate RUN [--slots 1,2,4,8] [--remote REMOTE | --repo DIR] [--json]',
    '',
    'PLAN.yml holds a plan as in an issue, with or without the fence around it. It is checked as `check` does.',
    `The settings are those in ${SETTINGS_PATH} of this repository, or the defaults.`,
    'RUN is a past run, named by its issue: 42, or 42-2 for the second run. Each task takes as long as it took.',
    '  --slots LIST      numbers of slots, from 1 to 64',
    '  --remote REMOTE   the repository with the journal: an address, or the name of a remote of this folder;',
    '                    default: the remote `origin`, or the runs of `up` and `run` if there is none',
    '  --repo DIR        a repository on this machine, bare or not',
    '  --json            print one line of JSON for each number of slots',
  ],
  run: async (words, terminal) => {
    const { values, positionals } = readArguments(words, options, 1)
    const [named] = positionals
    if (named === undefined) throw new Mistake('which plan? Name a file, or a run by its issue, such as 42')
    const slots = slotCounts(values.slots ?? SLOTS)
    const run = runIdSchema.safeParse(named)
    if (!run.success && (values.remote ?? values.repo) !== undefined)
      throw new Mistake(`--remote and --repo are for past runs, such as 42, and '${named}' is not one`)
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
    const digits = word.trim()
    if (!/^[1-9]\d*$/.test(digits) || Number(digits) > MOST_SLOTS)
      throw new Mistake(
        `'${digits}' is not a number of slots; --slots takes numbers from 1 to ${MOST_SLOTS}, such as ${SLOTS}`,
      )
    return Number(digits)
  })
}

async function ofFile(name: string, slots: readonly number[], terminal: Terminal): Promise<Simulation | null> {
  const text = await readNamed(terminal.cwd, name)
  const found = await findSettings(terminal.cwd, undefined)
  const { plan, findings } = judgePlan({ name, text }, found.settings, unknownBase)
  const problems = [...found.findings, ...findings].filter(isProblem)
  if (plan !== null && problems.length === 0) return simulationOf(plan, found.settings, slots)
  for (const line of problems.flatMap(checkLines)) terminal.error(line)
  return null
}

const simulationOf = (plan: Plan, settings: Settings, slots: readonly number[]): Simulation => ({
  title: plan.title,
  tasks: plan.tasks.length,
  prediction: predict(plan, 1),
  rows: simulated(plan, slots),
  predicted: costOf(plan, settings),
  past: null,
})

const costOf = (plan: Plan, settings: Settings): Simulation['predicted'] =>
  plan.tasks.some((task) => isAgentTask(task) || task.kind === 'plan')
    ? { usd: predictCost(plan, settings).usd.likely }
    : null

async function ofRun(
  run: string,
  slots: readonly number[],
  url: string,
  terminal: Terminal,
): Promise<Simulation | null> {
  const state = replay(await readJournal(url, tokenIn(terminal), run))
  const work = workOf(state)
  if (state.phase === 'empty' || work === null) {
    terminal.error(await missingRun(run, 'plan', url, terminal))
    return null
  }
  const minutes = minutesTaken(work)
  return {
    ...simulationOf(work.plan, work.settings, slots),
    title: `Run ${run}, ${work.plan.title}`,
    prediction: predict(work.plan, 1, minutes),
    rows: simulated(work.plan, slots, minutes),
    past: { spentUsd: spentUsd(state.ledger), estimated: tasksNeverRun(work).length },
  }
}
