import { criticalPath, work } from '../src/core/graph.ts'
import { spentUsd } from '../src/core/ledger.ts'
import type { Task } from '../src/core/plan.ts'
import { estimate } from '../src/core/predict.ts'
import { atMost, type Benchmark, type Figure, type Line } from './benchmark.ts'
import { type Member, minutesIn, worthwhile } from './graphs/corpus.ts'
import { approvedAt, settingsFor } from './machine/begin.ts'
import type { Workload } from './machine/conditions.ts'
import { runMachine } from './machine/machine.ts'
import { lognormal, randomOf, seedOf } from './random.ts'
import { mean, summary } from './statistics.ts'

const B8 = 'B8'
const SLOTS = 4
/** US dollars a minute of an agent's work, in the median. */
const USD_A_MINUTE = 0.05
/** What a stronger model is taken to be here: so much of the time, at so many times the price. */
const STRONG = { time: 0.6, price: 2 }

interface Spent {
  member: Member
  limit: number
  most: number
  ended: boolean
}

/** Agents whose costs are drawn, under a limit that is often too low. `most`: what was spent and set aside at the worst moment. */
async function spend(member: Member, share: number): Promise<Spent> {
  const { workload } = member
  const random = randomOf(seedOf('costs', member.family, member.n, member.sigma))
  const drawn = new Map(
    workload.plan.tasks.map(({ id }) => [id, (workload.minutes.get(id) ?? 0) * USD_A_MINUTE * lognormal(random, 0.4)]),
  )
  const limit = share * [...drawn.values()].reduce((sum, one) => sum + one, 0)
  const plan = { ...workload.plan, tasks: workload.plan.tasks.map((task) => ({ ...task, run: [] })) }
  const agents: Workload = {
    ...workload,
    plan,
    attempt: (id, count) => ({ ...workload.attempt(id, count), usd: drawn.get(id) ?? 0 }),
  }
  const settings = { ...settingsFor(SLOTS, 1e9), budget: { usd: limit, task_usd: 2 } }
  let most = 0
  const { makespan } = await runMachine(agents, {
    slots: SLOTS,
    begin: (clock) => approvedAt(plan, settings, clock.now().toISOString()),
    hear: (_events, { state }) => {
      const set = Object.values(state.ledger.reserved).reduce((sum, { usd }) => sum + usd, 0)
      most = Math.max(most, spentUsd(state.ledger) + set)
    },
  })
  return { member, limit, most, ended: !Number.isNaN(makespan) }
}

interface Tiered {
  member: Member
  /** Makespans: no strong model, one on the critical path, and one on other tasks for as much money. */
  plain: number
  onPath: number
  elsewhere: number
}

/** Where does a stronger model help, at equal cost: on the path that the estimates call critical, or anywhere? */
async function tiers(member: Member): Promise<Tiered> {
  const { plan } = member.workload
  const takes = minutesIn(member.workload)
  const path = new Set(criticalPath(plan.tasks, estimate))
  const budget = work(
    plan.tasks.filter(({ id }) => path.has(id)),
    takes,
  )
  const random = randomOf(seedOf('tiers', member.family, member.n, member.sigma))
  const shuffled = plan.tasks.map((task) => ({ task, at: random() })).toSorted((a, b) => a.at - b.at)
  const other = new Set<string>()
  let left = budget
  for (const { task } of shuffled) {
    if (takes(task) > left) continue
    other.add(task.id)
    left -= takes(task)
  }
  return {
    member,
    plain: await makespanWith(member, new Set(), takes),
    onPath: await makespanWith(member, path, takes),
    elsewhere: await makespanWith(member, other, takes),
  }
}

async function makespanWith(
  { workload }: Member,
  strong: ReadonlySet<string>,
  takes: (task: Task) => number,
): Promise<number> {
  const minutes = new Map(
    workload.plan.tasks.map((task) => [task.id, takes(task) * (strong.has(task.id) ? STRONG.time : 1)]),
  )
  const attempt = (id: string) => ({ minutes: minutes.get(id) ?? 0, failure: null })
  return (await runMachine({ ...workload, attempt }, { slots: SLOTS })).makespan
}

export const money: Benchmark = {
  name: B8,
  summary: 'limits of money, and where a stronger model helps',
  async measure(quick) {
    const members = worthwhile(quick ? [24] : [24, 100], () => 1)
    const spent: Spent[] = []
    const tiered: Tiered[] = []
    for (const member of members) {
      for (const share of [0.3, 1, 3]) spent.push(await spend(member, share))
      tiered.push(await tiers(member))
    }
    return {
      figures: figuresOf(spent, tiered),
      lines: [...spent.map(spentLine), ...tiered.map(tieredLine)],
      charts: [],
    }
  },
}

const EPSILON = 1e-9

function figuresOf(spent: readonly Spent[], tiered: readonly Tiered[]): Figure[] {
  const over = spent.filter(({ most, limit }) => most > limit + EPSILON)
  const stopped = spent.filter(({ ended }) => !ended).length
  const used = mean(spent.map(({ most, limit }) => Math.min(1, most / limit)))
  const { mean: value, p50, p90 } = summary(tiered.map(({ onPath, elsewhere }) => onPath / elsewhere))
  return [
    {
      benchmark: B8,
      figure: 'runs over their limit',
      value: over.length,
      unit: '',
      target: atMost(0),
      basis: `${spent.length} runs with limits of 0.3, 1 and 3 times what they would cost; ${stopped} stopped, ${(100 * used).toFixed(0)} % of the limit in use at most, on average`,
    },
    {
      benchmark: B8,
      figure: 'strong tier on the critical path / elsewhere',
      value,
      unit: '',
      target: atMost(0.99),
      basis: `${tiered.length} makespans at equal cost (${STRONG.time} of the time at ${STRONG.price} times the price): p50 ${p50.toFixed(3)}, p90 ${p90.toFixed(3)}`,
    },
    {
      benchmark: B8,
      figure: 'strong tier on the critical path / none',
      value: mean(tiered.map(({ onPath, plain }) => onPath / plain)),
      unit: '',
      target: null,
      basis: `${tiered.length} runs`,
    },
  ]
}

const spentLine = ({ member, ...one }: Spent): Line => ({
  benchmark: B8,
  kind: 'limit',
  name: member.workload.name,
  sigma: member.sigma,
  ...one,
})
const tieredLine = ({ member, ...one }: Tiered): Line => ({
  benchmark: B8,
  kind: 'tiers',
  name: member.workload.name,
  sigma: member.sigma,
  ...one,
})
