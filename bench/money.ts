import { atMost, type Benchmark, type Figure, type Line } from './benchmark.ts'
import { none, spread } from './figures.ts'
import { type Member, nameOf, worthwhile } from './graphs/corpus.ts'
import { type Spent, spend } from './money/limit.ts'
import { STRONG } from './money/prices.ts'
import { type Tiered, tiers } from './money/tiers.ts'
import { mean } from './statistics.ts'

const B8 = 'B8'
/** Limits, as shares of what the run would cost. */
const LIMITS = [0.3, 1, 1.5, 3] as const
/** No reservation is felt under it. */
const UNFELT = 1000

export const money: Benchmark = {
  name: B8,
  summary: 'limits of money, and where a stronger model helps',
  async measure(quick) {
    const spent: Spent[] = []
    const tiered: Tiered[] = []
    const free = new Map<Member, number>()
    for (const member of worthwhile(quick ? [24] : [24, 100], () => 1)) {
      for (const share of LIMITS) spent.push(await spend(member, share))
      free.set(member, (await spend(member, UNFELT)).makespan)
      const found = await tiers(member)
      if (found !== null) tiered.push(found)
    }
    return {
      figures: [limitFigure(spent), ...lostFigures(spent, free), ...tierFigures(tiered)],
      lines: [...spent.map(spentLine), ...tiered.map(tieredLine)],
      charts: [],
    }
  },
}

const EPSILON = 1e-9

function limitFigure(spent: readonly Spent[]): Figure {
  const over = spent.filter(({ most, limit }) => most > limit + EPSILON)
  const stopped = LIMITS.map((share) => spent.filter((one) => one.share === share && !one.ended).length)
  const used = mean(spent.map(({ most, limit }) => Math.min(1, most / limit)))
  return none(
    B8,
    'runs over their limit',
    over.length,
    `${spent.length} runs with limits of ${LIMITS.join(', ')} times what they would cost; ${stopped.join(', ')} of them stopped, ${(100 * used).toFixed(0)} % of the limit in use at most, on average`,
  )
}

/** Time that ready tasks wait for money that is set aside for others: what the makespan is longer for it. */
const lostFigures = (spent: readonly Spent[], free: ReadonlyMap<Member, number>): Figure[] =>
  LIMITS.slice(1).flatMap((share) => {
    const ended = spent.filter((one) => one.share === share && one.ended)
    const ratios = ended.map(({ member, makespan }) => makespan / (free.get(member) ?? Number.NaN))
    const of = `makespans of runs that their limit did not stop, of ${free.size}`
    return spread(B8, `time with a limit of ${share} times the cost / without one`, ratios, null, of)
  })

function tierFigures(tiered: readonly Tiered[]): Figure[] {
  const against = (figure: string, of: (one: Tiered) => Tiered['plain'], target: Figure['target']) =>
    spread(
      B8,
      `strong tier on the critical path / ${figure}`,
      tiered.map((one) => one.onPath.makespan / of(one).makespan),
      target,
      `makespans (${STRONG.time} of the time at ${STRONG.price} times the price; ${dearer(tiered, of)} of the money)`,
    )
  return [
    ...against('elsewhere', ({ elsewhere }) => elsewhere, atMost(0.99)),
    ...against('on tasks drawn from all', ({ anywhere }) => anywhere, null),
    ...against('none', ({ plain }) => plain, null),
  ]
}

/** What the path's strong model makes the run cost, over what the other way does. */
const dearer = (tiered: readonly Tiered[], of: (one: Tiered) => Tiered['plain']): string =>
  mean(tiered.map((one) => one.onPath.usd / of(one).usd)).toFixed(3)

const spentLine = ({ member, ...one }: Spent): Line => ({ benchmark: B8, kind: 'limit', ...nameOf(member), ...one })

const tieredLine = ({ member, plain, onPath, elsewhere, anywhere }: Tiered): Line => ({
  benchmark: B8,
  kind: 'tiers',
  ...nameOf(member),
  plain: plain.makespan,
  onPath: onPath.makespan,
  elsewhere: elsewhere.makespan,
  anywhere: anywhere.makespan,
  plainUsd: plain.usd,
  usd: onPath.usd,
})
