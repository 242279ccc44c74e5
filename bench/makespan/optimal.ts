import { atLeast, type Figure, type Line } from '../benchmark.ts'
import { optimum } from '../exact.ts'
import { type Member, minutesIn, nameOf, SIGMAS } from '../graphs/corpus.ts'
import { estimatesInMinutes, oracle } from '../policies/estimates.ts'
import { ours } from '../policies/rivals.ts'
import { mean, percentile } from '../statistics.ts'
import { B1, heldRun } from './run.ts'

const SLOTS = [2, 3, 4] as const
/** What `optimum` is quick enough for. */
const MOST_TASKS = 10

/** Makespans over the best there is, by what the scheduler knows of durations. */
export interface Small {
  member: Member
  slots: number
  sizes: number
  inMinutes: number
  informed: number
  /** Each of the three as a share of Graham's ceiling. */
  ofCeiling: readonly number[]
}

/** Small graphs under our rule: with the three sizes that it gets, with estimates in minutes, and with true durations. */
export async function againstOptimum(members: Iterable<Member>): Promise<Small[]> {
  const found: Small[] = []
  for (const member of members) {
    if (member.n > MOST_TASKS) continue
    for (const slots of SLOTS) found.push(await small(member, slots))
  }
  return found
}

async function small(member: Member, slots: number): Promise<Small> {
  const sizes = await heldRun(ours, member, slots)
  const inMinutes = await heldRun(estimatesInMinutes(member), member, slots)
  const informed = await heldRun(oracle, member, slots)
  const runs = [sizes, inMinutes, informed]
  const known = Math.min(...runs.map(({ makespan }) => makespan))
  const best = optimum(member.workload.plan.tasks, minutesIn(member.workload), slots, known)
  return {
    member,
    slots,
    sizes: sizes.makespan / best,
    inMinutes: inMinutes.makespan / best,
    informed: informed.makespan / best,
    ofCeiling: runs.map(({ ofCeiling }) => ofCeiling),
  }
}

/** Percent of the schedules that are within 2 % of the optimum. */
const near = (ratios: readonly number[]): number => mean(ratios.map((ratio) => (ratio <= 1.02 ? 100 : 0)))

export function optimumFigures(found: readonly Small[]): Figure[] {
  const row = (figure: string, value: (one: Small) => number, target: Figure['target'] = null): Figure => ({
    benchmark: B1,
    figure,
    value: near(found.map(value)),
    unit: '%',
    target,
    basis: basisOf(found, value),
  })
  return [
    row('within 2 % of the optimum', ({ sizes }) => sizes, atLeast(90)),
    ...SIGMAS.flatMap((sigma) => sigmaFigure(found, sigma)),
    row('the same, estimates in minutes for the three sizes', ({ inMinutes }) => inMinutes),
    row('the same, true durations for the three sizes', ({ informed }) => informed),
  ]
}

function sigmaFigure(found: readonly Small[], sigma: number): Figure {
  const some = found.filter(({ member }) => member.sigma === sigma)
  const [minutes, informed] = [near(some.map((one) => one.inMinutes)), near(some.map((one) => one.informed))]
  return {
    benchmark: B1,
    figure: `within 2 % of the optimum, sigma ${sigma}`,
    value: near(some.map(({ sizes }) => sizes)),
    unit: '%',
    target: null,
    basis: `${basisOf(some, ({ sizes }) => sizes)}; in minutes ${minutes.toFixed(1)} %, true ${informed.toFixed(1)} %`,
  }
}

function basisOf(found: readonly Small[], value: (one: Small) => number): string {
  const p90 = percentile(found.map(value), 0.9).toFixed(3)
  const slots = `${Math.min(...SLOTS)} to ${Math.max(...SLOTS)} slots`
  return `${found.length} schedules of up to ${MOST_TASKS} tasks on ${slots}; p90 ${p90}`
}

export const smallLine = ({ member, slots, sizes, inMinutes, informed }: Small): Line => ({
  benchmark: B1,
  kind: 'optimum',
  ...nameOf(member),
  slots,
  sizes,
  inMinutes,
  informed,
})
