import type { TaskId } from '../../core/ids.ts'
import { directDependants, type GraphNode, topologicalOrder } from '../../core/plan/graph.ts'

/** Columns from left to right, each with its tasks from top to bottom. A task stands right of all its needs. */
export type Columns = readonly (readonly TaskId[])[]

const SWEEPS = 8

/**
 * A layered layout (Sugiyama): the column of a task is the longest way to it, and within a column tasks are ordered by the mean
 * place of their neighbours, to and fro, which leaves few edges that cross.
 */
export function columnsOf(tasks: readonly GraphNode[]): Columns {
  const columns: TaskId[][] = []
  for (const [id, column] of columnNumbers(tasks)) columns[column] = [...(columns[column] ?? []), id]
  const needs = new Map(tasks.map((task) => [task.id, task.needs]))
  const dependants = directDependants(tasks)
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const neighbours = sweep % 2 === 0 ? needs : dependants
    const placed = places(columns)
    const order = sweep % 2 === 0 ? [...columns.keys()] : [...columns.keys()].reverse()
    for (const column of order) {
      const sorted = byMeanPlace(columns[column] ?? [], neighbours, placed)
      columns[column] = sorted
      sorted.forEach((id, index) => {
        placed.set(id, placeIn(sorted, index))
      })
    }
  }
  return columns
}

/** The column of each task, needs first. */
function columnNumbers(tasks: readonly GraphNode[]): Map<TaskId, number> {
  const columnOf = new Map<TaskId, number>()
  for (const { id, needs } of topologicalOrder(tasks))
    columnOf.set(id, Math.max(-1, ...needs.map((need) => columnOf.get(need) ?? -1)) + 1)
  return columnOf
}

/** A graph whose every edge leads into the next column. `wayTo`: the points between a need and a task, from left to right. */
export interface Routed {
  nodes: readonly GraphNode[]
  wayTo(need: TaskId, task: TaskId): readonly TaskId[]
}

/** More points than this for a task would make a drawing of lines: then edges go behind the tasks in their way. */
const MOST_POINTS = 2

/** Puts a point into each column that an edge passes, so that it passes beside the tasks there. Edges of one task share them. */
export function withWaypoints(tasks: readonly GraphNode[]): Routed {
  const columnOf = columnNumbers(tasks)
  const between = (need: TaskId, task: TaskId) => (columnOf.get(task) ?? 0) - (columnOf.get(need) ?? 0) - 1
  const longest = new Map<TaskId, number>()
  for (const { id, needs } of tasks)
    for (const need of needs)
      if (columnOf.has(need)) longest.set(need, Math.max(longest.get(need) ?? 0, between(need, id)))
  const ways = new Map(
    [...longest].map(([need, length]) => [need, Array.from({ length }, (_, step) => `${need}@${step}`)]),
  )
  const points = [...ways].flatMap(([need, way]) => way.map((id, step) => ({ id, needs: [way[step - 1] ?? need] })))
  if (points.length > MOST_POINTS * tasks.length) return { nodes: tasks, wayTo: () => [] }
  const wayTo = (need: TaskId, task: TaskId) => ways.get(need)?.slice(0, between(need, task)) ?? []
  const nodes = tasks.map(({ id, needs }) => ({ id, needs: needs.map((need) => wayTo(need, id).at(-1) ?? need) }))
  return { nodes: [...nodes, ...points], wayTo }
}

/** Columns are centred on each other, so a place is counted from the middle. */
const placeIn = (column: readonly TaskId[], index: number): number => index - (column.length - 1) / 2

const places = (columns: Columns): Map<TaskId, number> =>
  new Map(columns.flatMap((column) => column.map((id, index): [TaskId, number] => [id, placeIn(column, index)])))

function byMeanPlace(
  column: readonly TaskId[],
  neighbours: ReadonlyMap<TaskId, readonly TaskId[]>,
  placed: ReadonlyMap<TaskId, number>,
): TaskId[] {
  const means = new Map(
    column.map((id) => {
      const known = (neighbours.get(id) ?? []).flatMap((other) => placed.get(other) ?? [])
      const own = placed.get(id) ?? 0
      return [id, known.length === 0 ? own : known.reduce((sum, place) => sum + place, 0) / known.length]
    }),
  )
  return column.toSorted((one, other) => (means.get(one) ?? 0) - (means.get(other) ?? 0))
}
