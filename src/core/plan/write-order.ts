import { quoted } from '../text/quoted.ts'
import { globsOverlap, writesCollide } from './glob.ts'
import { topologicalOrder } from './graph.ts'
import type { Task } from './plan.ts'

/**
 * If two tasks may write the same path and neither needs the other, adds a need to the one later in the plan. Only
 * unordered tasks get an edge, so no edge closes a cycle.
 */
export function orderWrites(tasks: readonly Task[]): { tasks: Task[]; notes: string[] } {
  const before = ancestors(tasks)
  const added = new Map<number, number[]>()
  const notes: string[] = []
  for (const [later, task] of tasks.entries()) {
    // From the nearest to the farthest: ancestors of the nearest need no edge of their own.
    for (let earlier = later - 1; earlier >= 0; earlier--) {
      const other = tasks[earlier]
      if (other === undefined || has(before[later], earlier) || has(before[earlier], later)) continue
      const shared = sharedGlobs(other, task)
      if (shared === null) continue
      follow(before, earlier, later)
      added.set(later, [earlier, ...(added.get(later) ?? [])])
      notes.push(`${quoted(task.id)} waits for ${quoted(other.id)}: ${shared}`)
    }
  }
  return {
    tasks: tasks.map((task, index) =>
      withNeeds(
        task,
        (added.get(index) ?? []).map((need) => tasks[need]),
      ),
    ),
    notes,
  }
}

/** A set of tasks as bits, by index in the plan: fast, since every pair of up to some hundred tasks is checked. */
type TaskBits = bigint

const bit = (index: number): TaskBits => 1n << BigInt(index)
const has = (bits: TaskBits | undefined, index: number): boolean => ((bits ?? 0n) & bit(index)) !== 0n

function ancestors(tasks: readonly Task[]): TaskBits[] {
  const indexById = new Map(tasks.map(({ id }, index) => [id, index]))
  const before = tasks.map(() => 0n)
  for (const { id, needs } of topologicalOrder(tasks)) {
    const own = indexById.get(id) ?? 0
    for (const need of needs) before[own] = (before[own] ?? 0n) | reach(before, indexById.get(need) ?? 0)
  }
  return before
}

const reach = (before: readonly TaskBits[], index: number): TaskBits => (before[index] ?? 0n) | bit(index)

function follow(before: TaskBits[], earlier: number, later: number): void {
  const gained = reach(before, earlier)
  for (const [index, own] of before.entries()) if (index === later || has(own, later)) before[index] = own | gained
}

function sharedGlobs(earlier: Task, later: Task): string | null {
  for (const one of earlier.writes) {
    const other = later.writes.find((glob) => writesCollide(one, glob))
    if (other === one) return `both write ${quoted(one)}`
    if (other === undefined) continue
    const how = globsOverlap(one, other) ? 'the same path' : 'a file and its folder, or differ in case only'
    return `${quoted(one)} and ${quoted(other)} can be ${how}`
  }
  return null
}

const withNeeds = (task: Task, needs: readonly (Task | undefined)[]): Task => ({
  ...task,
  needs: [...new Set([...task.needs, ...needs.flatMap((need) => need?.id ?? [])])],
})
