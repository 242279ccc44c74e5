import type { Redact } from '../../core/text/redact.ts'
import type { Block } from '../../ports/model.ts'
import type { TurnRecord } from '../loop/conversation.ts'

/** What happened in one attempt, a line of JSON each. Kept for people; no context ever holds it again. */
export interface Transcript {
  add(line: Readonly<Record<string, unknown>>): void
  turn(record: TurnRecord): void
  lines(): readonly string[]
}

/** Characters kept: an attempt at its limits stays below. */
const MOST = 8_000_000

export function transcript(redact: Redact): Transcript {
  const lines: string[] = []
  let length = 0
  function add(line: Readonly<Record<string, unknown>>): void {
    const text = redact(JSON.stringify(line))
    if (length > MOST) return
    length += text.length
    lines.push(length > MOST ? JSON.stringify({ kind: 'cut', detail: `more than ${MOST} characters` }) : text)
  }
  return {
    add,
    turn: (record) => add({ kind: 'turn', ...record, blocks: record.blocks.map(shown) }),
    lines: () => lines,
  }
}

/** What only the model's API can read tells a person nothing. */
const shown = (block: Block): unknown => (block.kind === 'opaque' ? { kind: 'opaque' } : block)
