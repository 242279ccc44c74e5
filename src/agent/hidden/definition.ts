import type { Line } from './line.ts'
import { destinationEnd, normal, overBlanks, titleEnd } from './link-parts.ts'
import { MAY_HIDE, paragraphEnd } from './look.ts'
import { drop, keep } from './moves.ts'
import type { Scan } from './scan.ts'
import { target } from './target.ts'

const LABEL = /\[((?:[^[\]\\]|\\[\s\S]){1,999})\]:/y
const LINE_END = /[ \t]*(?=\n|$)/y

/** Takes out the definition that begins this line, if one does: nobody sees it. */
export function definition(scan: Scan, line: Line): void {
  const label = labelAt(scan)
  if (label.startsWith('^') && footnote(scan, normal(label), line)) return
  const inner = label.startsWith('^') ? labelAt(scan) : label
  if (inner !== '' && !inner.startsWith('^') && !scan.inParagraph) link(scan, normal(inner), LABEL.lastIndex)
}

function labelAt(scan: Scan): string {
  LABEL.lastIndex = scan.at
  return LABEL.exec(scan.text)?.[1]?.trim() ?? ''
}

function link(scan: Scan, label: string, behind: number): void {
  const { text } = scan
  const from = overBlanks(text, behind)
  const to = destinationEnd(text, from)
  const limit = paragraphEnd(scan)
  if (to === null || to === from || from >= limit) return
  const end = afterTitle(scan, to, limit) ?? lineEnd(text, to)
  if (end === null) return
  if (!scan.definitions.has(label)) scan.definitions.set(label, target(text.slice(from, to)))
  drop(scan, scan.fresh && end <= scan.end ? end : pastTraps(scan, end), 'link-definition')
  scan.html = false
  scan.afterDefinition = true
}

function afterTitle(scan: Scan, to: number, limit: number): number | null {
  const gap = overBlanks(scan.text, to)
  const titled = gap > to ? titleEnd(scan, gap, limit) : null
  return titled === null ? null : lineEnd(scan.text, titled)
}

function lineEnd(text: string, at: number): number | null {
  LINE_END.lastIndex = at
  return LINE_END.test(text) ? LINE_END.lastIndex : null
}

/**
 * A note that nobody refers to is shown nowhere. In the first pass nobody knows, so its words are read on. One that begins
 * with HTML or a fence may hide what follows: it goes too. True if it is gone.
 */
function footnote(scan: Scan, label: string, line: Line): boolean {
  scan.inFootnote = true
  const { footnotes } = scan.known
  const words = overBlanks(scan.text, LABEL.lastIndex)
  BLOCK.lastIndex = words
  const gone = BLOCK.test(scan.text) || (footnotes !== null && !footnotes.has(label))
  if (gone) drop(scan, pastTraps(scan, footnoteEnd(scan.text, line.end)), 'footnote')
  else keep(scan, Math.min(words, line.end))
  return gone
}

/** What may be none of it may be a tag that hides the rest: then all of the rest goes. */
const pastTraps = ({ text, at }: Scan, end: number): number =>
  MAY_HIDE.test(text.slice(at + 1, end)) ? text.length : end

const BLOCK = /<|`{3}|~{3}/y
const FURTHER = /\n(?:[ \t]*\n)+(?: {4}| {0,3}\t)[^\n]+|\n[^\S\n]*\S[^\n]*/y

function footnoteEnd(text: string, lineEnd: number): number {
  FURTHER.lastIndex = lineEnd
  let end = lineEnd
  while (FURTHER.test(text)) end = FURTHER.lastIndex
  return end
}
