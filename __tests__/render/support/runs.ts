import { createHash } from 'node:crypto'
import type { TaskFailure } from '../../../src/core/failure.ts'
import type { Spending } from '../../../src/core/money/usage.ts'
import type { Plan, Task } from '../../../src/core/plan/plan.ts'
import { planIdOf } from '../../../src/core/plan/plan-id.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { replay } from '../../../src/core/run/evolve.ts'
import type { HandOff } from '../../../src/core/run/hand-off.ts'
import type { Report } from '../../../src/core/run/report.ts'
import type { LiveRun } from '../../../src/core/run/state.ts'
import { type Settings, settingsSchema } from '../../../src/core/settings.ts'
import { isPlanned, type PlannedRun } from '../../../src/render/plan/planned-run.ts'
import { gate, planOf } from '../../support/plan.ts'

/** A commit id derived from a name: `sha('t1')`. */
export const sha = (name: string): string => createHash('sha1').update(name).digest('hex')

type EventInput<Event> = Event extends RunEvent ? Omit<Event, 'at' | 'by'> & { by?: string } : never

export type TimedEvent = EventInput<RunEvent> | readonly [seconds: number, event: EventInput<RunEvent>]

/** A placeholder for the id of the latest plan. */
const NEWEST = sha('plan')

const BEGIN = Date.parse('2026-11-21T10:00:00.000Z')

/** Events one second apart, unless seconds are given: `[30, event]`. */
export function history(...events: readonly TimedEvent[]): RunEvent[] {
  let now = BEGIN - 1000
  let latest: string = NEWEST
  return events.map((one) => {
    const [seconds, event] = 'type' in one ? ([1, one] as const) : one
    now += seconds * 1000
    if ('planId' in event && event.type !== 'plan_approved') latest = event.planId
    const named = event.type === 'plan_approved' && event.planId === NEWEST ? { planId: latest } : {}
    return { by: 'tributary', ...event, ...named, at: new Date(now).toISOString() } as RunEvent
  })
}

export const settings = (change: Record<string, unknown> = {}): Settings => settingsSchema.parse(change)

export const example: Plan = planOf(
  'types > parse > cli, types > print > cli, types > rules > report, parse > report, ask > publish, report > publish, docs',
  {
    title: 'Money in cents instead of floats',
    summary: 'Amounts are whole cents from the parser to the printer.',
    context: 'Floats lose cents: 0.1 + 0.2 is not 0.3.\nSee #12, and ask @alice.',
    verification: [{ argv: ['npm', 'test'] }],
    tasks: {
      types: task('A type for amounts', ['src/money.ts'], 'small'),
      parse: task('Read amounts without floats', ['src/parse/**'], 'medium'),
      print: task('Print amounts | with two digits', ['src/print/**'], 'medium'),
      cli: task('Show cents in the command line', ['src/cli.ts'], 'small'),
      rules: task('Round as the tax office does', ['src/rules/**'], 'large'),
      report: task('Sums of a report in cents', ['src/report/**'], 'medium'),
      ask: { ...gate, title: 'A person looks at the rounding rules' },
      publish: task('Raise the version', ['package.json'], 'small'),
      docs: task('Say how amounts are written', ['docs/**'], 'small'),
    },
  },
)

function task(title: string, writes: string[], size: Task['size']): Partial<Task> {
  return {
    title,
    writes,
    size,
    run: ['node', 'scripts/apply.mjs', title],
    acceptance: { argv: ['npm', 'test'], expect: '' },
  }
}

export const requested = (issue = 42): EventInput<RunEvent> => ({
  type: 'plan_requested',
  by: 'alice',
  run: `${issue}`,
  issue,
  title: 'Cents get lost',
  body: '',
  words: '',
})

export function proposed(
  plan: Plan = example,
  change: Record<string, unknown> = {},
  notes: string[] = [],
): EventInput<RunEvent> {
  const base = sha('base')
  const its = settings(change)
  const settingsBlob = Object.keys(change).length === 0 ? '' : sha('settings')
  const planId = planIdOf({ plan, base, settingsBlob, settings: its })
  return {
    type: 'plan_proposed',
    plan,
    planId,
    base,
    baseBranch: 'main',
    settings: its,
    settingsBlob,
    trunk: sha('trunk'),
    notes,
  }
}

export const approved = (only: string[] | null = null): EventInput<RunEvent> => ({
  type: 'plan_approved',
  by: 'bob',
  planId: NEWEST,
  only,
})

export const queued = (id: string, attempt = 1): EventInput<RunEvent> => ({
  type: 'task_queued',
  task: id,
  attempt,
  base: sha(`${id}-${attempt}`),
})
export const started = (id: string, slot = 'r1.1', attempt = 1): EventInput<RunEvent> => ({
  type: 'task_started',
  task: id,
  attempt,
  slot,
})
export const verified = (id: string, attempt = 1, acceptanceLog = 'ok'): EventInput<RunEvent> => ({
  type: 'task_verified',
  task: id,
  attempt,
  head: sha(`${id}-${attempt}-head`),
  tree: sha('tree'),
  report: { workSeconds: 2, acceptanceSeconds: 3.2, acceptanceLog, summary: '', sandbox: 'bubblewrap 0.8.0' },
})
export const landed = (id: string, attempt = 1): EventInput<RunEvent> => ({ type: 'task_landed', task: id, attempt })
export const merged = (id: string): EventInput<RunEvent> => ({ type: 'trunk_moved', task: id, sha: sha(`merge-${id}`) })
export const failed = (id: string, failure: TaskFailure, final = true, attempt = 1): EventInput<RunEvent> => ({
  type: 'task_failed',
  task: id,
  attempt,
  head: final ? sha(`${id}-${attempt}-head`) : null,
  failure,
  final,
})
export const projected = (...entries: [name: string, number: number][]): EventInput<RunEvent> => ({
  type: 'projected',
  entries: entries.map(([name, number]) => ({ name, number, node: `n${number}`, digest: 'd' })),
})

