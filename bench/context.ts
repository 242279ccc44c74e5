import { openingOf, systemOf } from '../src/agent/worker/prompt.ts'
import { quotesFor } from '../src/agent/worker/quotes.ts'
import { briefOf } from '../src/core/brief.ts'
import type { RunEvent } from '../src/core/event.ts'
import { replayOn } from '../src/core/evolve.ts'
import { handOffOf, type Said } from '../src/core/hand-off.ts'
import { predictUsage } from '../src/core/predict-cost.ts'
import type { ActiveRun } from '../src/core/state.ts'
import { taskOf } from '../src/core/state.ts'
import { tokensOf } from '../src/core/usage.ts'
import { atLeast, atMost, type Benchmark, type Figure, type Line } from './benchmark.ts'
import { type Member, worthwhile } from './graphs/corpus.ts'
import { approvedAt, settingsFor } from './machine/begin.ts'
import { integer, type Random, randomOf, seedOf } from './random.ts'
import { mean, percentile } from './statistics.ts'

const B7 = 'B7'
const AT = '2026-01-01T00:00:00.000Z'
const CHARACTERS_PER_TOKEN = 4

interface Told {
  n: number
  parents: number
  planted: number
  recalled: number
  tokens: number
}

/**
 * What an agent says at its end, with facts that nobody could guess. Mostly a handful, now and then more than a hand-off
 * holds, so that something can be lost.
 */
function said(task: string, random: Random): { said: Said; facts: string[] } {
  const facts: string[] = []
  const list = (kind: string, most: number) =>
    Array.from({ length: integer(random, most + 1) }, (_, index) => {
      const fact = `${kind}_${task.replaceAll(/[^a-z0-9]/g, '')}_${index}_${integer(random, 1e9)}`
      facts.push(fact)
      return `${'it holds that '.repeat(integer(random, 20))}\`${fact}\` is what to use`
    })
  const many = random() < 0.02
  return {
    said: {
      did: `Did ${task}.`,
      interfaces: list('interface', many ? 16 : 6),
      decisions: list('decision', many ? 10 : 4),
      caveats: list('caveat', 3),
      follow_ups: list('follow', 2),
    },
    facts,
  }
}

/** Lands every task in the plan's order and reads what the next one is told, as its agent would. */
function tell({ workload: { plan }, n, ...member }: Member): Told[] {
  const random = randomOf(seedOf('facts', member.family, n, member.sigma))
  const agents = { ...plan, tasks: plan.tasks.map((task) => ({ ...task, run: [] })) }
  let run = approvedAt(agents, settingsFor(4, 1e9), AT).state as ActiveRun
  const facts = new Map<string, string[]>()
  const told: Told[] = []
  for (const [index, { id }] of plan.tasks.entries()) {
    run = replayOn(run, started(id, index)) as ActiveRun
    told.push(toldTo(run, id, n, facts))
    const planted = said(id, random)
    facts.set(id, planted.facts)
    run = replayOn(run, landed(id, index, planted.said)) as ActiveRun
  }
  return told
}

function toldTo(run: ActiveRun, id: string, n: number, facts: ReadonlyMap<string, string[]>): Told {
  const brief = briefOf(run, id)
  const quotes = quotesFor(brief)
  const text = [
    ...systemOf(brief, quotes).map((one) => one.text),
    openingOf(brief, { baseline: [], before: [] }, { commands: [], minutes: 30, turns: 60 }, quotes),
  ].join('\n')
  const { needs } = taskOf(run.work, id)
  const wanted = needs.flatMap((need) => facts.get(need) ?? [])
  return {
    n,
    parents: needs.length,
    planted: wanted.length,
    recalled: wanted.filter((fact) => text.includes(fact)).length,
    tokens: text.length / CHARACTERS_PER_TOKEN,
  }
}

const shaOf = (index: number, kind: string) => `${kind}${index}`.padEnd(40, '0')
const stamp = { at: AT, by: 'tributary' }

const started = (task: string, index: number): RunEvent[] => [
  { type: 'task_queued', ...stamp, task, attempt: 1, base: shaOf(index, 'b') },
  { type: 'task_started', ...stamp, task, attempt: 1, slot: 'r1.1' },
]

