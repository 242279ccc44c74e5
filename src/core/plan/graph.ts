import type { TaskId } from '../ids.ts'

/** A node of a graph. A need outside of the given tasks counts as met, so that parts of a plan are graphs too. */
export type GraphNode = { readonly id: TaskId; readonly needs: readonly TaskId[] }

type Minutes<Node> = (node: Node) => number

const byId = <Node extends GraphNode>(tasks: readonly Node[]): Map<TaskId, Node> =>
  new Map(tasks.map((task) => [task.id, task]))

const needsIn = (node: GraphNode, known: ReadonlyMap<TaskId, unknown>): TaskId[] =>
  [...new Set(node.needs)].filter((need) => known.has(need))

/** The tasks that name each task among their needs, in plan order. */
export function directDependants(tasks: readonly GraphNode[]): Map<TaskId, TaskId[]> {
  const dependants = new Map<TaskId, TaskId[]>(tasks.map((task) => [task.id, []]))
  for (const task of tasks) for (const need of needsIn(task, dependants)) dependants.get(need)?.push(task.id)
  return dependants
}

/** Topological order, needs first; ties by plan order. Throws on a cycle. */
export function topologicalOrder<Node extends GraphNode>(tasks: readonly Node[]): Node[] {
  const indexOf = new Map(tasks.map((task, index) => [task.id, index]))
  const dependants = directDependants(tasks)
  const missing = tasks.map((task) => needsIn(task, indexOf).length)
  const ready = tasks.flatMap((_, index) => (missing[index] === 0 ? [index] : [])).reverse()
  const order: Node[] = []
  for (let index = ready.pop(); index !== undefined; index = ready.pop()) {
    const task = tasks[index]
    if (task === undefined) break
    order.push(task)
    for (const id of dependants.get(task.id) ?? []) {
      const dependant = indexOf.get(id) ?? 0
      missing[dependant] = (missing[dependant] ?? 0) - 1
      if (missing[dependant] === 0) insertDescending(ready, dependant)
    }
  }
  if (order.length !== tasks.length)
    throw new Error(`no order: ${findCycle(tasks)?.join(' > ') ?? 'an id is there twice'}`)
  return order
}

/** A cycle as a path in which each task waits for the one before it, and the first and last are the same; else null. */
export function findCycle(tasks: readonly GraphNode[]): TaskId[] | null {
  const nodes = byId(tasks)
  const done = new Set<TaskId>()
  for (const { id } of tasks) {
    const cycle = done.has(id) ? null : cycleFrom(id, nodes, done)
    if (cycle !== null) return startingFirst(cycle, tasks)
  }
  return null
}

/** Depth-first search over the needs, with an explicit stack: a chain may be longer than the call stack allows. */
function cycleFrom(root: TaskId, nodes: ReadonlyMap<TaskId, GraphNode>, done: Set<TaskId>): TaskId[] | null {
  const needsOf = (id: TaskId) => (nodes.get(id)?.needs ?? []).filter((need) => nodes.has(need)).values()
  const path = new Map([[root, needsOf(root)]])
  const stack = [root]
  for (let id = stack.at(-1); id !== undefined; id = stack.at(-1)) {
    const next = path.get(id)?.next()
    if (next === undefined || next.done) {
      done.add(id)
      path.delete(id)
      stack.pop()
    } else if (path.has(next.value)) {
      return stack.slice(stack.indexOf(next.value)).reverse()
    } else if (!done.has(next.value)) {
      path.set(next.value, needsOf(next.value))
      stack.push(next.value)
    }
  }
  return null
}

function startingFirst(cycle: readonly TaskId[], tasks: readonly GraphNode[]): TaskId[] {
  const members = new Set(cycle)
  const first = tasks.find(({ id }) => members.has(id))?.id ?? ''
  const start = cycle.indexOf(first)
  return [...cycle.slice(start), ...cycle.slice(0, start), first]
}

function reach(from: Iterable<TaskId>, next: (id: TaskId) => readonly TaskId[]): Set<TaskId> {
  const found = new Set(from)
  for (const id of found) for (const other of next(id)) found.add(other)
  return found
}

/** The given tasks and all tasks that they need, directly or indirectly. */
export function needsClosure(tasks: readonly GraphNode[], ids: Iterable<TaskId>): Set<TaskId> {
  const nodes = byId(tasks)
  return reach(ids, (id) => (nodes.get(id)?.needs ?? []).filter((need) => nodes.has(need)))
}

/** All tasks that need the given ones, directly or indirectly, without the given ones. */
export function dependantsOf(tasks: readonly GraphNode[], ids: Iterable<TaskId>): Set<TaskId> {
  const given = new Set(ids)
  const dependants = directDependants(tasks)
  return new Set([...reach(given, (id) => dependants.get(id) ?? [])].filter((id) => !given.has(id)))
}

/** By task, minutes from its start to the end of the longest chain that begins with it. */
export function remainingPath<Node extends GraphNode>(
  tasks: readonly Node[],
  estimate: Minutes<Node>,
): Map<TaskId, number> {
  const dependants = directDependants(tasks)
  const remaining = new Map<TaskId, number>()
  for (const task of topologicalOrder(tasks).reverse()) {
    const after = (dependants.get(task.id) ?? []).map((id) => remaining.get(id) ?? 0)
    remaining.set(task.id, estimate(task) + after.reduce((most, minutes) => Math.max(most, minutes), 0))
  }
  return remaining
}

/** The longest chain of tasks; ties by plan order. */
export function criticalPath<Node extends GraphNode>(tasks: readonly Node[], estimate: Minutes<Node>): TaskId[] {
  const dependants = directDependants(tasks)
  const remaining = remainingPath(tasks, estimate)
  const longest = (ids: readonly TaskId[]): TaskId | undefined =>
    ids.reduce<TaskId | undefined>(
      (best, id) => (best === undefined || (remaining.get(id) ?? 0) > (remaining.get(best) ?? 0) ? id : best),
      undefined,
    )
  const path: TaskId[] = []
  for (let id = longest(tasks.map((task) => task.id)); id !== undefined; id = longest(dependants.get(id) ?? []))
    path.push(id)
  return path
}

/** The sum of all tasks' minutes. */
export const work = <Node extends GraphNode>(tasks: readonly Node[], estimate: Minutes<Node>): number =>
  tasks.reduce((sum, task) => sum + estimate(task), 0)

/**
 * The maximum number of concurrent tasks with unlimited slots, if every task starts as soon as its needs are done. Not the
 * largest antichain: that takes a bipartite matching, and a run does not reach it.
 */
export function width<Node extends GraphNode>(tasks: readonly Node[], estimate: Minutes<Node>): number {
  const ends = new Map<TaskId, number>()
  const changes: { at: number; by: 1 | -1 }[] = []
  for (const task of topologicalOrder(tasks)) {
    const start = task.needs.reduce((latest, need) => Math.max(latest, ends.get(need) ?? 0), 0)
    const end = start + estimate(task)
    ends.set(task.id, end)
    if (end > start) changes.push({ at: start, by: 1 }, { at: end, by: -1 })
  }
  let [inFlight, most] = [0, 0]
  for (const { by } of changes.sort((a, b) => a.at - b.at || a.by - b.by)) {
    inFlight += by
    most = Math.max(most, inFlight)
  }
  return most
}

/** Inserts into a list in descending order, so that `pop` removes its smallest item. */
export function insertDescending(descending: number[], item: number): void {
  let low = 0
  let high = descending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((descending[middle] ?? 0) > item) low = middle + 1
    else high = middle
  }
  descending.splice(low, 0, item)
}
