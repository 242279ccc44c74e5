import { stepsOf } from '../../core/run/hand-off.ts'
import type { TranscriptBlock, TranscriptLine } from '../../core/slots/transcript.ts'
import type { Redact } from '../../core/text/redact.ts'
import type { Block } from '../../ports/model.ts'
import type { TurnRecord } from '../loop/conversation.ts'

/** A log of one attempt, one JSON object per line. It is for people; no prompt ever holds it. */
export interface Transcript {
  add(line: TranscriptLine): void
  turn(record: TurnRecord): void
  lines(): readonly string[]
  /** The last calls of tools, oldest first. */
  steps(): string[]
}

/** Characters; an attempt at its limits stays below. */
const MOST_CHARACTERS = 8_000_000
const CUT: TranscriptLine = { kind: 'cut', detail: `more than ${MOST_CHARACTERS} characters` }

/** `onLine` gets each line as it is written. */
export function transcript(redact: Redact, onLine: (line: string) => void): Transcript {
  const lines: string[] = []
  let calls: string[] = []
  let length = 0
  function add(line: TranscriptLine): void {
    const text = redact(JSON.stringify(line))
    if (length > MOST_CHARACTERS) return
    length += text.length
    const written = length > MOST_CHARACTERS ? JSON.stringify(CUT) : text
    lines.push(written)
    onLine(written)
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
const readable = (block: Block): TranscriptBlock => (block.kind === 'opaque' ? { kind: 'opaque' } : block)

/** Redacted before it is cut: half a secret is none that could be found. */
const callText = (block: Block, redact: Redact): string[] =>
  block.kind === 'call' ? [redact(`${block.name} ${JSON.stringify(block.input)}`)] : []
