import { matchAt, type SourceLine } from './lines.ts'
import { drop, endUnlessHiding, find, inAddress, keep, mayHide, paragraphEnd, replaceTo } from './moves.ts'
import { countRemoved } from './removed.ts'
import type { Opener, Scan } from './scan.ts'

const SCHEME = /^[a-z][a-z0-9+.-]*:/i
const OPENS_A_PAGE = /^(?:https?:\/\/|mailto:)/i
/** Nothing that could end the link or the attribute it is in. */
const ONE_WORD = /^[^\s"'<>`\\]*$/
/** Longer addresses are not meant for people. */
const LONGEST_TARGET = 1_000

/** Where a link leads if that is a page or a place in the repository; else an empty string. */
export function target(destination: string): string {
  const bare = destination.startsWith('<') ? destination.slice(1, -1) : destination
  if (bare.length > LONGEST_TARGET || !ONE_WORD.test(bare)) return ''
  return SCHEME.test(bare) && !OPENS_A_PAGE.test(bare) ? '' : bare
}

const DATA_URI = /\bdata:[a-z]+\/[\w.+-]+(?:;[\w.+=-]+)*,[^\s"'()<>`]*/gi

/** The text without files in data URIs; `found` is called for each. */
export const withoutData = (text: string, found: () => void): string =>
  text.replace(DATA_URI, () => {
    found()
    return '(data)'
  })

export function openBracket(scan: Scan, bracket: string): void {
  const around = scan.openers.at(-1)
  if (around !== undefined) around.nested = true
  const from = scan.at + bracket.length
  const { length: written } = scan.out
  scan.openers.push({ image: bracket === '![', written, visible: scan.visible, from, nested: false })
  keep(scan, from)
  // A bracket alone is not a visible link text.
  scan.visible -= 1
}

/** What follows the text of a link. `asWritten`: it may stay as it is. */
interface Tail {
  readonly leads: string
  readonly end: number
  readonly asWritten: boolean
}

export function closeBracket(scan: Scan): void {
  const opener = scan.openers.pop()
  const tail = opener === undefined ? null : tailOf(scan, opener)
  if (opener === undefined || tail === null) keep(scan, scan.at + 1)
  else finishLink(scan, opener, tail)
}

function tailOf(scan: Scan, opener: Opener): Tail | null {
  const label = opener.nested || scan.at - opener.from > LONGEST_LABEL ? null : scan.text.slice(opener.from, scan.at)
  if (label?.startsWith('^') && isReference(scan, opener.from)) scan.footnotes.add(normalLabel(label))
  const tail = resource(scan) ?? reference(scan, label)
  // In HTML this may not be a link, and the tag inside may be a tag.
  return tail !== null && scan.html && mayHide(scan.text.slice(scan.at, tail.end)) ? null : tail
}

/** Whether the label of a footnote is a reference to it for certain, so that the footnote is shown. */
const isReference = (scan: Scan, at: number): boolean =>
  !scan.inFootnote && !scan.html && !scan.blocks.fencesUncertain && !inAddress(scan, at)

/** Removes the description of an image, the title of a link, and a link without visible text. */
function finishLink(scan: Scan, opener: Opener, tail: Tail): void {
  if (scan.text.slice(scan.at, tail.end).includes('`')) scan.paired = false
  const visible = scan.visible > opener.visible
  if (opener.image || !visible) scan.out.length = opener.written
  if (opener.image && visible) countRemoved(scan.tally, 'image-text')
  if (opener.image) replaceTo(scan, tail.end, '(image)')
  else if (!visible) drop(scan, tail.end, 'empty-link')
  else if (tail.asWritten) keep(scan, tail.end)
  else replaceTo(scan, tail.end, `](${tail.leads})`)
}

const LONGEST_LABEL = 999
const LABEL = /\[((?:[^[\]\\]|\\[\s\S]){0,999})\]/y

/** Labels are equal whatever their case and blanks. */
const normalLabel = (label: string): string => label.trim().replace(/\s+/g, ' ').toLowerCase()

/** `][label]`, `][]` or `]` alone, if an earlier pass has seen where the label leads. */
function reference(scan: Scan, own: string | null): Tail | null {
  const [whole = '', written = ''] = matchAt(LABEL, scan.text, scan.at + 1) ?? []
  const label = written.trim() === '' ? own : written
  const leads = label === null ? undefined : scan.known.definitions.get(normalLabel(label))
  return leads === undefined ? null : { leads, end: scan.at + 1 + whole.length, asWritten: false }
}

/** `](destination "title")` */
function resource(scan: Scan): Tail | null {
  const { text, at } = scan
  const limit = paragraphEnd(scan)
  const found = text[at + 1] === '(' ? destinationAt(scan, at + 2, limit) : null
  if (found === null) return null
  const end = overBlanks(text, found.titleEnd ?? found.to)
  if (text[end] !== ')' || end >= limit) return null
  const leads = target(found.written)
  if (found.titleEnd !== null) countRemoved(scan.tally, 'link-title')
  if (leads === '' && found.written !== '' && found.written !== '<>') countRemoved(scan.tally, 'link-target')
  return { leads, end: end + 1, asWritten: found.titleEnd === null && leads === found.written }
}

interface Destination {
  readonly from: number
  readonly to: number
  readonly written: string
  /** Behind the title, null if there is none. */
  readonly titleEnd: number | null
}

function destinationAt(scan: Scan, at: number, limit: number): Destination | null {
  const from = overBlanks(scan.text, at)
  const to = destinationEnd(scan.text, from)
  if (to === null) return null
  const gap = overBlanks(scan.text, to)
  return { from, to, written: scan.text.slice(from, to), titleEnd: gap > to ? titleEnd(scan, gap, limit) : null }
}

const BLANKS = /[ \t]*(?:\n[ \t]*)?/y
const overBlanks = (text: string, at: number): number => at + (matchAt(BLANKS, text, at)?.[0].length ?? 0)

const BRACKETED = /<(?:[^<>\\\n]|\\.)*>/y
const MAX_PARENTHESES = 32
const DELIMITER = /[()]|\s|\\[^\s]/g

/** A destination ends at its `>`, at a blank, or at a parenthesis that it did not open. */
function destinationEnd(text: string, from: number): number | null {
  if (text[from] === '<') {
    const bracketed = matchAt(BRACKETED, text, from)
    return bracketed === null ? null : from + bracketed[0].length
  }
  let depth = 0
  DELIMITER.lastIndex = from
  for (let found = DELIMITER.exec(text); found !== null; found = DELIMITER.exec(text)) {
    depth += found[0] === '(' ? 1 : found[0] === ')' ? -1 : 0
    if (depth < 0 || /^\s/.test(found[0])) return found.index
    if (depth > MAX_PARENTHESES) return null
  }
  return text.length
}

const CLOSING_QUOTES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ['(', ')'],
])

