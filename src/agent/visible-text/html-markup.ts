import { hidesRest, isHidden, isLayout, isShown, isVoid, readTag, type Tag } from './html-tags.ts'
import { matchAt } from './lines.ts'
import { target } from './links.ts'
import { drop, endUnlessHiding, find, isBlock, keep, mayHide, paragraphEnd, replaceTo } from './moves.ts'
import { countRemoved } from './removed.ts'
import type { Scan } from './scan.ts'

/** What begins with `<`, outside code. */
export function markup(scan: Scan): void {
  if (comment(scan) || autolink(scan)) return
  const raw = scan.html && scan.blocks.html?.extent === 'raw'
  const tag = readTag(scan.text, scan.at, raw ? scan.text.length : paragraphEnd(scan))
  if (tag !== null && tag !== 'torn') element(scan, tag)
  // Markdown shows a torn tag as text; browsers take all that follows for its attributes.
  else if (tag === 'torn' && scan.html) drop(scan, scan.text.length, 'html-tag')
  else keep(scan, scan.at + 1)
}

const AUTOLINK = /<([a-z][a-z0-9+.-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>@]+)>/iy

function autolink(scan: Scan): boolean {
  const found = scan.html ? null : matchAt(AUTOLINK, scan.text, scan.at)
  if (found === null) return false
  const end = scan.at + found[0].length
  if (target(found[1] ?? '') === '') drop(scan, end, 'link-target')
  else keep(scan, end)
  return true
}

const EMPTY_COMMENT = /<!---?>/y
/** `<!--…-->`, `<?…?>`, `<![CDATA[…]]>` and `<!…>`: how they begin, and what ends them. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/<\?/y, '?>'],
  [/<!\[CDATA\[/y, ']]>'],
  [/<![a-z]/iy, '>'],
]
/** What only browsers take for a comment. */
const BOGUS = /<(?:[!?]|\/[^a-z])/iy

/** Removes the comment, instruction or declaration that begins here, if there is one. */
function comment(scan: Scan): boolean {
  const isComment = scan.text.startsWith('<!--', scan.at)
  const found = isComment ? commentEnd(scan) : instructionEnd(scan)
  if (found === null) return false
  const end = Math.min(found, scan.text.length)
  // A `>` on another line may be a quote's.
  const uncertain = leavesBlock(scan, end) || (!isComment && scan.depth > 0 && end > scan.end)
  drop(scan, uncertain ? scan.text.length : unlessEndedEarlier(scan, isComment ? '--!>' : '>', end), 'html-comment')
  return true
}

function commentEnd(scan: Scan): number {
  const empty = matchAt(EMPTY_COMMENT, scan.text, scan.at)
  return empty === null ? find(scan, '-->', scan.at + 4) + 3 : scan.at + empty[0].length
}

function instructionEnd(scan: Scan): number | null {
  const { text, at } = scan
  const [, closing = null] = FORMS.find(([form]) => matchAt(form, text, at)) ?? []
  const end = closing === null ? null : find(scan, closing, at + 2) + closing.length
  // At the beginning of a line it hides all up to its end; elsewhere it is shown unless it ends in its paragraph.
  if (end !== null && (at === scan.body || end <= paragraphEnd(scan))) return end
  return scan.html && matchAt(BOGUS, text, at) ? find(scan, '>', at + 2) + 1 : null
}

/** Outside its block of HTML, Markdown shows `-->` as text, which ends nothing for a browser. */
function leavesBlock(scan: Scan, end: number): boolean {
  if (!scan.html || isBlock(scan)) return false
  const contained = scan.blocks.html === null || scan.depth > 0 || scan.blocks.items.length > 0
  return end > paragraphEnd(scan) || (contained && end > scan.end)
}

/**
 * Browsers may see an earlier end than Markdown, and what begins in doubtful code or ends on another line may not be a
 * comment. If a tag inside may hide the rest then, the rest is removed.
 */
function unlessEndedEarlier(scan: Scan, early: string, end: number): number {
  const certain = isBlock(scan) || (scan.paired && end <= scan.end)
  if (!certain) return endUnlessHiding(scan, end)
  const place = scan.text.slice(scan.at, end).indexOf(early, 2)
  return place === -1 ? end : endUnlessHiding(scan, end, scan.at + place)
}

function element(scan: Scan, tag: Tag): void {
  if (mayEndEarlier(scan, tag.end)) drop(scan, scan.text.length, 'html-tag')
  else if (!tag.closes && isHidden(tag)) drop(scan, elementEnd(scan, tag), 'hidden-element')
  // What Markdown takes for text is shown, except in a block of HTML.
  else if (!tag.strict && !scan.html) keep(scan, scan.at + 1)
  else if (tag.name === 'img') image(scan, tag)
  else if (!isShown(tag.name)) drop(scan, tag.end, 'html-tag')
  else shownTag(scan, tag)
}

