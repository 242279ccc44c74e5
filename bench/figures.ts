import { atLeast, atMost, type Figure } from './benchmark.ts'
import { mean, summary } from './statistics.ts'

/** The mean of many numbers, with how they spread. None at all where there are no numbers: a quick look leaves some out. */
export function spread(
  benchmark: string,
  figure: string,
  values: readonly number[],
  target: Figure['target'],
  of = 'runs',
): Figure[] {
  if (values.length === 0) return []
  const { count, mean: value, p50, p90, max } = summary(values)
  const basis = `${count} ${of}: p50 ${p50.toFixed(3)}, p90 ${p90.toFixed(3)}, max ${max.toFixed(3)}`
  return [{ benchmark, figure, value, unit: '', target, basis }]
}

/** Minutes of another rule and of ours on one graph, and what no schedule can beat. */
export interface Gain {
  theirs: number
  ours: number
  bound: number
}

/**
 * How much of what any schedule could gain over another rule ours does gain: theirs / ours as a share of theirs / bound. The
 * graphs decide how much there is, so a target for theirs / ours would be one for them.
 */
export function shareOfGain(benchmark: string, figure: string, gains: readonly Gain[]): Figure[] {
  if (gains.length === 0) return []
  const most = mean(gains.map(({ theirs, bound }) => theirs / bound))
  const value = mean(gains.map(({ theirs, ours }) => theirs / ours)) / most
  const basis = `${gains.length} runs: theirs / bound ${most.toFixed(3)}, which nobody can beat`
  return [{ benchmark, figure, value, unit: '', target: atLeast(SHARE), basis }]
}

/** A makespan of 1.04 bounds, the target without costs. */
const SHARE = 0.96

/** A count of what must not be. */
export const none = (benchmark: string, figure: string, value: number, basis: string): Figure => ({
  benchmark,
  figure,
  value,
  unit: '',
  target: atMost(0),
  basis,
})
