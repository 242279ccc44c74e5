import { lowerBounds } from '../../src/core/prediction/simulation.ts'
import { atMost, type Chart, type Figure, type Line } from '../benchmark.ts'
import { none, spread } from '../figures.ts'
import { type Member, minutesIn, nameOf } from '../graphs/corpus.ts'
import type { Measures } from '../graphs/measures.ts'
import { oracle } from '../policies/estimates.ts'
import { ours } from '../policies/rivals.ts'
import { mean } from '../statistics.ts'
import { B1, type Held, heldRun } from './run.ts'

const SLOTS = [1, 2, 4, 8, 16, 32, 64] as const
const MANY = 8
/** Of floating-point numbers: times are whole milliseconds. */
const ROUNDING = 1e-6

export interface Bounded extends Held {
  member: Member
  measures: Measures
  slots: number
  bound: number
  /** The makespan of our rule with true durations; null: the graph is not wider than the slots, or these are few. */
  informed: number | null
}

/** Our schedules without costs, on each number of slots. */
export async function againstBound(
  members: ReadonlyMap<Member, Measures>,
  say: (line: string) => void,
): Promise<Bounded[]> {
  const found: Bounded[] = []
  for (const [member, measures] of members) {
    const bounds = lowerBounds(member.workload.plan.tasks, minutesIn(member.workload), SLOTS)
    for (const [index, slots] of SLOTS.entries()) {
      const held = await heldRun(ours, member, slots)
      const isHard = slots >= MANY && measures.width > slots
      const informed = isHard ? (await heldRun(oracle, member, slots)).makespan : null
      found.push({ member, measures, slots, bound: bounds[index] ?? 0, informed, ...held })
    }
    say(`${member.family} of ${member.n}, sigma ${member.sigma}`)
  }
  return found
}

const ratio = ({ makespan, bound }: Bounded): number => makespan / bound

/** Where there are as many slots as tasks that could be at work at once, any order is as good as the best. */
const wider = ({ measures, slots }: Bounded): boolean => measures.width > slots

export function boundFigures(bounded: readonly Bounded[]): Figure[] {
  const row = (figure: string, which: (one: Bounded) => boolean, target: Figure['target']) =>
    spread(B1, figure, bounded.filter(which).map(ratio), target)
  const below = bounded.filter((one) => !(ratio(one) >= 1 - ROUNDING))
  return [
    ...row('makespan / bound, 1 to 4 slots', ({ slots }) => slots <= 4, atMost(1.04)),
    ...row('makespan / bound, 8 to 64 slots', ({ slots }) => slots >= MANY, atMost(1.01)),
    ...row(
      'makespan / bound, 2 to 4 slots, graphs wider than that',
      (one) => one.slots > 1 && one.slots <= 4 && wider(one),
      atMost(1.04),
    ),
    ...row(
      'makespan / bound, 8 to 64 slots, graphs wider than that',
      (one) => one.slots >= MANY && wider(one),
      atMost(1.01),
    ),
    ...spread(
      B1,
      'the same, durations known',
      bounded.flatMap(({ informed, bound }) => (informed === null ? [] : [informed / bound])),
      null,
    ),
    ...SLOTS.flatMap((slots) => slotsFigure(bounded, slots)),
    none(B1, 'schedules under the lower bound', below.length, `${bounded.length} schedules`),
  ]
}

/** One row for a number of slots: the graphs that are wider, and beside them all graphs. */
function slotsFigure(bounded: readonly Bounded[], slots: number): Figure[] {
  const some = bounded.filter((one) => one.slots === slots)
  const rows = spread(B1, `makespan / bound, wider than ${slots}`, some.filter(wider).map(ratio), null)
  return rows.map((row) => ({ ...row, basis: `${row.basis}; all ${some.length}: ${mean(some.map(ratio)).toFixed(3)}` }))
}

/** What the graphs let anybody gain from this many slots: their work over the bound. */
export function gainFigure(bounded: readonly Bounded[], members: ReadonlySet<Member>, slots: number): Figure[] {
  const alone = new Map(bounded.flatMap((one) => (one.slots === 1 ? [[one.member, one.makespan] as const] : [])))
  const gains = bounded
    .filter((one) => one.slots === slots && members.has(one.member))
    .map(({ member, bound }) => (alone.get(member) ?? Number.NaN) / bound)
  return spread(B1, `work / bound, ${slots} slots: nobody can gain more`, gains, null)
}

export const boundLine = ({ member, slots, makespan, informed, bound, ofCeiling }: Bounded): Line => ({
  benchmark: B1,
  kind: 'bound',
  ...nameOf(member),
  slots,
  makespan,
  informed,
  bound,
  ofCeiling,
})

export const boundChart = (bounded: readonly Bounded[]): Chart => ({
  title: 'Makespan over the lower bound',
  x: 'slots',
  y: 'makespan / bound (mean)',
  log: true,
  points: [...new Set(bounded.map(({ member }) => member.family))].flatMap((series) =>
    SLOTS.map((x) => ({
      x,
      series,
      y: mean(bounded.filter((one) => one.slots === x && one.member.family === series).map(ratio)),
    })),
  ),
})
