import { isTopLevel, nextRole } from './blocks.ts'
import { scanInline } from './inline.ts'
import { type Fence, fenceAt, languageOf, lineAt, MAX_INDENT, type SourceLine } from './lines.ts'
import { definition } from './links.ts'
import { drop, keep, replaceTo } from './moves.ts'
import { countRemoved, type RemovedCounts } from './removed.ts'
import { beginScan, type Known, type Scan } from './scan.ts'

export interface VisibleText {
  readonly text: string
  readonly known: Known
}

export const nothingKnown: Known = { definitions: new Map(), footnotes: null }

/** One pass: the part of Markdown that its reader sees on GitHub, and what the next pass needs to know. */
export function visibleText(text: string, known: Known, tally: RemovedCounts): VisibleText {
  const scan = beginScan(text, known, tally)
  while (scan.at < text.length) readLine(scan)
  const footnotes = scan.restRemoved ? new Set<string>() : scan.footnotes
  return { text: scan.out.join(''), known: { definitions: scan.definitions, footnotes } }
}

function readLine(scan: Scan): void {
  const line = lineAt(scan.text, scan.at)
  scan.fresh = scan.blocks.before !== 'text' || scan.afterDefinition
  scan.afterDefinition = false
  scan.end = line.end
  scan.body = line.body
  const role = nextRole(scan.blocks, scan.text, line)
  if (role === 'text' || role === 'html') textLine(scan, line, role === 'html')
  else codeLine(scan, line, role === 'code')
}

function codeLine(scan: Scan, line: SourceLine, code: boolean): void {
  scan.openers.length = 0
  Object.assign(scan, { paired: true, inFootnote: false, inParagraph: false })
  if (code && scan.blocks.fence !== null) withoutAsides(scan, line, scan.blocks.fence)
  keep(scan, Math.min(line.end + 1, scan.text.length))
}

/** Removes from a code block the words behind its first ticks, and the comments of a diagram. */
function withoutAsides(scan: Scan, line: SourceLine, fence: Fence): void {
  const isDiagram = languageOf(fence).toLowerCase() === 'mermaid'
  if (fence.start === line.start) withoutFenceWords(scan, line, fence)
  else if (isDiagram && scan.text.startsWith('%%', line.body)) drop(scan, line.end, 'diagram-comment')
}

function withoutFenceWords(scan: Scan, line: SourceLine, fence: Fence): void {
  const language = languageOf(fence)
  if (fence.info === language) return
  keep(scan, line.body + fence.length)
  replaceTo(scan, line.end, language)
  countRemoved(scan.tally, 'fence-words')
}

function textLine(scan: Scan, line: SourceLine, html: boolean): void {
  scan.html = html
  scan.topLevel = isTopLevel(scan.blocks, line) && line.indent <= MAX_INDENT
  keep(scan, line.body)
  const fence = fenceAt(scan.text, line)
  if (fence !== null) uncertainFence(scan, line, fence)
  scan.inParagraph = !html && isParagraph(scan, line)
  scan.depth = line.depth
  if (!html || scan.blocks.html?.extent === 'perhaps') definition(scan, line)
  scanInline(scan)
}

/** Its words may not be shown; or they may be text like any other, in which a tag hides the rest. */
function uncertainFence(scan: Scan, line: SourceLine, fence: Fence): void {
  if (fence.info.includes('<')) drop(scan, scan.text.length, 'fence-words')
  else withoutFenceWords(scan, line, fence)
}

/** A paragraph that began with a letter continues as text, so no definition can begin in it. */
function isParagraph(scan: Scan, line: SourceLine): boolean {
  const first = scan.text[line.body] ?? ''
  const continues = scan.inParagraph && line.markers.length === 0 && line.depth === scan.depth
  return /\p{L}/u.test(first) || (continues && first === '[')
}
