import { type Span, slotsIn } from './spans.ts'

/** The width for web pages; for a terminal the caller passes its own. */
const GANTT_COLUMNS = 100

interface Scale {
  from: number
  to: number
  columns: number
}

const columnOf = ({ from, to, columns }: Scale, second: number): number =>
  Math.min(columns, Math.max(0, Math.round(((second - from) / (to - from)) * columns)))

/** A chart with a row for each of `rows`, by default the slots. `t1====|` is work, `x` failed work, a dot an idle slot. */
export function gantt(
  spans: readonly Span[],
  rows: readonly string[] = slotsIn(spans),
  columns = GANTT_COLUMNS,
): string[] {
  if (spans.length === 0) return []
  const margin = Math.max(...rows.map((name) => name.length)) + 2
  const from = Math.min(...spans.map((span) => span.from))
  const to = Math.max(...spans.map((span) => span.to), from + 0.1)
  const scale = { from, to, columns: columns - margin }
  return [
    ...rows.map(
      (slot) =>
        `${slot.padEnd(margin)}${row(
          spans.filter((span) => span.slot === slot),
          scale,
        )}`,
    ),
    `${' '.repeat(margin)}${axis(scale)}`,
  ]
}

function row(spans: readonly Span[], scale: Scale): string {
  const cells = Array.from({ length: scale.columns }, () => ' ')
  const [first, last] = [Math.min(...spans.map(({ from }) => from)), Math.max(...spans.map(({ to }) => to))]
  cells.fill('.', columnOf(scale, first), columnOf(scale, last))
  let free = 0
  for (const span of spans) {
    // Even the shortest span gets a column of its own, and takes none from the span before.
    const start = Math.min(Math.max(free, columnOf(scale, span.from)), scale.columns - 1)
    const end = Math.max(start + 1, columnOf(scale, span.to))
    bar(span, end - start)
      .split('')
      .forEach((character, index) => {
        cells[start + index] = character
      })
    free = end
  }
  return cells.slice(0, scale.columns).join('').trimEnd()
}

const bar = ({ label, succeeded }: Span, width: number): string =>
  width === 1 ? '|' : `${label.slice(0, width - 1).padEnd(width - 1, succeeded ? '=' : 'x')}|`

function axis({ from, to, columns }: Scale): string {
  const [left, right] = [`${from.toFixed(0)} s`, `${to.toFixed(0)} s`]
  return `${left}${' '.repeat(Math.max(1, columns - left.length - right.length))}${right}`
}

const rowsOf = (planner: readonly Span[]): string[] => [...new Set(planner.map(({ slot }) => slot))]

/**
 * Planner and slots on one axis, which shows their overlap. If the planner finished long before the first slot started,
 * for example since an approval took an hour, it gets its own chart: on one axis both would be too small to read.
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
