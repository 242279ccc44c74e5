import { atLeast, atMost, type Benchmark, type Chart, type Figure, type Line } from './benchmark.ts'
import { spread } from './figures.ts'
import { nameOf, worthwhile } from './graphs/corpus.ts'
import { noCosts } from './machine/conditions.ts'
import { measuredCosts } from './machine/measured.ts'
import { type Overlapped, overlaps, SHARES } from './overlap/run.ts'
import { mean, summary } from './statistics.ts'

const B2 = 'B2'
const SLOTS = [4, 8] as const

export const overlapping: Benchmark = {
  name: B2,
  summary: 'planning and working at once, against one after the other',
  async measure(quick, say) {
    const members = worthwhile(quick ? [24] : [24, 100], () => 1)
    const free: Overlapped[] = []
    const costly: Overlapped[] = []
    for (const member of members) {
      for (const slots of SLOTS) {
        free.push(...(await overlaps(member, slots, noCosts)))
        costly.push(...(await overlaps(member, slots, measuredCosts(member.key))))
      }
      say(`${member.family} of ${member.n}, sigma ${member.sigma}`)
    }
    return {
      figures: [...freeFigures(free), ...costlyFigures(costly)],
      lines: [...free.map((one) => lineOf(one, 'free')), ...costly.map((one) => lineOf(one, 'costs'))],
      charts: [chartOf(free)],
    }
  },
}

const removed = ({ sequential, overlapped, bound }: Overlapped): number =>
  (sequential - overlapped) / (sequential - bound)

/** Where nothing costs anything, all that is left between the brief and the first start is what the machine itself delays. */
function freeFigures(found: readonly Overlapped[]): Figure[] {
  const late = Math.max(...found.map(({ firstStart }) => firstStart))
  return [
    removedFigure(found, 4, atLeast(0.85)),
    removedFigure(found, 8, atLeast(0.95)),
    {
      benchmark: B2,
      figure: 'first task starts after its brief, no costs',
      value: late,
      unit: 'min',
      target: atMost(0.001),
      basis: `latest of ${found.length}`,
    },
  ]
}

/** Slots that start, looks, pushes and hand-overs: the bound is that of a run which pays none of them. */
function costlyFigures(found: readonly Overlapped[]): Figure[] {
  const starts = spread(
    B2,
    'first task starts after its brief, costs counted in',
    found.map(({ firstStart }) => firstStart),
    null,
  )
  return [
    ...starts.map((figure) => ({ ...figure, unit: 'min' })),
    ...SLOTS.map((slots) => removedFigure(found, slots, null, ', costs counted in')),
    ...spread(
      B2,
      'planning first / at once, costs counted in',
      found.map((one) => one.sequential / one.overlapped),
      null,
    ),
  ]
}

function removedFigure(all: readonly Overlapped[], slots: number, target: Figure['target'], what = ''): Figure {
  const found = all.filter((one) => one.slots === slots)
  const { mean: value, p50, count } = summary(found.map(removed))
  const worst = Math.min(...found.map(removed))
  const ratio = mean(found.map((one) => one.sequential / one.overlapped))
  return {
    benchmark: B2,
    figure: `avoidable time removed, ${slots} slots${what}`,
    value,
    unit: '',
    target,
    basis: `${count} runs: p50 ${p50.toFixed(3)}, least ${worst.toFixed(3)}; sequential / ours ${ratio.toFixed(2)}`,
  }
}

const lineOf = (
  { member, slots, share, sequential, overlapped, bound, firstStart }: Overlapped,
  kind: 'free' | 'costs',
): Line => ({
  benchmark: B2,
  kind,
  ...nameOf(member),
  slots,
  share,
  sequential,
  overlapped,
  bound,
  firstStart,
})

const chartOf = (found: readonly Overlapped[]): Chart => ({
  title: 'Share of the avoidable time that overlap removes',
  x: 'planning over work',
  y: 'share removed (mean)',
  points: SLOTS.flatMap((slots) =>
    SHARES.map((x) => ({
      x,
      series: `${slots} slots`,
      y: mean(found.filter((one) => one.slots === slots && one.share === x).map(removed)),
    })),
  ),
})
