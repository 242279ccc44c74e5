import { needsClosure, remainingPath } from '../../src/core/plan/graph.ts'
import type { Task } from '../../src/core/plan/plan.ts'
import { lowerBounds } from '../../src/core/prediction/simulation.ts'
import { atMost, type Figure } from '../benchmark.ts'
import { spread } from '../figures.ts'
import { corpus, type Member, minutesIn } from '../graphs/corpus.ts'
import { MEDIAN } from '../graphs/workload.ts'
import { noCosts } from '../machine/conditions.ts'
import { runMachine } from '../machine/machine.ts'

const SLOTS = 4
/** Of a task's minutes, in the median. Real merges take less than the last. */
const SHARES = [
  { share: 0.5, named: 'half a task', target: atMost(1.03) },
  { share: 0.1, named: 'a tenth of one', target: null },
  { share: 0.01, named: 'a hundredth of one', target: null },
] as const

/** Makespans where merges are slow, over what no machine could beat that merges each task onto one trunk. */
export async function slowMerges(): Promise<Figure[]> {
  const members = [...corpus([24], () => 1)]
  const figures: Figure[] = []
  for (const { share, named, target } of SHARES) {
    const ratios: number[] = []
    for (const member of members) ratios.push(await ratioOf(member, MEDIAN * share))
    figures.push(
      ...spread('B5', `makespan / bound, a merge takes ${named}`, ratios, target, `runs of 24 tasks on ${SLOTS} slots`),
    )
  }
  return figures
}

async function ratioOf(member: Member, mergeMinutes: number): Promise<number> {
  const { workload } = member
  const costs = { ...noCosts, merge: mergeMinutes * 60 }
  const { makespan } = await runMachine(workload, { slots: SLOTS, costs })
  return makespan / soonestEnd(workload.plan.tasks, minutesIn(workload), mergeMinutes)
}

/** The last merge onto trunk comes after the work, after the longest path with a merge before each task that joins others, and after all other merges onto trunk. */
function soonestEnd(tasks: readonly Task[], takes: (task: Task) => number, merge: number): number {
  const [work = 0] = lowerBounds([...tasks], takes, [SLOTS])
  const joined = (task: Task) => takes(task) + (isJoin(tasks, task) ? merge : 0)
  const path = Math.max(...remainingPath(tasks, joined).values())
  const trunk = Math.min(...tasks.map(takes)) + (tasks.length - 1) * merge
  return Math.max(work, path, trunk) + merge
}

/** Two of its needs do not build on each other: its base is a merge. */
function isJoin(tasks: readonly Task[], { needs }: Task): boolean {
  const others = needs.filter(
    (need) => !needs.some((other) => other !== need && needsClosure(tasks, [other]).has(need)),
  )
  return others.length > 1
}
