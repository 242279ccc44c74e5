import { destinationEnd, normal, overBlanks, titleEnd } from './link-parts.ts'
import { inAddress, MAY_HIDE, paragraphEnd } from './look.ts'
import { drop, keep, replaceTo } from './moves.ts'
import { counted } from './removed.ts'
import type { Opener, Scan } from './scan.ts'
import { target } from './target.ts'

export function open(scan: Scan, bracket: string): void {
  const around = scan.openers.at(-1)
  if (around !== undefined) around.nested = true
  const from = scan.at + bracket.length
  const { length: written } = scan.out
  scan.openers.push({ image: bracket === '![', written, shown: scan.shown, from, nested: false })
  keep(scan, from)
  // A bracket alone is no text that a link could be told by.
  scan.shown -= 1
}

/** Where a link leads, and where what belongs to it is over. `raw`: it may stay as it is written. */
interface Tail {
  readonly leads: string
  readonly end: number
  readonly raw: boolean
}

export function close(scan: Scan): void {
  const opener = scan.openers.pop()
  const tail = opener === undefined ? null : tailOf(scan, opener)
  if (opener === undefined || tail === null) keep(scan, scan.at + 1)
  else finish(scan, opener, tail)
}

function tailOf(scan: Scan, opener: Opener): Tail | null {
  const label = opener.nested || scan.at - opener.from > LONGEST_LABEL ? null : scan.text.slice(opener.from, scan.at)
  if (label?.startsWith('^') && refers(scan, opener.from)) scan.footnotes.add(normal(label))
  const tail = resource(scan) ?? reference(scan, label)
  // In HTML this may be no link, and the tag inside a tag.
  return tail !== null && scan.html && MAY_HIDE.test(scan.text.slice(scan.at, tail.end)) ? null : tail
}

/** Whether a note's label is a reference to it for certain, so that the note is shown. */
const refers = (scan: Scan, at: number): boolean =>
  !scan.inFootnote && !scan.html && !scan.blocks.doubt && !inAddress(scan, at)

/** Without the description of an image, the title of a link, and a link that nothing shows. */
function finish(scan: Scan, opener: Opener, tail: Tail): void {
  if (scan.text.slice(scan.at, tail.end).includes('`')) scan.paired = false
  const seen = scan.shown > opener.shown
  if (opener.image || !seen) scan.out.length = opener.written
  if (opener.image && seen) counted(scan.tally, 'image-text')
  if (opener.image) replaceTo(scan, tail.end, '(image)')
  else if (!seen) drop(scan, tail.end, 'empty-link')
  else if (tail.raw) keep(scan, tail.end)
  else replaceTo(scan, tail.end, `](${tail.leads})`)
}

const LONGEST_LABEL = 999
const LABEL = /\[((?:[^[\]\\]|\\[\s\S]){0,999})\]/y

/** `][label]`, `][]` or `]` alone, where an earlier pass has seen where the label leads. */
function reference(scan: Scan, own: string | null): Tail | null {
  LABEL.lastIndex = scan.at + 1
  const found = scan.text[scan.at + 1] === '[' ? LABEL.exec(scan.text) : null
  const written = found?.[1] ?? ''
  const label = written.trim() === '' ? own : written
  const leads = label === null ? undefined : scan.known.definitions.get(normal(label))
  if (leads === undefined) return null
  return { leads, end: found === null ? scan.at + 1 : LABEL.lastIndex, raw: false }
}

/** `](destination "title")` */
function resource(scan: Scan): Tail | null {
  const { text, at } = scan
  if (text[at + 1] !== '(') return null
  const limit = paragraphEnd(scan)
  const from = overBlanks(text, at + 2)
  const to = destinationEnd(text, from)
  if (to === null) return null
  const gap = overBlanks(text, to)
  const titled = gap > to ? titleEnd(scan, gap, limit) : null
  const end = overBlanks(text, titled ?? gap)
  if (text[end] !== ')' || end >= limit) return null
  const written = text.slice(from, to)
  const leads = target(written)
  if (titled !== null) counted(scan.tally, 'link-title')
  if (leads === '' && written !== '' && written !== '<>') counted(scan.tally, 'link-target')
  return { leads, end: end + 1, raw: titled === null && leads === written }
}
