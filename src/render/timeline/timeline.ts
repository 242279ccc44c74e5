import type { TaskId } from '../../core/ids.ts'
import { allSpending, type Ledger } from '../../core/money/ledger.ts'
import { tokensOf } from '../../core/money/usage.ts'
import { ownOf } from '../../core/own.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { taskOf } from '../../core/run/lookup.ts'
import { type LiveRun, type RunState, workOf } from '../../core/run/state.ts'
import type { Work } from '../../core/run/work.ts'
import { budgetLine } from '../cost.ts'
import { sections } from '../markdown/blocks.ts'
import { bounded, oneLine } from '../markdown/escape.ts'
import { commaList, count, duration, secondsBetween, usd } from '../markdown/format.ts'
import { headline } from '../status/headline.ts'
import { eventLine } from './event-line.ts'
import { ganttCharts } from './gantt.ts'
import {
  busySeconds,
  idleSeconds,
  overlapSeconds,
  planningSpans,
  type Span,
  slotSpans,
  slotsIn,
  waitSpans,
} from './spans.ts'

const COLUMNS = 110

/** A run as plain text for a terminal: events, charts of planner and slots, critical path, and sums. */
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

/** Charts of planner and slots, then the critical path and the sums. */
function charts(events: readonly RunEvent[], state: LiveRun): string[] {
  const work = workOf(state)
  const slots = work === null ? [] : slotSpans(events, work)
  const planner = planningSpans(events)
  const path = work === null ? [] : actualCriticalPath(events, work)
  return sections(
    ...ganttCharts(planner, slots),
    path.length === 0
      ? []
      : ['Critical path, as it was', ...wrapped(path.map(({ task, landed }) => `${task} (${landed.toFixed(1)} s)`))],
    timeSums(events, planner, slots),
    moneySums(state.ledger),
  )
}

/** `a > b > c`, wrapped at the width of the terminal. */
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

/** Wall time, parallelism, idle slots, and time spent waiting for people. */
export function timeSums(events: readonly RunEvent[], planner: readonly Span[], slots: readonly Span[]): string[] {
  if (slots.length === 0) return planner.length === 0 ? [] : waitSums(events)
  const wall = Math.max(...slots.map(({ to }) => to)) - Math.min(...slots.map(({ from }) => from))
  const total = busySeconds(slots)
  const both = overlapSeconds(planner, slots)
  return [
    `${duration(wall)} from the first start to the last end, ${duration(total)} of work in ${count(slotsIn(slots).length, 'slot')}: ${(total / Math.max(wall, 0.1)).toFixed(1)} at once on average`,
    `${duration(idleSeconds(slots))} in which a slot stood idle between two pieces of work`,
    ...(both > 0 ? [`${duration(both)} in which the planner and the slots were at work at the same time`] : []),
    ...(planner.length === 0 ? [] : waitSums(events)),
  ]
}

function waitSums(events: readonly RunEvent[]): string[] {
  const all = waitSpans(events)
  const sums = [...new Set(all.map(({ label }) => label))].map(
    (label) => `${duration(busySeconds(all.filter((wait) => wait.label === label)))} for ${label}`,
  )
  return sums.length === 0 ? [] : [`People were waited for: ${commaList(sums)}`]
}

/** A line for each role and model, then the sum against the limit. Empty if no model was called. */
export function moneySums(ledger: Ledger): string[] {
  const spending = allSpending(ledger)
  if (spending.length === 0) return []
  const lines = spending.map(
    ({ role, model, usd: spent, calls, usage }) =>
      `  ${role.padEnd(9)}  ${bounded(model, 30).padEnd(30)}  ${usd(spent).padStart(12)}  ${tokensOf(usage).toLocaleString('en-US')} tokens in ${count(calls, 'call')}`,
  )
  return ['Money', ...lines, `  ${budgetLine(ledger).replace(/^Money: /, '')}`]
}

interface Step {
  task: TaskId
  /** Seconds since the first event. */
  landed: number
}

/** The critical path as it happened: from the task that landed last, back over the need that landed last, and so on. */
export function actualCriticalPath(events: readonly RunEvent[], work: Work): Step[] {
  const landed = landings(events, work)
  const last = (ids: readonly TaskId[]): TaskId | undefined =>
    ids.reduce<TaskId | undefined>(
      (latest, id) => ((landed.get(id) ?? -1) > (latest === undefined ? -1 : (landed.get(latest) ?? -1)) ? id : latest),
      undefined,
    )
  const path: Step[] = []
  for (let id = last([...landed.keys()]); id !== undefined; id = last(taskOf(work, id).needs))
    path.unshift({ task: id, landed: landed.get(id) ?? 0 })
  return path
}

function landings(events: readonly RunEvent[], work: Work): Map<TaskId, number> {
  const begin = events[0]?.at ?? ''
  return new Map(
    work.plan.tasks.flatMap(({ id }) => {
      const state = ownOf(work.tasks, id)?.state
      return state?.status === 'landed' ? [[id, secondsBetween(begin, state.since)] as const] : []
    }),
  )
}
