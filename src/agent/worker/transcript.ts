import { stepsOf } from '../../core/run/hand-off.ts'
import type { Redact } from '../../core/text/redact.ts'
import type { Block } from '../../ports/model.ts'
import type { TurnRecord } from '../loop/conversation.ts'

/** A log of one attempt, one JSON object per line. It is for people; no prompt ever holds it. */
export interface Transcript {
  add(line: Readonly<Record<string, unknown>>): void
  turn(record: TurnRecord): void
  lines(): readonly string[]
  /** The last calls of tools, oldest first. */
  steps(): string[]
}

/** Characters; an attempt at its limits stays below. */
const MOST_CHARACTERS = 8_000_000

export function transcript(redact: Redact): Transcript {
  const lines: string[] = []
  let calls: string[] = []
  let length = 0
  function add(line: Readonly<Record<string, unknown>>): void {
    const text = redact(JSON.stringify(line))
    if (length > MOST_CHARACTERS) return
    length += text.length
    lines.push(
      length > MOST_CHARACTERS
        ? JSON.stringify({ kind: 'cut', detail: `more than ${MOST_CHARACTERS} characters` })
        : text,
    )
  }
  return {
    add,
    turn: (record) => {
      add({ kind: 'turn', ...record, blocks: record.blocks.map(readable) })
      calls = stepsOf([...calls, ...record.blocks.flatMap((block) => callText(block, redact))])
    },
    lines: () => lines,
    steps: () => calls,
  }
}

/** Leaves out content that only the model's API can read. */
const readable = (block: Block): unknown => (block.kind === 'opaque' ? { kind: 'opaque' } : block)

/** Redacted before it is cut: half a secret is none that could be found. */
const callText = (block: Block, redact: Redact): string[] =>
  block.kind === 'call' ? [redact(`${block.name} ${JSON.stringify(block.input)}`)] : []
