import { remainingPath } from '../src/core/plan/graph.ts'
import type { Task } from '../src/core/plan/plan.ts'

/**
 * Minutes of the best schedule there is, by branch and bound over the order in which tasks start. A task starts as soon as
 * a slot is free and its needs are done, but not before the one that was started last: every schedule, pushed together to
 * the left, is one of these. For up to about ten tasks. `known`: a schedule of so many minutes exists.
 */
export function optimum(tasks: readonly Task[], minutes: (task: Task) => number, slots: number, known: number): number {
  const index = new Map(tasks.map(({ id }, place) => [id, place]))
  const needs = tasks.map((task) => task.needs.map((need) => index.get(need) ?? 0))
  const takes = tasks.map(minutes)
  const remaining = remainingPath(tasks, minutes)
  const tails = tasks.map(({ id }) => remaining.get(id) ?? 0)
  const ends = tasks.map(() => -1)
  let best = known

  function search(placed: number, free: readonly number[], last: number, left: number, latest: number): void {
    if (placed === tasks.length) {
      best = Math.min(best, latest)
      return
    }
    const ready = readyTasks().map((task) => ({ task, at: Math.max(last, free[0] ?? 0, doneBefore(task)) }))
    // However the rest is placed: each path must still be walked, and all the work must fit into what the slots have left.
    if (ready.some(({ task, at }) => at + (tails[task] ?? 0) >= best - EPSILON)) return
    const filled = free.reduce((sum, one) => sum + Math.max(one, last), 0)
    if ((filled + left) / slots >= best - EPSILON) return
    for (const { task, at } of ready.toSorted((a, b) => (tails[b.task] ?? 0) - (tails[a.task] ?? 0))) {
      const takesNow = takes[task] ?? 0
      ends[task] = at + takesNow
      search(
        placed + 1,
        [...free.slice(1), at + takesNow].sort(rising),
        at,
        left - takesNow,
        Math.max(latest, at + takesNow),
      )
      ends[task] = -1
    }
  }

  const readyTasks = () =>
    ends.flatMap((end, task) => (end < 0 && (needs[task] ?? []).every((need) => (ends[need] ?? -1) >= 0) ? [task] : []))
  const doneBefore = (task: number) => (needs[task] ?? []).reduce((most, need) => Math.max(most, ends[need] ?? 0), 0)

  search(
    0,
    Array.from({ length: slots }, () => 0),
    0,
    takes.reduce((sum, one) => sum + one, 0),
    0,
  )
  return best
}

const EPSILON = 1e-9
const rising = (a: number, b: number) => a - b
