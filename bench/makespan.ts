import { grahamCeiling, lowerBounds } from '../src/core/bound.ts'
import { criticalPath, work } from '../src/core/graph.ts'
import { atLeast, atMost, type Benchmark, type Figure, type Line } from './benchmark.ts'
import { optimum } from './exact.ts'
import { corpus, type Member, minutesIn, SHAPES } from './graphs/corpus.ts'
import { stragglers, TRACKS } from './graphs/families.ts'
import { measuresOf } from './graphs/measures.ts'
import { type Costs, noCosts } from './machine/conditions.ts'
import { runMachine } from './machine/machine.ts'
import { measuredCosts } from './machine/measured.ts'
import type { Policy } from './policies/policy.ts'
import { ours, rivals, serial, wavesInOrder, wavesLongestFirst } from './policies/rivals.ts'
import { mean, percentile, summary } from './statistics.ts'

const SLOTS = [1, 2, 4, 8, 16, 32, 64] as const
/** Rounding to milliseconds, once a task. */
const ROUNDING = 1e-6

interface Bounded {
  member: Member
  slots: number
  makespan: number
  bound: number
  ceiling: number
}

interface Compared {
  member: Member
  slots: number
  policy: string
  ours: number
  theirs: number
}

/** Minutes of a run under a policy; who pays draws the same costs again for each policy. */
async function minutesBy(policy: Policy, member: Member, slots: number, free: boolean): Promise<number> {
  const { workload, key } = member
  const costs: Costs = free ? noCosts : measuredCosts(key)
  const { makespan } = await runMachine(workload, {
    slots: policy.slots?.(slots) ?? slots,
    steps: policy.steps(workload),
    costs: policy.costs?.(costs) ?? costs,
  })
  return makespan
}

async function againstBound(members: readonly Member[], say: (line: string) => void): Promise<Bounded[]> {
  const found: Bounded[] = []
  for (const member of members) {
    const { plan } = member.workload
    const takes = minutesIn(member.workload)
    const path = criticalPath(plan.tasks, takes).reduce((sum, id) => sum + takes({ id }), 0)
    const bounds = lowerBounds(plan.tasks, takes, SLOTS)
    for (const [index, slots] of SLOTS.entries()) {
      const makespan = await minutesBy(ours, member, slots, true)
      const ceiling = grahamCeiling(path, work(plan.tasks, takes), slots)
      found.push({ member, slots, makespan, bound: bounds[index] ?? 0, ceiling })
    }
    say(`${member.family} of ${member.n}, sigma ${member.sigma}`)
  }
  return found
}

async function againstRivals(members: readonly Member[], slots: readonly number[]): Promise<Compared[]> {
  const found: Compared[] = []
  for (const member of members)
    for (const count of slots) {
      const own = await minutesBy(ours, member, count, false)
      for (const policy of rivals) {
        const theirs = await minutesBy(policy, member, count, false)
        found.push({ member, slots: count, policy: policy.name, ours: own, theirs })
      }
    }
  return found
}

/** Shares of small graphs on which the schedule is within 2 % of the best one, for estimates as they are and for true ones. */
async function againstOptimum(members: readonly Member[]) {
  const found: { n: number; ratio: number; informed: number }[] = []
  const oracle = rivals.find(({ name }) => name === 'oracle') ?? ours
  for (const member of members)
    for (const slots of [2, 3, 4]) {
      const own = await minutesBy(ours, member, slots, true)
      const informed = await minutesBy(oracle, member, slots, true)
      const takes = minutesIn(member.workload)
      const best = optimum(member.workload.plan.tasks, takes, slots, Math.min(own, informed))
      found.push({ n: member.n, ratio: own / best, informed: informed / best })
    }
  return found
}

const B1 = 'B1'

