import type { RunEvent } from '../core/event.ts'
import { type LiveRun, type RunState, workOf } from '../core/state.ts'
import { bounded, oneLine } from './escape.ts'
import { ganttCharts } from './gantt-charts.ts'
import { headline } from './headline.ts'
import { planningSpans } from './planning-spans.ts'
import { realPath } from './real-path.ts'
import { spansOf } from './spans.ts'
import { sections } from './table.ts'
import { eventLine } from './timeline-event.ts'
import { moneySums, timeSums } from './timeline-sums.ts'
import { secondsBetween } from './words.ts'

const COLUMNS = 110

/** A run as plain text for a terminal: what happened when, the slots, the path that decided, and the sums. */
export function renderTimeline(events: readonly RunEvent[], state: RunState): string {
  const first = events[0]
  if (first === undefined || state.phase === 'empty') return 'There is nothing in this journal.'
  const { title, counts } = headline(state)
  return sections(
    [
      bounded(`Run ${state.run}: ${workOf(state)?.plan.title ?? state.issue.title}`, COLUMNS),
      `${title}${counts === '' ? '' : `: ${counts}`}`,
    ],
    events.map((event) => line(first.at, event)),
    charts(events, state),
  ).join('\n')
}

const line = (begin: string, event: RunEvent): string =>
  bounded(`${secondsBetween(begin, event.at).toFixed(1)} s`, 20).padStart(10) +
  `  ${bounded(oneLine(eventLine(event)), COLUMNS - 12)}`

/** Planner and slots, so that it is seen what went on at once; then the path that decided, and the sums. */
function charts(events: readonly RunEvent[], state: LiveRun): string[] {
  const work = workOf(state)
  const slots = work === null ? [] : spansOf(events, work)
  const planner = planningSpans(events)
  const path = work === null ? [] : realPath(events, work)
  return sections(
    ...ganttCharts(planner, slots),
    path.length === 0
      ? []
      : ['Critical path, as it was', ...wrapped(path.map(({ task, landed }) => `${task} (${landed.toFixed(1)} s)`))],
    timeSums(events, planner, slots),
    moneySums(state.ledger),
  )
}

/** `a > b > c` over as many lines as it takes. */
function wrapped(items: readonly string[]): string[] {
  const lines = ['']
  items.forEach((item, index) => {
    const next = index === items.length - 1 ? item : `${item} > `
    const last = lines.at(-1) ?? ''
    if (last !== '' && last.length + next.length > COLUMNS) lines.push(`  ${next}`)
    else lines[lines.length - 1] = last + next
  })
  return lines.map((text) => text.trimEnd())
}