function landed(task: string, index: number, words: Said): RunEvent[] {
  const handOff = handOffOf(words, { files: [`${task}/done.txt`], check: 'passed' })
  const report = {
    workSeconds: 1,
    acceptanceSeconds: 1,
    acceptanceLog: '',
    summary: words.did,
    sandbox: 'off',
    handOff,
  }
  return [
    { type: 'task_verified', ...stamp, task, attempt: 1, head: shaOf(index, 'c'), tree: shaOf(index, 'd'), report },
    { type: 'task_landed', ...stamp, task, attempt: 1 },
  ]
}

export const context: Benchmark = {
  name: B7,
  summary: 'what of earlier work reaches those who build on it, and how briefs grow',
  async measure(quick) {
    const members = worthwhile(quick ? [24, 100] : [24, 100, 300], () => 1)
    const told = members.flatMap(tell)
    return { figures: [...figuresOf(told), ...tokenFigures(members)], lines: linesOf(told), charts: [chartOf(told)] }
  },
}

function figuresOf(told: readonly Told[]): Figure[] {
  const sum = (of: (one: Told) => number) => told.reduce((total, one) => total + of(one), 0)
  const sizes = [...new Set(told.map(({ n }) => n))].toSorted((a, b) => a - b)
  const large = sizes.at(-1) ?? 0
  // Briefs that name other finished tasks name 16 of them at most: in a small run there are fewer.
  const late = (n: number, parents: number) =>
    told
      .filter((one) => one.n === n && one.parents === parents)
      .slice(-40)
      .map(({ tokens }) => tokens)
  const byParents = [1, 4].map((parents) => mean(late(large, parents)))
  return [
    {
      benchmark: B7,
      figure: 'facts of direct needs that reach the worker',
      value: sum(({ recalled }) => recalled) / sum(({ planted }) => planted),
      unit: '',
      target: atLeast(0.99),
      basis: `${sum(({ planted }) => planted)} planted facts in the prompts of ${told.length} tasks`,
    },
    {
      benchmark: B7,
      figure: `a brief's tokens, run of ${large} / run of 24, 2 needs`,
      value: mean(late(large, 2)) / mean(late(24, 2)),
      unit: '',
      target: atMost(1.1),
      basis: `${mean(late(24, 2)).toFixed(0)} and ${mean(late(large, 2)).toFixed(0)} tokens at ${CHARACTERS_PER_TOKEN} characters each`,
    },
    {
      benchmark: B7,
      figure: "a brief's tokens, 4 needs / 1 need",
      value: (byParents[1] ?? 0) / (byParents[0] ?? 1),
      unit: '',
      target: null,
      basis: `runs of ${large}; longest brief ${Math.max(...told.map(({ tokens }) => tokens)).toFixed(0)} tokens`,
    },
  ]
}

function tokenFigures(members: readonly Member[]): Figure[] {
  const usages = members.map(({ workload }) => predictUsage(workload.plan.tasks))
  const ratio = (figure: string, ratios: readonly number[], target: Figure['target']): Figure => ({
    benchmark: B7,
    figure,
    value: mean(ratios),
    unit: '',
    target,
    basis: `${ratios.length} plans, by the prediction's assumptions: p90 ${percentile(ratios, 0.9).toFixed(2)}, max ${Math.max(...ratios).toFixed(2)}`,
  })
  return [
    ratio(
      'tokens / one agent’s',
      usages.map(({ parallel, oneAgent }) => tokensOf(parallel) / tokensOf(oneAgent)),
      atMost(1.3),
    ),
    ratio(
      'tokens not read from a cache / one agent’s',
      usages.map(
        ({ parallel, oneAgent }) => (tokensOf(parallel) - parallel.cached) / (tokensOf(oneAgent) - oneAgent.cached),
      ),
      null,
    ),
  ]
}

const linesOf = (told: readonly Told[]): Line[] => told.map((one) => ({ benchmark: B7, ...one }))

const chartOf = (told: readonly Told[]) => ({
  title: 'Tokens of a brief by the number of needs',
  x: 'needs',
  y: 'tokens (mean)',
  points: [...new Set(told.map(({ n }) => n))]
    .filter((n) => n >= 24)
    .flatMap((n) =>
      [0, 1, 2, 3, 4, 5, 6].flatMap((x) => {
        const some = told.filter((one) => one.n === n && one.parents === x)
        return some.length === 0 ? [] : [{ x, series: `${n} tasks`, y: mean(some.map(({ tokens }) => tokens)) }]
      }),
    ),
})
