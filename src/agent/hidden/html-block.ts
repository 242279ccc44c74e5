import type { Line } from './line.ts'

/** Lines in which Markdown means nothing and browsers read every tag. `raw`: blank lines do not end it. */
export interface HtmlBlock {
  readonly sort: 'perhaps' | 'block' | 'raw'
  readonly depth: number
  readonly content: number
}

const RAW = /<(?:pre|script|style|textarea)(?=[\s>]|$)/iy
const RAW_END = /<\/(?:pre|script|style|textarea)>/i
const BLOCK =
  /<\/?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?=[\s>]|\/>|$)/iy
const ALONE =
  /(?:<[a-z][a-z0-9-]*(?:[ \t]+[a-z_:][\w.:-]*(?:[ \t]*=[ \t]*(?:[^\s"'=<>`]+|'[^'\n]*'|"[^"\n]*"))?)*[ \t]*\/?>|<\/[a-z][a-z0-9-]*[ \t]*>)[ \t]*(?=\n|$)/iy
/** Blocks in some versions of Markdown only. */
const BLOCK_SOMEWHERE = /<\/?(?:search|source)(?=[\s>]|\/>|$)/iy
/** A comment, an instruction, a declaration: raw to the end of the line that it ends on. */
const ASIDE = /<(?:!--|\?|![a-z]|!\[CDATA\[)/iy

const at = (pattern: RegExp, text: string, index: number): boolean => {
  pattern.lastIndex = index
  return pattern.test(text)
}

/** What a line begins; `line`: raw HTML that is over when the line is. */
export function htmlAt(text: string, line: Line, words: boolean, unsure: boolean): HtmlBlock['sort'] | 'line' | null {
  if (text[line.body] !== '<') return null
  if (at(RAW, text, line.body)) return endsRaw(text, line) ? 'line' : 'raw'
  if (at(ASIDE, text, line.body)) return 'line'
  if (at(BLOCK, text, line.body)) return unsure ? 'perhaps' : 'block'
  if (at(BLOCK_SOMEWHERE, text, line.body)) return 'perhaps'
  // A lone tag is a block of its own, but not in the middle of a paragraph.
  return at(ALONE, text, line.body) ? (words || unsure ? 'perhaps' : 'block') : null
}

export const endsRaw = (text: string, line: Line): boolean => RAW_END.test(text.slice(line.body, line.end))
