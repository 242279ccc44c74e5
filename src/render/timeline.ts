import type { RunEvent } from '../core/event.ts'
import { type RunState, type Work, workOf } from '../core/state.ts'
import { bounded, oneLine } from './escape.ts'
import { gantt } from './gantt.ts'
import { headline } from './headline.ts'
import { realPath } from './real-path.ts'
import { busy, idle, slotsIn, spansOf } from './spans.ts'
import { sections } from './table.ts'
import { eventLine } from './timeline-event.ts'
import { count, duration, secondsBetween } from './words.ts'

const COLUMNS = 110

/** A run as plain text for a terminal: what happened when, the slots, the path that decided, and the sums. */
export function renderTimeline(events: readonly RunEvent[], state: RunState): string {
  const first = events[0]
  if (first === undefined || state.phase === 'empty') return 'There is nothing in this journal.'
  const { title, counts } = headline(state)
  const work = workOf(state)
  return sections(
    [
      bounded(`Run ${state.run}: ${work?.plan.title ?? state.issue.title}`, COLUMNS),
      `${title}${counts === '' ? '' : `: ${counts}`}`,
    ],
    events.map((event) => line(first.at, event)),
    work === null ? [] : charts(events, work),
  ).join('\n')
}

const line = (begin: string, event: RunEvent): string =>
  bounded(`${secondsBetween(begin, event.at).toFixed(1)} s`, 20).padStart(10) +
  `  ${bounded(oneLine(eventLine(event)), COLUMNS - 12)}`

function charts(events: readonly RunEvent[], work: Work): string[] {
  const spans = spansOf(events, work)
  if (spans.length === 0) return []
  const path = realPath(events, work)
  const wall = Math.max(...spans.map(({ to }) => to)) - Math.min(...spans.map(({ from }) => from))
  const total = busy(spans)
  return sections(
    ['Slots', ...gantt(spans)],
    path.length === 0
      ? []
      : ['Critical path, as it was', ...wrapped(path.map(({ task, landed }) => `${task} (${landed.toFixed(1)} s)`))],
    [
      `${duration(wall)} from the first start to the last end, ${duration(total)} of work in ${count(slotsIn(spans).length, 'slot')}: ${(total / Math.max(wall, 0.1)).toFixed(1)} at once on average`,
      `${duration(idle(spans))} in which a slot stood idle between two pieces of work`,
    ],
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
