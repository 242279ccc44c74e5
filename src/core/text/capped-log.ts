import type { Redact } from './redact.ts'

export interface CappedLog {
  add(text: string): void
  text(): string
}

/** Characters kept at each end. */
const KEPT = 10_000
/** In characters; a longer line is processed in pieces, to limit memory. */
const LONGEST_LINE = 64_000

/** Keeps the redacted head and tail of a command's output, and states how much is left out between them. */
export function cappedLog(redact: Redact, kept = KEPT): CappedLog {
  let line = ''
  let head = ''
  let tail = ''
  let leftOut = 0

  function keep(text: string): void {
    const room = kept - head.length
    head += text.slice(0, Math.max(room, 0))
    tail += text.slice(Math.max(room, 0))
    if (tail.length > 2 * kept) trim()
  }
  function trim(): void {
    leftOut += Math.max(tail.length - kept, 0)
    tail = tail.slice(-kept)
  }
  return {
    // Redacts whole lines, not chunks: a secret across two chunks would be missed.
    add(text) {
      line += text
      const end = line.length > LONGEST_LINE ? line.length : line.lastIndexOf('\n') + 1
      if (end === 0) return
      keep(redact(line.slice(0, end)))
      line = line.slice(end)
    },
    text() {
      keep(redact(line))
      line = ''
      if (tail.length > kept) trim()
      if (leftOut === 0) return whole(head + tail)
      return `${whole(head)}\n… ${leftOut.toLocaleString('en-US')} characters left out …\n${whole(tail)}`
    },
  }
}

/** Removes half surrogate pairs at both ends. */
const whole = (text: string): string => text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '')
