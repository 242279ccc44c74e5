import { atMost, type Figure } from './benchmark.ts'
import { summary } from './statistics.ts'

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

/** A count of what must not be. */
export const none = (benchmark: string, figure: string, value: number, basis: string): Figure => ({
  benchmark,
  figure,
  value,
  unit: '',
  target: atMost(0),
  basis,
})
