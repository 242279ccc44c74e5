import {
  endsRaw,
  type Fence,
  fenceAt,
  fencePart,
  type HtmlExtent,
  htmlAt,
  type ListMarker,
  MAX_INDENT,
  matchAt,
  type SourceLine,
} from './lines.ts'

interface HtmlBlock {
  readonly extent: Exclude<HtmlExtent, 'line'>
  readonly depth: number
  readonly content: number
}

/** The blocks that are open where a line begins. */
export interface Blocks {
  depth: number
  /** List items around the line, outermost first. */
  items: readonly Pick<ListMarker, 'column' | 'content'>[]
  /** Whether `items` or `depth` may be wrong: a paragraph continued where its container seemed to end. */
  uncertain: boolean
  /** Whether fences may be counted wrongly from here on. Then nothing is taken for a code block any more. */
  fencesUncertain: boolean
  before: 'blank' | 'text' | 'code'
  html: HtmlBlock | null
  fence: Fence | null
}

export const noBlocks = (): Blocks => ({
  depth: 0,
  items: [],
  uncertain: false,
  fencesUncertain: false,
  before: 'blank',
  html: null,
  fence: null,
})

/** Something of several lines was removed: what is open after it can only be guessed. */
export function markUncertain(blocks: Blocks): void {
  if (blocks.html?.extent === 'raw') blocks.fencesUncertain = true
  blocks.html = { extent: 'perhaps', depth: blocks.depth, content: 0 }
  blocks.uncertain = true
}

/** Whether the line is for certain in no quote, list item or block of HTML. */
export const isTopLevel = (blocks: Blocks, line: SourceLine): boolean =>
  line.depth === 0 && blocks.items.length === 0 && !blocks.uncertain && blocks.html === null

/** What a line is. In `html`, Markdown means nothing. */
export type LineRole = 'code' | 'blank' | 'text' | 'html'

/**
 * The role of the next line. Code is kept as it is, so a line is called code only if every reading of the text shows it
 * as code.
 */
export function nextRole(blocks: Blocks, text: string, line: SourceLine): LineRole {
  if (blocks.fence !== null && continuesFence(blocks, blocks.fence, text, line)) return 'code'
  // Inside HTML, `>` is an ordinary character.
  if (line.blank && line.depth <= (blocks.html?.depth ?? line.depth)) return blank(blocks)
  if (blocks.html !== null && continuesHtml(blocks, blocks.html, text, line)) return 'html'
  // What looks like an item or a quote may be raw HTML.
  if (blocks.html !== null) blocks.uncertain = true
  const fence = fenceAt(text, line)
  updateContainers(blocks, text, line, fence !== null && line.markers.length === 0)
  if ((fence !== null && opensFence(blocks, line, fence)) || isIndentedCode(blocks, line)) {
    blocks.before = 'code'
    return 'code'
  }
  const html = blocks.html !== null || beginsHtml(blocks, text, line)
  blocks.before = 'text'
  return html ? 'html' : 'text'
}

function continuesFence(blocks: Blocks, fence: Fence, text: string, line: SourceLine): boolean {
  const part = fencePart(fence, text, line)
  if (part !== 'inside') blocks.fence = null
  blocks.before = 'code'
  return part !== 'outside'
}

function blank(blocks: Blocks): LineRole {
  if (blocks.html?.extent !== 'raw') blocks.html = null
  blocks.before = 'blank'
  return 'blank'
}

/** Whether the line is still in a block of HTML. It is not if the container has ended, or if the block may not exist. */
function continuesHtml(blocks: Blocks, html: HtmlBlock, text: string, line: SourceLine): boolean {
  if (html.extent === 'perhaps') return false
  const inside = line.depth >= html.depth && line.indent >= html.content
  if (!inside || (html.extent === 'raw' && endsRaw(text, line))) blocks.html = null
  if (inside) blocks.before = 'text'
  return inside
}

function opensFence(blocks: Blocks, line: SourceLine, fence: Fence): boolean {
  if (blocks.fencesUncertain) return false
  const atEdge = line.depth === 0 && line.indent === 0
  if (blocks.html !== null || (blocks.uncertain && !atEdge)) {
    blocks.fencesUncertain = true
    return false
  }
  const content = contentOf(blocks)
  const indent = line.indent - content
  if (indent < 0 || indent > MAX_INDENT) {
    if (blocks.before === 'text') blocks.uncertain = true
    return false
  }
  blocks.fence = { ...fence, content }
  return true
}

function isIndentedCode(blocks: Blocks, line: SourceLine): boolean {
  if (!isTopLevel(blocks, line) || blocks.fencesUncertain || line.markers.length > 0) return false
  return blocks.before !== 'text' && line.indent > MAX_INDENT
}

/** Whether the line is raw HTML. If the next lines may be too, the block stays open. */
function beginsHtml(blocks: Blocks, text: string, line: SourceLine): boolean {
  const content = contentOf(blocks)
  if (!blocks.uncertain && line.indent - content > MAX_INDENT) return false
  const extent = htmlAt(text, line, blocks.before === 'text', blocks.uncertain)
  if (extent === 'raw' && blocks.uncertain) blocks.fencesUncertain = true
  const around = blocks.uncertain ? { depth: 0, content: 0 } : { depth: line.depth, content }
  if (extent !== null && extent !== 'line') blocks.html = { extent, ...around }
  return extent !== null
}

const FOOTNOTE = /\[\^[^\]\s]+\]:/y
const FOOTNOTE_INDENT = 4

/** The column that what belongs to the innermost list item is indented to. */
const contentOf = (blocks: Blocks): number => blocks.items.at(-1)?.content ?? 0

/** The items that can hold what begins in this column. */
const itemsAround = ({ items }: Blocks, column: number): Blocks['items'] =>
  items.filter(({ content }) => content <= column)

/** Closes and opens quotes and list items. `fenced`: the line cannot be part of a paragraph before it. */
function updateContainers(blocks: Blocks, text: string, line: SourceLine, fenced: boolean): void {
  const { depth, markers, indent } = line
  const [first] = markers
  const fresh = fenced || blocks.before !== 'text'
  // Nothing that is open can hold a block or a quote that begins in the first column.
  const restarts =
    depth === 0
      ? (first?.column ?? indent) === 0 && (fresh || first?.interrupts === true)
      : blocks.depth === 0 && text[line.start] === '>'
  if (restarts) Object.assign(blocks, { depth, items: [], uncertain: blocks.html !== null })
  if (line.ambiguous) blocks.uncertain = true
  if (depth !== blocks.depth) {
    if (blocks.items.length > 0 || (depth < blocks.depth && !fresh)) blocks.uncertain = true
    Object.assign(blocks, { depth, items: [] })
  }
  if (first === undefined && fresh) blocks.items = itemsAround(blocks, indent)
  else if (first === undefined && indent < contentOf(blocks)) blocks.uncertain = true
  for (const marker of markers) enterItem(blocks, marker, fresh || marker !== first)
  if (matchAt(FOOTNOTE, text, line.body))
    blocks.items = [...itemsAround(blocks, indent), { column: indent, content: indent + FOOTNOTE_INDENT }]
}

function enterItem(blocks: Blocks, { column, content, interrupts }: ListMarker, fresh: boolean): void {
  const around = itemsAround(blocks, column)
  // Further in it is code, or a paragraph that continues.
  if (column - (around.at(-1)?.content ?? 0) > MAX_INDENT) return
  const follows = blocks.items.some((item) => item.column === column)
  if (!fresh && !interrupts && !follows) blocks.uncertain = true
  blocks.items = [...around, { column, content }]
}
