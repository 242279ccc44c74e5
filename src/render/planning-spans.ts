import type { RunEvent } from '../core/event.ts'
import { parseMoneyKey } from '../core/money-key.ts'
import type { Span } from './spans.ts'
import { secondsBetween } from './words.ts'

/** A row for each kind of work that the planner does, in the order in which they came. */
export const planningSpans = (events: readonly RunEvent[]): Span[] =>
  spans(events, (event) => (event.type === 'money_reserved' ? stageOf(event.stage) : null))

/** For what people were waited for, and how long. */
export const waits = (events: readonly RunEvent[]): Span[] => spans(events, waitOf)

function spans(events: readonly RunEvent[], openedBy: (event: RunEvent) => Opened | null): Span[] {
  const begin = events[0]?.at ?? ''
  const end = events.at(-1)?.at ?? begin
  const since = (at: string): number => secondsBetween(begin, at)
  return events.flatMap((event, index): Span[] => {
    const opened = openedBy(event)
    if (opened === null) return []
    const over = events.slice(index + 1).find(opened.isOver)
    const { row, label } = opened
    return [
      { slot: row, label, from: since(event.at), to: since(over?.at ?? end), good: over?.type !== 'stage_failed' },
    ]
  })
}

interface Opened {
  row: string
  label: string
  isOver(later: RunEvent): boolean
}

/** The stage's name is the row, its task the label. */
function stageOf(stage: string): Opened {
  const use = parseMoneyKey(stage)
  const name = use?.of === 'stage' ? use.name : stage
  return {
    row: name,
    label: use?.task ?? name,
    isOver: (later) => (later.type === 'money_settled' || later.type === 'stage_failed') && later.stage === stage,
  }
}

function waitOf(event: RunEvent): Opened | null {
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

/** A run that ends waits for nobody. */
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
