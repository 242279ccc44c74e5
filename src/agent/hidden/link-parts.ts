import { next } from './look.ts'
import type { Scan } from './scan.ts'

/** Labels are the same whatever their case and blanks. */
export const normal = (label: string): string => label.trim().replace(/\s+/g, ' ').toLowerCase()

const BLANKS = /[ \t]*(?:\n[ \t]*)?/y

export function overBlanks(text: string, at: number): number {
  BLANKS.lastIndex = at
  BLANKS.test(text)
  return BLANKS.lastIndex
}

const BRACKETED = /<(?:[^<>\\\n]|\\.)*>/y
const DEEPEST = 32
const DELIMITER = /[()]|\s|\\[^\s]/g

/** Where an address ends: at its `>`, at a blank, or at a parenthesis that it did not open. */
export function destinationEnd(text: string, from: number): number | null {
  if (text[from] === '<') {
    BRACKETED.lastIndex = from
    return BRACKETED.test(text) ? BRACKETED.lastIndex : null
  }
  let depth = 0
  DELIMITER.lastIndex = from
  for (let found = DELIMITER.exec(text); found !== null; found = DELIMITER.exec(text)) {
    depth += found[0] === '(' ? 1 : found[0] === ')' ? -1 : 0
    if (depth < 0 || /^\s/.test(found[0])) return found.index
    if (depth > DEEPEST) return null
  }
  return text.length
}

const CLOSING: Readonly<Record<string, string>> = { '"': '"', "'": "'", '(': ')' }

/** Behind the title that begins here, null if none does. */
export function titleEnd(scan: Scan, from: number, limit: number): number | null {
  const opening = scan.text[from] ?? ''
  const closing = Object.hasOwn(CLOSING, opening) ? CLOSING[opening] : undefined
  if (closing === undefined) return null
  for (let at = next(scan, closing, from + 1); at < limit; at = next(scan, closing, at + 1))
    if (!isEscaped(scan.text, at)) return at + 1
  return null
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes += 1
  return backslashes % 2 === 1
}
