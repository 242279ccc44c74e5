import { definition } from './definition.ts'
import { enter } from './enter.ts'
import { type Fence, fenceAt, languageOf } from './fenced.ts'
import { inline } from './inline.ts'
import { type Line, lineAt } from './line.ts'
import { drop, keep, replaceTo } from './moves.ts'
import { counted, type Tally } from './removed.ts'
import { beginScan, type Known, type Scan } from './scan.ts'

export interface Uncovered {
  readonly text: string
  readonly known: Known
}

export const nothingKnown: Known = { definitions: new Map(), footnotes: null }

/** One pass: the text without what a reader of the page does not see, and what the next pass should know of it. */
export function uncovered(text: string, known: Known, tally: Tally): Uncovered {
  const scan = beginScan(text, known, tally)
  while (scan.at < text.length) takeLine(scan)
  const footnotes = scan.swallowed ? new Set<string>() : scan.footnotes
  return { text: scan.out.join(''), known: { definitions: scan.definitions, footnotes } }
}

function takeLine(scan: Scan): void {
  const line = lineAt(scan.text, scan.at)
  const fresh = scan.blocks.before !== 'words' || scan.afterDefinition
  Object.assign(scan, { end: line.end, body: line.body, fresh, afterDefinition: false })
  const role = enter(scan.blocks, scan.text, line)
  if (role === 'words' || role === 'html') wordsLine(scan, line, role === 'html')
  else codeLine(scan, line, role === 'code')
}

function codeLine(scan: Scan, line: Line, code: boolean): void {
  scan.openers.length = 0
  Object.assign(scan, { paired: true, inFootnote: false, inParagraph: false })
  if (code) withoutAsides(scan, line)
  keep(scan, Math.min(line.end + 1, scan.text.length))
}

function wordsLine(scan: Scan, line: Line, html: boolean): void {
  Object.assign(scan, { html, outermost: isOutermost(scan, line) })
  keep(scan, line.body)
  const fence = fenceAt(scan.text, line)
  if (fence !== null) doubtfulFence(scan, line, fence)
  scan.inParagraph = !html && isParagraph(scan, line)
  scan.depth = line.depth
  if (!html || scan.blocks.html?.sort === 'perhaps') definition(scan, line)
  inline(scan)
}

/** Its words may be seen by nobody; or else they are words like others, and a tag among them hides the rest. */
function doubtfulFence(scan: Scan, line: Line, fence: Fence): void {
  if (fence.info.includes('<')) drop(scan, scan.text.length, 'fence-words')
  else withoutWords(scan, line, fence)
}

/** Nothing around the line could end before it does. */
function isOutermost(scan: Scan, line: Line): boolean {
  const { blocks } = scan
  return line.depth === 0 && line.indent < 4 && blocks.items.length === 0 && !blocks.unsure && blocks.html === null
}

/** Words that began with a letter go on as words: no definition can begin in their midst. */
function isParagraph(scan: Scan, line: Line): boolean {
  const first = scan.text[line.body] ?? ''
  const goesOn = scan.inParagraph && line.markers.length === 0 && line.depth === scan.depth
  return /\p{L}/u.test(first) || (goesOn && first === '[')
}

/** A block is shown as it is but for the words behind its first ticks, and for the comments of a drawing. */
function withoutAsides(scan: Scan, line: Line): void {
  const { fence } = scan.blocks
  if (fence === null) return
  const drawn = languageOf(fence).toLowerCase() === 'mermaid' && scan.text.startsWith('%%', line.body)
  if (fence.start === line.start) withoutWords(scan, line, fence)
  else if (drawn) drop(scan, line.end, 'diagram-comment')
}

function withoutWords(scan: Scan, line: Line, fence: Fence): void {
  const language = languageOf(fence)
  if (fence.info === language) return
  keep(scan, line.body + fence.length)
  replaceTo(scan, line.end, language)
  counted(scan.tally, 'fence-words')
}
