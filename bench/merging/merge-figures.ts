import { atMost, type Figure, type Line } from '../benchmark.ts'
import { none } from '../figures.ts'
import { percentile, summary } from '../statistics.ts'
import { type Merged, ORDERS } from './orders.ts'

const B5 = 'B5'
export const MANY_FILES = 100_000

const sumOf = <One>(all: readonly One[], of: (one: One) => number): number =>
  all.reduce((total, one) => total + of(one), 0)

export function mergeFigures(found: readonly Merged[]): Figure[] {
  const perMerge = (files: number, target: Figure['target']): Figure => {
    const merges = found.filter((one) => one.files === files).flatMap((one) => one.merges)
    const { p50, p90, mean, count, max } = summary(merges)
    const basis = `${count} merges, wall clock: mean ${mean.toFixed(1)}, p90 ${p90.toFixed(1)}, max ${max.toFixed(1)}`
    return { benchmark: B5, figure: `a clean merge, ${files} files (median)`, value: p50, unit: 'ms', target, basis }
  }
  const runs = found.length * ORDERS
  const branches = sumOf(found, (one) => one.branches) * ORDERS
  const conflicts = sumOf(found, ({ conflicted }) => conflicted)
  const torn = found.filter(({ trees }) => trees !== 1).length
  const lost = sumOf(found, (one) => one.lost)
  const unended = runs - sumOf(found, ({ ended }) => ended)
  return [
    perMerge(100, null),
    perMerge(MANY_FILES, atMost(5)),
    none(
      B5,
      'sets of branches with more than one final tree',
      torn,
      `${found.length} sets, ${ORDERS} orders of completion each`,
    ),
    none(B5, 'commits lost', lost, `${runs} runs, ${branches} branches, ${conflicts} conflicts`),
    none(B5, 'runs that came to no end', unended, `${runs} runs`),
  ]
}

export const lineOf = ({ merges, ...one }: Merged): Line => ({
  benchmark: B5,
  kind: 'merge',
  ...one,
  merges: merges.length,
  p50: percentile(merges, 0.5),
  p90: percentile(merges, 0.9),
})
export const chartOf = (found: readonly Merged[]) => ({
  title: 'Milliseconds a merge, by the size of the repository',
  x: 'branches',
  y: 'ms (median)',
  log: true,
  points: found
    .filter(({ conflicts, merges }) => conflicts === 0 && merges.length > 0)
    .map(({ files, branches, merges }) => ({ x: branches, series: `${files} files`, y: percentile(merges, 0.5) })),
})
