import type { Redact } from './redact.ts'

export interface CappedLog {
  add(text: string): void
  text(): string
}

/** Characters kept at each end. */
const KEPT = 10_000
/** In characters: so much is redacted at once, to limit memory. */
const PIECE = 64_000
/** Characters of a piece that are redacted again with the next one: a secret across both, encoded and wrapped, is no longer. */
const OVERLAP = 16_000

/** Keeps the redacted head and tail of a command's output, and states how much is left out between them. */
export function cappedLog(redact: Redact, kept = KEPT): CappedLog {
  let open = ''
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
    add(text) {
      open += text
      if (open.length <= PIECE) return
      open = redact(open)
      keep(open.slice(0, -OVERLAP))
      open = open.slice(-OVERLAP)
    },
    text() {
      keep(redact(open))
      open = ''
      if (tail.length > kept) trim()
      if (leftOut === 0) return whole(head + tail)
      return `${whole(head)}\n… ${leftOut.toLocaleString('en-US')} characters left out …\n${whole(tail)}`
    },
  }
}

/** Removes half surrogate pairs at both ends. */
const whole = (text: string): string => text.replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, '')
