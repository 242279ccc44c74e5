import { atMost, type Figure, type Line } from '../benchmark.ts'
import { families } from '../graphs/families.ts'
import { workloadOf } from '../graphs/workload.ts'
import { randomOf, seedOf } from '../random.ts'
import { mean, percentile, summary } from '../statistics.ts'
import { type Pace, paceOf, SAMPLES, STAGES } from './pace.ts'

const B3 = 'B3'

export interface Paced extends Pace {
  tasks: number
}

const PACED_SLOTS = 8
/** Milliseconds of a transition in the mean, by the number of tasks. */
const MOST_MS: Readonly<Record<number, number>> = { 1000: 2, 10000: 20 }

/** Erdos-Renyi graphs with three needs a task: wide, so that much is ready, and deep. */
export async function measurePaces(sizes: readonly number[]): Promise<Paced[]> {
  const family = families.find(({ name }) => name === 'Erdos-Renyi')
  if (family === undefined) throw new Error('there is no such family')
  const found: Paced[] = []
  for (const tasks of sizes) {
    const random = randomOf(seedOf('pace', tasks))
    found.push({ tasks, ...(await paceOf(workloadOf(family.draw(tasks, random), 0.7, random), PACED_SLOTS)) })
  }
  return found
}

/** In the stage of the run in which a transition takes the most. */
const slowest = ({ transitions }: Pace, of = (stage: readonly number[]) => percentile(stage, 0.5)): number =>
  Math.max(...transitions.map(of))

export function paceFigures(paces: readonly Paced[]): Figure[] {
  const [small, large] = paces
  const figures = paces.flatMap(figuresOfPace)
  if (small === undefined || large === undefined) return figures
  const growth = slowest(large) / slowest(small) / (large.tasks / small.tasks)
  const basis = `${small.tasks} to ${large.tasks} tasks`
  return [
    ...figures,
    { benchmark: B3, figure: 'growth against linear', value: growth, unit: '', target: atMost(1), basis },
  ]
}

function figuresOfPace(pace: Paced): Figure[] {
  const { tasks, transitions, events, fold, write, read, heapBytes, snapshotBytes } = pace
  const stages = transitions.map((stage, index) => {
    const { p50, p90, mean: average } = summary(stage)
    return `${(STAGES[index] ?? 0) * 100} % landed ${p50.toFixed(1)} (mean ${average.toFixed(1)}, p90 ${p90.toFixed(1)})`
  })
  const most = MOST_MS[tasks]
  const target = most === undefined ? null : atMost(most)
  const figure = (what: string, value: number, unit: string, basis: string): Figure => ({
    benchmark: B3,
    figure: `${what}, ${tasks} tasks`,
    value,
    unit,
    target: null,
    basis,
  })
  const basis = `${SAMPLES} in each stage, ${PACED_SLOTS} slots, the slowest stage: ${stages.join(', ')}`
  return [
    figure('processor per transition (median)', slowest(pace), 'ms', basis),
    { ...figure('processor per transition (mean)', slowest(pace, mean), 'ms', 'the same'), target },
    figure('processor to write the snapshot', write, 'ms', 'once a push, besides the transition: the state as text'),
    figure('processor to read the snapshot', read, 'ms', 'once for each orchestrator: parsed and checked'),
    figure('processor to fold the journal', fold, 'ms', `${events} events at once`),
    figure('snapshot', snapshotBytes / 1e6, 'MB', 'of the ended run, as the journal holds it'),
    figure('memory of the state', heapBytes / 1e6, 'MB', 'the same once read, with its plan: heap after a collection'),
  ]
}

export const paceLine = ({ transitions, ...paced }: Paced): Line => ({
  benchmark: B3,
  kind: 'pace',
  ...paced,
  medians: transitions.map((stage) => percentile(stage, 0.5).toFixed(2)).join(' '),
})
