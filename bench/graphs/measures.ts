import { criticalPath, dependantsOf, needsClosure, width, work } from '../../src/core/plan/graph.ts'
import type { TimedWorkload } from './workload.ts'

/** What shows that a graph is not trivial. */
export interface Measures {
  tasks: number
  /** Tasks at work at once at most, were there slots for all. */
  width: number
  /** Critical path over work: 1 for a chain, small for a graph that only the number of slots can hold back. */
  pathOverWork: number
  /**
   * The share of the tasks in the largest part between two tasks that everything else waits for, or is waited for by
   * (Canon, El Sayah, Héam 2019): where it is small, the graph falls apart into easy ones.
   */
  mass: number
}

export function measuresOf({ plan, minutes }: TimedWorkload): Measures {
  const takes = ({ id }: { id: string }) => minutes.get(id) ?? 0
  const all = work(plan.tasks, takes)
  const path = criticalPath(plan.tasks, takes).reduce((sum, id) => sum + takes({ id }), 0)
  return {
    tasks: plan.tasks.length,
    width: width(plan.tasks, takes),
    pathOverWork: path / all,
    mass: massOf(plan.tasks),
  }
}

function massOf(tasks: TimedWorkload['plan']['tasks']): number {
  const before = new Map(tasks.map(({ id }) => [id, needsClosure(tasks, [id])]))
  const narrow = tasks.filter(({ id }) => (before.get(id)?.size ?? 0) + dependantsOf(tasks, [id]).size === tasks.length)
  const parts = new Map<number, number>()
  for (const { id } of tasks) {
    if (narrow.some((one) => one.id === id)) continue
    const part = narrow.filter((one) => before.get(id)?.has(one.id)).length
    parts.set(part, (parts.get(part) ?? 0) + 1)
  }
  return Math.max(0, ...parts.values()) / tasks.length
}
