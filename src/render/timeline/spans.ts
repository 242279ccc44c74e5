import { parseMoneyKey } from '../../core/money/money-key.ts'
import { ownOf } from '../../core/own.ts'
import type { RunEvent } from '../../core/run/event.ts'
import type { AttemptRecord } from '../../core/run/task-record.ts'
import type { Work } from '../../core/run/work.ts'
import { slotNames } from '../../core/slots/slot-jobs.ts'
import { secondsBetween } from '../markdown/format.ts'

/** A piece of work in a slot. Times in seconds since the first event. */
export interface Span {
  slot: string
  label: string
  from: number
  to: number
  succeeded: boolean
  /** What a slot does before its first work. */
  before?: 'queue' | 'set-up'
  /** Seconds of the acceptance at its end, if it came to that. */
  acceptance?: number
  /** The task is on the critical path. */
  isCritical?: boolean
  /** What all attempts of the task have cost so far, in words. */
  cost?: string
}

/** Attempts and verifications in slots, by start. Work that has not ended is drawn up to the last event. */
export function slotSpans(events: readonly RunEvent[], work: Work): Span[] {
  const begin = events[0]?.at ?? ''
  const end = events.at(-1)?.at ?? begin
  const since = (at: string): number => secondsBetween(begin, at)
  const acceptances = acceptancesIn(events)
  const attempts = work.plan.tasks.flatMap(({ id }) =>
    (ownOf(work.tasks, id)?.attempts ?? []).flatMap(({ attempt, slot, startedAt, endedAt, outcome }): Span[] => {
      if (slot === null || startedAt === null) return []
      const [from, to] = [since(startedAt), since(endedAt ?? end)]
      const acceptance = acceptances.get(`${id} ${attempt}`)
      const known = acceptance === undefined ? {} : { acceptance: Math.min(acceptance, to - from) }
      return [{ slot, label: id, from, to, succeeded: SUCCEEDED[outcome], ...known }]
    }),
  )
  return [...attempts, ...verifications(events, since, end)].toSorted((a, b) => a.from - b.from)
}

/**
 * What comes before the first work of a slot. It is given work once its job is seen to run, so until then the job waited for a
 * runner, or the slot for a task; from then until it begins, which it says itself, the job checks out and is set up.
 */
export function startSpans(events: readonly RunEvent[], work: readonly Span[]): Span[] {
  const begin = events[0]?.at ?? ''
  const since = (at: string): number => secondsBetween(begin, at)
  return events.flatMap((event): Span[] => {
    if (event.type !== 'slots_requested') return []
    const gone = events.find((later) => later.type === 'slots_gone' && later.request === event.request)
    const end = since(gone?.at ?? events.at(-1)?.at ?? begin)
    return slotNames(event.request, event.count).flatMap((slot) => {
      const given = events.find((later) => 'slot' in later && later.slot === slot)
      const [asked, seen] = [since(event.at), given === undefined ? end : since(given.at)]
      const first = Math.min(...work.filter((span) => span.slot === slot).map((span) => span.from), end)
      const span = (before: 'queue' | 'set-up', from: number, to: number): Span => ({
        slot,
        label: before,
        before,
        from,
        to,
        succeeded: true,
      })
      // What is given before the tasks, a baseline, is no part of these lanes.
      const isSetUp = given?.type === 'task_started' && first > seen
      return [span('queue', asked, Math.max(asked, seen)), ...(isSetUp ? [span('set-up', seen, first)] : [])]
    })
  })
}

/** By task and attempt. */
const acceptancesIn = (events: readonly RunEvent[]): Map<string, number> =>
  new Map(
    events.flatMap((event): [string, number][] =>
      (event.type === 'task_verified' || event.type === 'task_failed') && event.report !== undefined
        ? [[`${event.task} ${event.attempt}`, event.report.acceptanceSeconds]]
        : [],
    ),
  )

/** Whether an attempt succeeded. An open attempt counts as success until it ends. */
const SUCCEEDED: Readonly<Record<AttemptRecord['outcome'], boolean>> = {
  open: true,
  verified: true,
  failed: false,
  conflict: false,
  returned: false,
  cancelled: false,
  skipped: false,
}