export const makespan: Benchmark = {
  name: B1,
  summary: 'makespan against the bound, the optimum and the rules of others',
  async measure(quick, say) {
    const seeds = (most: number) => (quick ? 1 : most)
    const sizes = quick ? [8, 24] : [8, 24, 100, 300]
    const members = [...corpus(sizes, (n) => (n >= 100 ? 1 : seeds(4)))]
    const bounded = await againstBound(members, say)
    const compared = await againstRivals(
      members.filter(({ n, sigma, seed }) => seed === 1 && (n < 300 || sigma === 0.7)),
      [4, 8],
    )
    const straggling = await withoutCosts(
      members.filter(({ family, n, seed }) => family === stragglers.name && n >= 100 && seed === 1),
    )
    const small = await againstOptimum([...corpus([6, 8, 10], () => seeds(4))].filter(({ n }) => n <= 10))
    return {
      figures: [
        ...boundFigures(bounded),
        ...rivalFigures(compared),
        ...gainFigures(bounded, compared, straggling),
        ...optimumFigures(small),
      ],
      lines: [...members.map(memberLine), ...bounded.map(boundLine), ...compared.map(comparedLine)],
      charts: [boundChart(bounded), rivalChart(compared)],
    }
  },
}

function boundFigures(bounded: readonly Bounded[]): Figure[] {
  const ratios = (which: (one: Bounded) => boolean) => bounded.filter(which).map((one) => one.makespan / one.bound)
  const few = ratios(({ slots }) => slots <= 4)
  const many = ratios(({ slots }) => slots >= 8)
  const violations = bounded.filter(({ makespan, ceiling }) => !(makespan <= ceiling * (1 + ROUNDING)))
  const below = bounded.filter(({ makespan, bound }) => !(makespan >= bound * (1 - ROUNDING)))
  return [
    ...spread('makespan / bound, 1 to 4 slots', few, atMost(1.04)),
    ...spread('makespan / bound, 8 to 64 slots', many, atMost(1.01)),
    count('schedules over Graham’s ceiling', violations.length, bounded.length),
    count('schedules under the lower bound', below.length, bounded.length),
  ]
}

function spread(figure: string, values: readonly number[], target: Figure['target']): Figure[] {
  // A quick look leaves out the large graphs, and so some figures.
  if (values.length === 0) return []
  const { count: many, mean: average, p50, p90, max } = summary(values)
  const basis = `${many} runs: p50 ${p50.toFixed(3)}, p90 ${p90.toFixed(3)}, max ${max.toFixed(3)}`
  return [{ benchmark: B1, figure, value: average, unit: '', target, basis }]
}

const count = (figure: string, value: number, of: number): Figure => ({
  benchmark: B1,
  figure,
  value,
  unit: '',
  target: atMost(0),
  basis: `${of} schedules`,
})

function rivalFigures(compared: readonly Compared[]): Figure[] {
  const ratios = (policy: Policy, which: (one: Compared) => boolean = () => true) =>
    compared.filter((one) => one.policy === policy.name && which(one)).map(({ theirs, ours: own }) => theirs / own)
  const atFour = ({ slots }: Compared) => slots === 4
  const straggling = (one: Compared) => atFour(one) && one.member.family === stragglers.name && one.member.n >= 100
  const others = rivals.filter((policy) => ![serial, wavesInOrder, wavesLongestFirst].includes(policy))
  return [
    ...spread('waves / ours', ratios(wavesInOrder), atLeast(1.2)),
    ...spread('waves longest first / ours', ratios(wavesLongestFirst), null),
    ...spread(`waves / ours, stragglers on ${TRACKS} tracks`, ratios(wavesInOrder, straggling), atLeast(3.5)),
    ...spread('serial plan mode / ours, 4 slots', ratios(serial, atFour), atLeast(2.9)),
    ...spread(
      'serial plan mode / ours, 4 slots, work fills them',
      ratios(serial, (one) => atFour(one) && fills(one)),
      null,
    ),
    ...others.flatMap((policy) => spread(`${policy.name} / ours`, ratios(policy), null)),
  ]
}

/** Graphs that can use four slots at all: what is one long path gains nothing from any scheduler. */
const fills = ({ member }: Compared): boolean => measuresOf(member.workload).pathOverWork <= 0.25