/** A block or a cell that begins inside would leave what follows outside the tag, and `>` may be a quote's. */
function mayEndEarlier(scan: Scan, end: number): boolean {
  const inside = scan.text.slice(scan.at + 1, end)
  if (end <= scan.end) return inside.includes('|') && mayHide(inside)
  if (scan.html && (scan.blocks.html === null || scan.blocks.html.extent === 'perhaps')) return true
  return scan.depth > 0 || mayHide(inside) || (!scan.html && /\n[ \t]*>$/.test(inside))
}

function image(scan: Scan, { attributes, end }: Tag): void {
  const texts = attributes.filter(({ name, value }) => /^(?:alt|title|aria-.*)$/.test(name) && value.trim() !== '')
  countRemoved(scan.tally, 'image-text', texts.length)
  replaceTo(scan, end, '(image)')
}

function shownTag(scan: Scan, { name, closes, attributes, end }: Tag): void {
  const hidden = attributes.filter((attribute) => closes || !(isLayout(attribute) || isLink(attribute)))
  const link = closes ? undefined : attributes.find(isLink)
  countRemoved(scan.tally, 'html-attribute', hidden.length)
  if (hidden.length === 0) keep(scan, end)
  else replaceTo(scan, end, `<${closes ? '/' : ''}${name}${link === undefined ? '' : ` href="${link.value}"`}>`)
}

const isLink = ({ name, value }: Tag['attributes'][number]): boolean => name === 'href' && target(value) !== ''

const anyOf = (names: string): string => names.replaceAll(' ', '|')
const ATTRIBUTES = `(?:\\s+[a-z:-]+="[^"<>\`]*")*\\s*/?>`
const INLINE = anyOf(
  'a abbr b big br cite code del em font i img ins kbd mark q s samp small source span strong sub sup tt u var ' +
    'circle defs ellipse g line path polygon polyline rect text tspan use',
)
const FLOW = anyOf('article aside blockquote center div footer h1 h2 h3 h4 h5 h6 header hr li ol p section ul')
const INLINE_TAG = new RegExp(`</?(?:${INLINE})${ATTRIBUTES}`, 'gi')
const FLOW_TAG = new RegExp(`</?(?:${INLINE}|${FLOW})${ATTRIBUTES}`, 'gi')
/** Code, escapes, links, footnotes and definitions: a closing tag after these may not be a tag. */
const MAY_MISLEAD = /[<`~\\\]]|\n[ \t>]*\n(?: {4}|\t)/
const BLANK_LINE = /\n[ \t>]*\n/

/**
 * The end of a hidden element: behind its closing tag if the content is so plain that a browser takes that tag for its
 * end too, else the end of the text. If the element is not closed, elements that do not hide the rest end with their
 * own tag.
 */
function elementEnd(scan: Scan, tag: Tag): number {
  if (isVoid(tag.name)) return tag.end
  const closing = scan.unclosed.has(tag.name) ? null : closingTag(scan.text, tag)
  if (closing === null) scan.unclosed.add(tag.name)
  if (closing === null || !closing.even) return hidesRest(tag) ? scan.text.length : (closing?.at ?? tag.end)
  const end = scan.text.indexOf('>', closing.at)
  return end !== -1 && isPlain(tag.name, scan.text.slice(tag.end, closing.at)) ? end + 1 : scan.text.length
}

/** Between two paragraphs Markdown inserts tags of its own, which end all elements but blocks. */
function isPlain(name: string, inside: string): boolean {
  if (`|${FLOW}|`.includes(`|${name}|`)) return !MAY_MISLEAD.test(inside.replace(FLOW_TAG, ''))
  return !BLANK_LINE.test(inside) && !MAY_MISLEAD.test(inside.replace(INLINE_TAG, ''))
}

/** The closing tag found by counting the opening ones, or the last one if the count does not come out even. */
function closingTag(text: string, tag: Tag): { at: number; even: boolean } | null {
  const pattern = new RegExp(`<(/?)${tag.name.replace(/[^a-z0-9]/g, '\\$&')}(?=[\\s/>]|$)`, 'gi')
  pattern.lastIndex = tag.end
  let open = 1
  let last: number | null = null
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    open += found[1] === '/' ? -1 : 1
    if (found[1] === '/') last = found.index
    if (open === 0) return { at: found.index, even: true }
  }
  return last === null ? null : { at: last, even: false }
}