function titleEnd(scan: Scan, from: number, limit: number): number | null {
  const closing = CLOSING_QUOTES.get(scan.text[from] ?? '')
  if (closing === undefined) return null
  for (let at = find(scan, closing, from + 1); at < limit; at = find(scan, closing, at + 1))
    if (!isEscaped(scan.text, at)) return at + 1
  return null
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes += 1
  return backslashes % 2 === 1
}

/** Removes the definition that begins this line, if there is one: GitHub does not show it. */
export function definition(scan: Scan, line: SourceLine): void {
  let label = definedLabel(scan)
  if (label?.name.startsWith('^')) {
    if (footnote(scan, label, line)) return
    label = definedLabel(scan)
  }
  if (label !== null && !label.name.startsWith('^') && !scan.inParagraph) linkDefinition(scan, label)
}

interface Label {
  readonly name: string
  /** Behind its colon. */
  readonly end: number
}

function definedLabel({ text, at }: Scan): Label | null {
  const [whole = '', written = ''] = matchAt(LABEL, text, at) ?? []
  const end = at + whole.length
  return written.trim() === '' || text[end] !== ':' ? null : { name: normalLabel(written), end: end + 1 }
}

function linkDefinition(scan: Scan, { name, end: behind }: Label): void {
  const limit = paragraphEnd(scan)
  const found = destinationAt(scan, behind, limit)
  if (found === null || found.written === '' || found.from >= limit) return
  const end = blankTo(scan.text, found.titleEnd) ?? blankTo(scan.text, found.to)
  if (end === null) return
  if (!scan.definitions.has(name)) scan.definitions.set(name, target(found.written))
  drop(scan, scan.fresh && end <= scan.end ? end : endUnlessHiding(scan, end), 'link-definition')
  scan.html = false
  scan.afterDefinition = true
}

const BLANK_REST = /[ \t]*(?=\n|$)/y

/** The end of the line if the rest of it is blank. */
function blankTo(text: string, at: number | null): number | null {
  const rest = at === null ? null : matchAt(BLANK_REST, text, at)
  return at === null || rest === null ? null : at + rest[0].length
}

const HIDING_BLOCK = /<|`{3}|~{3}/y

/**
 * Removes a footnote that nothing refers to, since it is not shown. The first pass does not know, so its text is read.
 * A footnote that begins with HTML or a fence may hide what follows, so it is removed too. True if it is removed.
 */
function footnote(scan: Scan, { name, end }: Label, line: SourceLine): boolean {
  scan.inFootnote = true
  const { footnotes } = scan.known
  const body = overBlanks(scan.text, end)
  const removed = matchAt(HIDING_BLOCK, scan.text, body) !== null || (footnotes !== null && !footnotes.has(name))
  if (removed) drop(scan, endUnlessHiding(scan, footnoteEnd(scan.text, line.end)), 'footnote')
  else keep(scan, Math.min(body, line.end))
  return removed
}

const NEXT_LINE = /\n(?:[ \t]*\n)+(?: {4}| {0,3}\t)[^\n]+|\n[^\S\n]*\S[^\n]*/y

function footnoteEnd(text: string, firstLineEnd: number): number {
  let end = firstLineEnd
  for (let next = matchAt(NEXT_LINE, text, end); next !== null; next = matchAt(NEXT_LINE, text, end))
    end += next[0].length
  return end
}
