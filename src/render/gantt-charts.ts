import { GANTT_COLUMNS, gantt } from './gantt.ts'
import { type Span, slotsIn } from './spans.ts'

const rowsOf = (planner: readonly Span[]): string[] => [...new Set(planner.map(({ slot }) => slot))]

/**
 * Planner and slots over one axis, so that it is seen what went on at once. Where the planner was done long before the
 * first slot started, as when a person took an hour to approve, it gets a chart of its own: one axis would show neither.
 */
export function ganttCharts(planner: readonly Span[], slots: readonly Span[], columns = GANTT_COLUMNS): string[][] {
  const start = Math.min(...slots.map(({ from }) => from))
  const before = planner.filter(({ to }) => to <= start)
  const rest = planner.filter((span) => !before.includes(span))
  const together = [...rest, ...slots]
  const gap = Math.min(...together.map(({ from }) => from)) - Math.max(...before.map(({ to }) => to))
  const length = Math.max(...together.map(({ to }) => to)) - start
  const apart = slots.length > 0 && before.length > 0 && gap > length / 4
  return apart ? [chart(before, [], columns), chart(rest, slots, columns)] : [chart(planner, slots, columns)]
}

function chart(planner: readonly Span[], slots: readonly Span[], columns: number): string[] {
  const all = [...planner, ...slots]
  if (all.length === 0) return []
  const title = planner.length === 0 ? 'Slots' : slots.length === 0 ? 'Planner' : 'Planner and slots'
  return [title, ...gantt(all, [...rowsOf(planner), ...slotsIn(slots)], columns)]
}