/** A task from queued to merged. `seconds`: from start to verified. */
export const done = (id: string, slot = 'r1.1', seconds = 5, attempt = 1) =>
  [
    queued(id, attempt),
    started(id, slot, attempt),
    [seconds, verified(id, attempt)] as const,
    landed(id, attempt),
    merged(id),
  ] as const

export function live(...events: readonly TimedEvent[]): LiveRun {
  const state = replay(history(...events))
  if (state.phase === 'empty') throw new Error('nothing was requested')
  return state
}

export function planned(...events: readonly TimedEvent[]): PlannedRun {
  const run = live(...events)
  if (!isPlanned(run)) throw new Error('nothing was proposed')
  return run
}

/** A plan that exceeds every limit: all fields of its tasks are as long as possible. */
export const huge = (tasks: number, needs = false): Plan =>
  planOf(
    Array.from({ length: tasks }, (_, index) =>
      needs && index > 1 ? `t${index - 2} > t${index}, t${index - 1} > t${index}` : `t${index}`,
    ).join(', '),
    {
      title: 'L'.repeat(200),
      summary: 's@#1 '.repeat(2000),
      context: '<b>$|\n'.repeat(20_000),
      verification: [{ argv: ['npm', 'run', 'x'.repeat(500)] }],
      tasks: Object.fromEntries(
        Array.from({ length: tasks }, (_, index) => [
          `t${index}`,
          {
            title: '|'.repeat(120),
            goal: '@'.repeat(50_000),
            writes: Array.from({ length: 20 }, (_, path) => `src/${'p'.repeat(60)}/${path}|**`),
            run: ['node', 'ü'.repeat(300)],
            acceptance: { argv: ['sh', '-c', '"'.repeat(300)], expect: '' },
          },
        ]),
      ),
    },
  )

export const passed = (attempt = 1, on = sha('merge-publish')): EventInput<RunEvent> => ({
  type: 'verification_passed',
  on,
  attempt,
  report: {
    workSeconds: 0,
    acceptanceSeconds: 12.5,
    acceptanceLog: '9 passed',
    summary: '',
    sandbox: 'bubblewrap 0.8.0',
  },
})

type Of<Type extends RunEvent['type']> = Extract<EventInput<RunEvent>, { type: Type }>

/** Planning by a model begins, by default in mode `strict`. */
export const planningBegun = (
  mode: Of<'planning_begun'>['mode'] = 'strict',
  change: Record<string, unknown> = {},
): EventInput<RunEvent> => ({
  type: 'planning_begun',
  base: sha('base'),
  baseBranch: 'main',
  settings: settings(change),
  settingsBlob: '',
  mode,
  limit: settings(change).budget.usd,
})

export const explored = (...areas: string[]): EventInput<RunEvent> => ({
  type: 'explored',
  explorations: areas.map((area) => ({
    area,
    summary: '',
    findings: [],
    conventions: [],
    commands: [],
    unknowns: [],
  })),
})

export const spending = (
  role: Spending['role'],
  usd: number,
  model = 'claude-opus-5-5',
  change: Partial<Spending> = {},
): Spending => ({
  role,
  model,
  calls: 3,
  usage: { fresh: 1_000, cached: 20_000, written: 3_000, output: 400 },
  usd,
  unknown: 0,
  ...change,
})

/** Money of a stage: reserved, then settled after `seconds`. */
export const stage = (name: string, role: Spending['role'], usd: number, seconds = 10) =>
  [
    { type: 'money_reserved', stage: name, role, usd: usd * 2 },
    [seconds, { type: 'money_settled', stage: name, spending: [spending(role, usd)] }],
  ] as const satisfies readonly TimedEvent[]

/** A plan whose tasks are worked on by agents. */
export const byAgents = (plan: Plan): Plan => ({
  ...plan,
  tasks: plan.tasks.map((task) => (task.kind === 'code' ? { ...task, run: [] } : task)),
})

export const handOff = (change: Partial<HandOff> = {}): HandOff => ({
  did: 'Amounts are whole cents.',
  files: ['src/money.ts'],
  interfaces: ['`cents(text): number`'],
  decisions: ['Rounding is half up.'],
  caveats: [],
  follow_ups: ['Print them, @alice.'],
  check: 'npm test: exit code 0',
  ...change,
})

/** A task verified by an agent, with hand-off and cost. */
export const verifiedByAgent = (id: string, change: Partial<Report> = {}, attempt = 1): EventInput<RunEvent> => {
  const event = verified(id, attempt)
  if (event.type !== 'task_verified') throw new Error('no report')
  const report = {
    ...event.report,
    spending: [spending('work', 0.5, 'claude-sonnet-5-5')],
    handOff: handOff(),
    turns: 12,
    ...change,
  }
  return { ...event, report }
}

export const startedByAgent = (id: string, slot = 'r1.1', attempt = 1): EventInput<RunEvent> => ({
  type: 'task_started',
  task: id,
  attempt,
  slot,
  allowance: 2,
})
