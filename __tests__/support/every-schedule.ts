import type { TaskId } from '../../src/core/ids.ts'
import type { Task } from '../../src/core/plan/plan.ts'
import { planOf } from './plan.ts'
import { randomOf } from './random.ts'

interface Node {
  id: TaskId
  needs: readonly TaskId[]
}

type Minutes<One> = (task: One) => number

/** All ways to take at most so many of these, none among them. */
function choices([first, ...rest]: readonly number[], most: number): number[][] {
  if (first === undefined || most === 0) return [[]]
  return [...choices(rest, most), ...choices(rest, most - 1).map((some) => [first, ...some])]
}

/**
 * Minutes of the best schedule there is: every minute, everything that may start or be left waiting is tried. For whole
 * minutes and a few tasks. It knows nothing of bounds, orders or paths.
 */
export function bestOfAll<One extends Node>(tasks: readonly One[], minutes: Minutes<One>, slots: number): number {
  const known = new Map<string, number>()
  const place = new Map(tasks.map(({ id }, index) => [id, index]))

  /** What is left of each task, in minutes; null: it has not been started. */
  function from(left: readonly (number | null)[]): number {
    if (left.every((one) => one === 0)) return 0
    const key = left.join()
    const found = known.get(key) ?? 1 + Math.min(...choicesIn(left).map(from))
    known.set(key, found)
    return found
  }

  /** What is left after the next minute, for each thing that may be done in it. */
  function choicesIn(left: readonly (number | null)[]): (number | null)[][] {
    const ready = tasks.flatMap(({ needs }, index) =>
      left[index] === null && needs.every((need) => left[place.get(need) ?? -1] === 0) ? [index] : [],
    )
    const running = left.filter((one) => one !== null && one > 0).length
    const started = choices(ready, slots - running).filter((some) => running + some.length > 0)
    return started.map((some) =>
      tasks.map((task, index) => {
        const now = some.includes(index) ? minutes(task) : (left[index] ?? null)
        return now === null ? null : Math.max(0, now - 1)
      }),
    )
  }

  return from(tasks.map(() => null))
}

/** All whole minutes at which each task starts in some schedule that ends by then, slots without end; none where none does. */
export function startsByThen<One extends Node>(
  tasks: readonly One[],
  minutes: Minutes<One>,
  end: number,
): Map<TaskId, Set<number>> {
  const found = new Map<TaskId, Set<number>>()

  /** Tasks in an order in which needs come first. */
  function extend(chosen: ReadonlyMap<TaskId, number>): void {
    const next = tasks.find(({ id, needs }) => !chosen.has(id) && needs.every((need) => chosen.has(need)))
    if (next === undefined) {
      for (const [id, start] of chosen) found.set(id, (found.get(id) ?? new Set()).add(start))
      return
    }
    const after = next.needs.map((need) => {
      const needed = tasks.find(({ id }) => id === need)
      return (chosen.get(need) ?? 0) + (needed === undefined ? 0 : minutes(needed))
    })
    for (let start = Math.max(0, ...after); start + minutes(next) <= end; start += 1)
      extend(new Map([...chosen, [next.id, start]]))
  }

  extend(new Map())
  return found
}

export const minutesBy =
  (minutes: Record<string, number>) =>
  ({ id }: Task) =>
    minutes[id] ?? 1

/** Graphs of six tasks of one to three minutes, each needed by a later one with a chance of a third. */
export function* drawnGraphs(rounds: number) {
  const random = randomOf(4)
  const ids = ['a', 'b', 'c', 'd', 'e', 'f']
  for (let round = 0; round < rounds; round += 1) {
    const edges = ids.flatMap((to, index) =>
      ids.slice(0, index).flatMap((from) => (random(3) === 0 ? [`${from} > ${to}`] : [])),
    )
    const { tasks } = planOf([...ids, ...edges].join(', '))
    yield { tasks, minutes: minutesBy(Object.fromEntries(ids.map((id) => [id, 1 + random(3)]))) }
  }
}
