import { lowerBounds } from '../../src/core/bound.ts'
import { atMost, type Figure } from '../benchmark.ts'
import { corpus, minutesIn } from '../graphs/corpus.ts'
import { MEDIAN } from '../graphs/workload.ts'
import { noCosts } from '../machine/conditions.ts'
import { runMachine } from '../machine/machine.ts'
import { mean, percentile } from '../statistics.ts'

const B5 = 'B5'

/** Makespans where a merge takes half as long as a task, over what no machine with one who merges could beat. */
export async function slowMerges(): Promise<number[]> {
  const merge = (MEDIAN * 60) / 2
  const found: number[] = []
  for (const { workload } of corpus([24], () => 1)) {
    const takes = minutesIn(workload)
    const [bound = 0] = lowerBounds(workload.plan.tasks, takes, [4])
    const { makespan } = await runMachine(workload, { slots: 4, costs: { ...noCosts, merge } })
    const soonest = Math.min(...workload.plan.tasks.map(takes))
    const merging = (workload.plan.tasks.length * merge) / 60
    found.push(makespan / Math.max(bound + merge / 60, soonest + merging))
  }
  return found
}

export const slowFigure = (slow: readonly number[]): Figure => ({
  benchmark: B5,
  figure: 'makespan / bound, a merge takes half a task',
  value: mean(slow),
  unit: '',
  target: atMost(1.03),
  basis: `${slow.length} runs on 4 slots: p50 ${percentile(slow, 0.5).toFixed(3)}, max ${Math.max(...slow).toFixed(3)}`,
})
