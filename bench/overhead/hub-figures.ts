import { atMost, type Figure, type Line } from '../benchmark.ts'
import { percentile } from '../statistics.ts'
import { type Served, SLOTS } from './hub.ts'

const B3 = 'B3'

/** By the number of tasks: the fewer they are, the more of a run's own requests each has to bear. */
const MOST_REQUESTS: Readonly<Record<number, number>> = { 12: 3, 40: 2 }
const MOST_WRITES: Readonly<Record<number, number>> = { 12: 2.5, 40: 2 }
const mostOf = (most: number | undefined) => (most === undefined ? null : atMost(most))

export function countFigures({ tasks, requests, contentWrites, pushes }: Served): Figure[] {
  const each = (figure: string, value: number, target: Figure['target']): Figure => ({
    benchmark: B3,
    figure: `${figure}, ${tasks} tasks`,
    value: value / tasks,
    unit: '',
    target,
    basis: `independent, on ${SLOTS} slots of the hub, under the settings by default`,
  })
  return [
    each('requests per task, 304 answers apart', requests, mostOf(MOST_REQUESTS[tasks])),
    each('pushes per task', pushes, atMost(1.5)),
    each('content writes per task, answers, calls and reviews apart', contentWrites, mostOf(MOST_WRITES[tasks])),
  ]
}

export function secondFigures({ tasks, landings, pickUps }: Served): Figure[] {
  const seconds = (figure: string, values: readonly number[]): Figure => ({
    benchmark: B3,
    figure,
    value: percentile(values, 0.5),
    unit: 's',
    target: null,
    basis: `${tasks} tasks without a limit on pushes: quantiles ${quartiles(values)}`,
  })
  return [seconds('from the journal’s word to the work', pickUps), seconds('from the upload to the landing', landings)]
}

const quartiles = (values: readonly number[]): string =>
  [0, 0.25, 0.5, 0.75, 1].map((share) => percentile(values, share).toFixed(1)).join(', ')

export const servedLine = ({ pickUps, landings, startUps, ...counts }: Served, pace: string): Line => ({
  benchmark: B3,
  kind: 'hub',
  pace,
  ...counts,
  pickUps: quartiles(pickUps),
  landings: quartiles(landings),
  startUps: quartiles(startUps),
})
