import { quoted } from '../text/quoted.ts'
import { globsOverlap } from './glob.ts'
import { topologicalOrder } from './graph.ts'
import type { Task } from './plan.ts'

/**
 * Where two tasks may write the same path and neither waits for the other, the one that the plan names later waits.
 * Only tasks without an order between them get an edge, so none of these edges closes a cycle.
 */
export function orderWrites(tasks: readonly Task[]): { tasks: Task[]; notes: string[] } {
  const before = ancestors(tasks)
  const added = new Map<number, number[]>()
  const notes: string[] = []
  for (const [later, task] of tasks.entries()) {
    // From the nearest to the farthest: what the nearest waits for already needs no edge of its own.
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

/** Sets of tasks as bits, by place in the plan: a plan has hundreds of tasks at most, and every pair is asked about. */
type Places = bigint

const bit = (place: number): Places => 1n << BigInt(place)
const has = (places: Places | undefined, place: number): boolean => ((places ?? 0n) & bit(place)) !== 0n

function ancestors(tasks: readonly Task[]): Places[] {
  const place = new Map(tasks.map(({ id }, index) => [id, index]))
  const before = tasks.map(() => 0n)
  for (const { id, needs } of topologicalOrder(tasks)) {
    const own = place.get(id) ?? 0
    for (const need of needs) before[own] = (before[own] ?? 0n) | reach(before, place.get(need) ?? 0)
  }
  return before
}

const reach = (before: readonly Places[], place: number): Places => (before[place] ?? 0n) | bit(place)

function follow(before: Places[], earlier: number, later: number): void {
  const gained = reach(before, earlier)
  for (const [place, own] of before.entries()) if (place === later || has(own, later)) before[place] = own | gained
}

function sharedGlobs(earlier: Task, later: Task): string | null {
  for (const one of earlier.writes) {
    const other = later.writes.find((glob) => globsOverlap(one, glob))
    if (other === one) return `both write ${quoted(one)}`
    if (other !== undefined) return `${quoted(one)} and ${quoted(other)} can be the same path`
  }
  return null
}

const withNeeds = (task: Task, needs: readonly (Task | undefined)[]): Task => ({
  ...task,
  needs: [...new Set([...task.needs, ...needs.flatMap((need) => need?.id ?? [])])],
})
