import { lowerBounds } from '../../src/core/prediction/simulation.ts'
import { atLeast, type Chart, type Figure, type Line } from '../benchmark.ts'
import { shareOfGain, spread } from '../figures.ts'
import { type Member, minutesIn, nameOf, SHAPES } from '../graphs/corpus.ts'
import { tracks } from '../graphs/families.ts'
import type { Measures } from '../graphs/measures.ts'
import type { Policy } from '../policies/policy.ts'
import { ours, rivals, serial, wavesInOrder, wavesLongestFirst } from '../policies/rivals.ts'
import { mean } from '../statistics.ts'
import { B1, minutesWithCosts } from './run.ts'

/** The largest graphs on 4 slots alone: they take most of the time as it is. */
const slotsFor = ({ n }: Member): readonly number[] => (n < 300 ? [4, 8] : [4])

export interface Compared {
  member: Member
  measures: Measures
  slots: number
  policy: string
  /** Minutes, costs counted in. */
  ours: number
  theirs: number
  /** Minutes, without costs, that no schedule can beat. */
  bound: number
}

/** The rules of others in the same machine, with the same draws of what things cost. */
export async function againstRivals(members: ReadonlyMap<Member, Measures>): Promise<Compared[]> {
  const found: Compared[] = []
  for (const [member, measures] of members) {
    const bounds = lowerBounds(member.workload.plan.tasks, minutesIn(member.workload), slotsFor(member))
    for (const [index, slots] of slotsFor(member).entries()) {
      const bound = bounds[index] ?? 0
      const own = await minutesWithCosts(ours, member, slots)
      for (const policy of rivals) {
        const theirs = await minutesWithCosts(policy, member, slots)
        found.push({ member, measures, slots, policy: policy.name, ours: own, theirs, bound })
      }
    }
  }
  return found
}

type Which = (one: Compared) => boolean

const always: Which = () => true
const atFour: Which = ({ slots }) => slots === 4
/** Tracks are made so that waves wait; every other graph is not. */
const noTracks: Which = ({ member }) => member.family !== tracks.name
/** Graphs that can use four slots at all: what is one long path gains nothing from any scheduler. */
const fills: Which = (one) => atFour(one) && one.measures.pathOverWork <= 0.25

const ratio = ({ theirs, ours: own }: Compared): number => theirs / own

export function rivalFigures(compared: readonly Compared[]): Figure[] {
  const row = (figure: string, { name }: Policy, which: Which, target: Figure['target']) => {
    const some = compared.filter((one) => one.policy === name && which(one))
    return spread(B1, figure, some.map(ratio), target, basisOf(some))
  }
  const share = (figure: string, { name }: Policy, which: Which) =>
    shareOfGain(
      B1,
      figure,
      compared.filter((one) => one.policy === name && which(one)),
    )
  const others = rivals.filter((policy) => ![serial, wavesInOrder, wavesLongestFirst].includes(policy))
  return [
    ...row('waves / ours', wavesInOrder, always, atLeast(1.2)),
    ...row('waves / ours, the same without the tracks', wavesInOrder, noTracks, null),
    ...share('the same as a share of waves / bound', wavesInOrder, noTracks),
    ...row('waves longest first / ours', wavesLongestFirst, always, null),
    ...row('waves longest first / ours, without the tracks', wavesLongestFirst, noTracks, null),
    ...row('serial plan mode / ours, 4 slots', serial, atFour, null),
    ...share('the same as a share of serial plan mode / bound', serial, atFour),
    ...row('serial plan mode / ours, 4 slots, work fills them', serial, fills, null),
    ...others.flatMap((policy) => row(`${policy.name} / ours`, policy, always, null)),
  ]
}

/** `runs (12 on 4 slots, 10 on 8 slots)` */
function basisOf(some: readonly Compared[]): string {
  const slots = [...new Set(some.map((one) => one.slots))].toSorted((a, b) => a - b)
  const counts = slots.map((count) => `${some.filter((one) => one.slots === count).length} on ${count} slots`)
  return `runs (${counts.join(', ')})`
}

export const comparedLine = ({ member, slots, policy, ours: own, theirs }: Compared): Line => ({
  benchmark: B1,
  kind: 'rival',
  ...nameOf(member),
  slots,
  policy,
  ours: own,
  theirs,
})

export const rivalChart = (compared: readonly Compared[]): Chart => ({
  title: 'Makespan of others over ours, 4 slots, costs counted in',
  x: 'tasks',
  y: 'theirs / ours (mean)',
  log: true,
  points: rivals.flatMap(({ name: series }) => {
    const some = compared.filter((one) => one.policy === series && atFour(one) && one.member.family !== SHAPES)
    const sizes = [...new Set(some.map(({ member }) => member.n))]
    return sizes.map((x) => ({ x, series, y: mean(some.filter(({ member }) => member.n === x).map(ratio)) }))
  }),
})