/** How many times as long waves take on stragglers, where nothing costs anything. */
async function withoutCosts(members: readonly Member[]): Promise<number[]> {
  const ratios: number[] = []
  for (const member of members)
    ratios.push((await minutesBy(wavesInOrder, member, TRACKS, true)) / (await minutesBy(ours, member, TRACKS, true)))
  return ratios
}

/** What the graphs that are compared let anybody gain: the work over the bound. */
function gainFigures(
  bounded: readonly Bounded[],
  compared: readonly Compared[],
  straggling: readonly number[],
): Figure[] {
  const members = new Set(compared.map(({ member }) => member))
  const alone = new Map(bounded.flatMap((one) => (one.slots === 1 ? [[one.member, one.makespan] as const] : [])))
  const gains = bounded
    .filter(({ slots, member }) => slots === 4 && members.has(member))
    .map((one) => (alone.get(one.member) ?? 0) / one.bound)
  return [
    ...spread('work / bound, 4 slots: nobody can gain more', gains, null),
    ...spread('waves / ours, stragglers, costs zero', straggling, null),
  ]
}

function optimumFigures(small: readonly { ratio: number; informed: number }[]): Figure[] {
  const within = (ratios: readonly number[]) => mean(ratios.map((ratio) => (ratio <= 1.02 ? 100 : 0)))
  const basis = `${small.length} schedules of up to 10 tasks on 2 to 4 slots`
  const share = (figure: string, ratios: readonly number[], target: Figure['target']): Figure => ({
    benchmark: B1,
    figure,
    value: within(ratios),
    unit: '%',
    target,
    basis: `${basis}; p90 ${percentile(ratios, 0.9).toFixed(3)}`,
  })
  return [
    share(
      'within 2 % of the optimum',
      small.map(({ ratio }) => ratio),
      atLeast(90),
    ),
    share(
      'the same with true durations',
      small.map(({ informed }) => informed),
      null,
    ),
  ]
}

const memberLine = ({ family, n, sigma, seed, workload }: Member): Line => ({
  benchmark: B1,
  kind: 'graph',
  family,
  name: workload.name,
  sigma,
  seed,
  ...measuresOf(workload),
  n,
})

const boundLine = ({ member, slots, makespan: minutes, bound }: Bounded): Line => ({
  benchmark: B1,
  kind: 'bound',
  family: member.family,
  name: member.workload.name,
  n: member.n,
  sigma: member.sigma,
  seed: member.seed,
  slots,
  makespan: minutes,
  bound,
})

const comparedLine = ({ member, slots, policy, ours: own, theirs }: Compared): Line => ({
  benchmark: B1,
  kind: 'rival',
  family: member.family,
  name: member.workload.name,
  n: member.n,
  sigma: member.sigma,
  slots,
  policy,
  ours: own,
  theirs,
})

const boundChart = (bounded: readonly Bounded[]) => ({
  title: 'Makespan over the lower bound',
  x: 'slots',
  y: 'makespan / bound (mean)',
  log: true,
  points: [...new Set(bounded.map(({ member }) => member.family))].flatMap((series) =>
    SLOTS.map((x) => ({
      x,
      series,
      y: mean(
        bounded.filter((one) => one.slots === x && one.member.family === series).map((one) => one.makespan / one.bound),
      ),
    })),
  ),
})

const rivalChart = (compared: readonly Compared[]) => ({
  title: 'Makespan of others over ours, 4 slots, costs counted in',
  x: 'tasks',
  y: 'theirs / ours (mean)',
  log: true,
  points: rivals.flatMap(({ name: series }) =>
    [8, 24, 100, 300].flatMap((x) => {
      const some = compared.filter(
        (one) => one.policy === series && one.slots === 4 && one.member.n === x && one.member.family !== SHAPES,
      )
      return some.length === 0 ? [] : [{ x, series, y: mean(some.map(({ theirs, ours: own }) => theirs / own)) }]
    }),
  ),
})