function verifications(events: readonly RunEvent[], since: (at: string) => number, end: string): Span[] {
  return events.flatMap((event, index): Span[] => {
    if (event.type !== 'verification_started') return []
    const over = events
      .slice(index + 1)
      .find((later) => 'on' in later && later.on === event.on && later.attempt === event.attempt)
    const succeeded = over === undefined || over.type === 'verification_passed'
    return [{ slot: event.slot, label: 'verify', from: since(event.at), to: since(over?.at ?? end), succeeded }]
  })
}

export const slotsIn = (spans: readonly Span[]): string[] =>
  [...new Set(spans.map(({ slot }) => slot))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))

export const busySeconds = (spans: readonly Span[]): number => spans.reduce((sum, { from, to }) => sum + to - from, 0)

/** Seconds in which slots were idle between two pieces of work, summed over the slots. */
export const idleSeconds = (spans: readonly Span[]): number =>
  slotsIn(spans).reduce((sum, slot) => {
    const own = spans.filter((span) => span.slot === slot)
    const first = Math.min(...own.map(({ from }) => from))
    const last = Math.max(...own.map(({ to }) => to))
    return sum + Math.max(0, last - first - busySeconds(own))
  }, 0)

/** Seconds in which spans of both lists ran at the same time. */
export function overlapSeconds(some: readonly Span[], others: readonly Span[]): number {
  const common = mergedIntervals(some).flatMap((one) =>
    mergedIntervals(others).map((other) => Math.max(0, Math.min(one.to, other.to) - Math.max(one.from, other.from))),
  )
  return common.reduce((sum, seconds) => sum + seconds, 0)
}

type Interval = Pick<Span, 'from' | 'to'>

/** The intervals merged, so that none overlap. */
function mergedIntervals(spans: readonly Interval[]): Interval[] {
  const united: Interval[] = []
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = united.at(-1)
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to)
    else united.push({ from, to })
  }
  return united
}

/** The stages of planning as spans: the kind of stage is the row, its task the label. */
export const planningSpans = (events: readonly RunEvent[]): Span[] =>
  spans(events, (event) => (event.type === 'money_reserved' ? stageOf(event.stage) : null))

/** The times in which the run waited for a person, by what it waited for. */
export const waitSpans = (events: readonly RunEvent[]): Span[] => spans(events, waitOf)

function spans(events: readonly RunEvent[], openedBy: (event: RunEvent) => OpenSpan | null): Span[] {
  const begin = events[0]?.at ?? ''
  const end = events.at(-1)?.at ?? begin
  const since = (at: string): number => secondsBetween(begin, at)
  return events.flatMap((event, index): Span[] => {
    const opened = openedBy(event)
    if (opened === null) return []
    const over = events.slice(index + 1).find(opened.isOver)
    const { row, label } = opened
    return [
      { slot: row, label, from: since(event.at), to: since(over?.at ?? end), succeeded: over?.type !== 'stage_failed' },
    ]
  })
}

interface OpenSpan {
  row: string
  label: string
  isOver(later: RunEvent): boolean
}

/** The stage's name is the row; its task, if it has one, the label. */
function stageOf(stage: string): OpenSpan {
  const use = parseMoneyKey(stage)
  const name = use?.of === 'stage' ? use.name : stage
  return {
    row: name,
    label: use?.task ?? name,
    isOver: (later) => (later.type === 'money_settled' || later.type === 'stage_failed') && later.stage === stage,
  }
}

function waitOf(event: RunEvent): OpenSpan | null {
  switch (event.type) {
    case 'questions_asked':
      return { row: 'a person', label: 'answers', isOver: ended('questions_answered') }
    case 'plan_proposed':
      return event.mode === 'off'
        ? null
        : {
            row: 'a person',
            label: 'an approval',
            isOver: ended('plan_approved', 'revision_requested', 'gate_switched_off'),
          }
    case 'run_paused':
      return { row: 'a person', label: 'a word to go on', isOver: ended('run_resumed', 'plan_approved') }
    default:
      return null
  }
}

/** The end of a run ends every wait. */
const ended =
  (...types: RunEvent['type'][]) =>
  ({ type }: RunEvent): boolean =>
    types.includes(type) || ENDS.includes(type)

const ENDS: readonly RunEvent['type'][] = [
  'run_cancelled',
  'run_closed',
  'run_finished',
  'plan_rejected',
  'plan_refused',
]
