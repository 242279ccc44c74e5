import { type Blocks, contentOf, FURTHEST } from './blocks.ts'
import { settle } from './containers.ts'
import { type Fence, fenceAt, partOf } from './fenced.ts'
import { endsRaw, type HtmlBlock, htmlAt } from './html-block.ts'
import type { Line } from './line.ts'

/** `html`: a line of words in which Markdown means nothing. */
export type Role = 'code' | 'blank' | 'words' | 'html'

/**
 * Reads a line's place among blocks. A line is called code only where every reading of the text shows it as code:
 * what is said to be code is kept as it is, so that a wrong yes would keep what nobody sees.
 */
export function enter(blocks: Blocks, text: string, line: Line): Role {
  if (blocks.fence !== null && goesOn(blocks, blocks.fence, text, line)) return 'code'
  // Inside of HTML a `>` is one more character.
  if (line.blank && line.depth <= (blocks.html?.depth ?? line.depth)) return blank(blocks)
  if (blocks.html !== null && goesOnAsHtml(blocks, blocks.html, text, line)) return 'html'
  // What looks like an item or a quote may be raw HTML.
  if (blocks.html !== null) blocks.unsure = true
  const fence = fenceAt(text, line)
  settle(blocks, text, line, fence !== null && line.markers.length === 0)
  if (fence !== null && opens(blocks, line, fence)) return 'code'
  if (isIndentedCode(blocks, line)) return 'code'
  const html = blocks.html === null ? beginHtml(blocks, text, line) : true
  blocks.before = 'words'
  return html ? 'html' : 'words'
}

function goesOn(blocks: Blocks, fence: Fence, text: string, line: Line): boolean {
  const part = partOf(fence, text, line)
  if (part !== 'inside') blocks.fence = null
  blocks.before = 'code'
  return part !== 'outside'
}

function blank(blocks: Blocks): Role {
  if (blocks.html?.sort !== 'raw') blocks.html = null
  blocks.before = 'nothing'
  return 'blank'
}

/** A block of HTML, unless the quote or list item around it is over. One that is only perhaps there is left to the rest. */
function goesOnAsHtml(blocks: Blocks, html: HtmlBlock, text: string, line: Line): boolean {
  if (html.sort === 'perhaps') return false
  if (line.depth < html.depth || line.indent < html.content) {
    blocks.html = null
    return false
  }
  if (html.sort === 'raw' && endsRaw(text, line)) blocks.html = null
  blocks.before = 'words'
  return true
}

function opens(blocks: Blocks, line: Line, fence: Fence): boolean {
  if (blocks.doubt) return false
  const outermost = line.depth === 0 && line.indent === 0
  if (blocks.html !== null || (blocks.unsure && !outermost)) {
    blocks.doubt = true
    return false
  }
  const content = contentOf(blocks)
  const within = line.indent - content
  if (within < 0 || within > FURTHEST) {
    if (blocks.before === 'words') blocks.unsure = true
    return false
  }
  blocks.fence = { ...fence, content }
  return true
}

function isIndentedCode(blocks: Blocks, line: Line): boolean {
  const outermost = line.depth === 0 && blocks.items.length === 0 && !blocks.unsure
  if (!outermost || blocks.doubt || blocks.html !== null || line.markers.length > 0) return false
  if (blocks.before === 'words' || line.indent <= FURTHEST) return false
  blocks.before = 'code'
  return true
}

/** Whether the line is raw HTML; remembered if the next ones may be too. */
function beginHtml(blocks: Blocks, text: string, line: Line): boolean {
  const content = contentOf(blocks)
  if (!blocks.unsure && line.indent - content > FURTHEST) return false
  const sort = htmlAt(text, line, blocks.before === 'words', blocks.unsure)
  if (sort === 'raw' && blocks.unsure) blocks.doubt = true
  const around = blocks.unsure ? { depth: 0, content: 0 } : { depth: line.depth, content }
  if (sort !== null && sort !== 'line') blocks.html = { sort, ...around }
  return sort !== null
}
