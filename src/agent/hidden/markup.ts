import { comment, instruction } from './comment.ts'
import { elementEnd } from './element-end.ts'
import { isLayout, isShown, isUnseen } from './elements.ts'
import { MAY_HIDE, paragraphEnd } from './look.ts'
import { drop, keep, replaceTo } from './moves.ts'
import { counted } from './removed.ts'
import type { Scan } from './scan.ts'
import { readTag, type Tag } from './tag.ts'
import { target } from './target.ts'

const AUTOLINK = /<([a-z][a-z0-9+.-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>@]+)>/iy
/** What begins with `<`, outside code. */
export function markup(scan: Scan): void {
  if (comment(scan) || instruction(scan) || autolink(scan)) return
  const raw = scan.html && scan.blocks.html?.sort === 'raw'
  const tag = readTag(scan.text, scan.at, raw ? scan.text.length : paragraphEnd(scan))
  if (tag !== null && tag !== 'torn') element(scan, tag)
  // Markdown shows a torn tag as words; browsers take all that follows for its attributes.
  else if (tag === 'torn' && scan.html) drop(scan, scan.text.length, 'html-tag')
  else keep(scan, scan.at + 1)
}

function autolink(scan: Scan): boolean {
  if (scan.html) return false
  AUTOLINK.lastIndex = scan.at
  const found = AUTOLINK.exec(scan.text)
  if (found === null) return false
  const address = found[1] ?? ''
  if (target(address) === '') drop(scan, AUTOLINK.lastIndex, 'link-target')
  else keep(scan, AUTOLINK.lastIndex)
  return true
}

function element(scan: Scan, tag: Tag): void {
  if (mayEndEarlier(scan, tag.end)) drop(scan, scan.text.length, 'html-tag')
  else if (!tag.closes && isUnseen(tag)) drop(scan, elementEnd(scan, tag), 'hidden-element')
  // What Markdown takes for words is shown, other than in a block of HTML.
  else if (!tag.strict && !scan.html) keep(scan, scan.at + 1)
  else if (tag.name === 'img') image(scan, tag)
  else if (!isShown(tag.name)) drop(scan, tag.end, 'html-tag')
  else shownTag(scan, tag)
}

function shownTag(scan: Scan, { name, closes, attributes, end }: Tag): void {
  const hidden = attributes.filter((attribute) => closes || !(isLayout(attribute) || isLink(attribute)))
  const link = closes ? undefined : attributes.find(isLink)
  counted(scan.tally, 'html-attribute', hidden.length)
  if (hidden.length === 0) keep(scan, end)
  else replaceTo(scan, end, `<${closes ? '/' : ''}${name}${link === undefined ? '' : ` href="${link.value}"`}>`)
}

/** A block or a cell that begins inside would leave what follows outside of the tag, and `>` may be a quote's. */
function mayEndEarlier(scan: Scan, end: number): boolean {
  const inside = scan.text.slice(scan.at + 1, end)
  if (end <= scan.end) return inside.includes('|') && MAY_HIDE.test(inside)
  if (scan.html && (scan.blocks.html === null || scan.blocks.html.sort === 'perhaps')) return true
  return scan.depth > 0 || MAY_HIDE.test(inside) || (!scan.html && /\n[ \t]*>$/.test(inside))
}

const isLink = ({ name, value }: Tag['attributes'][number]): boolean => name === 'href' && target(value) !== ''

function image(scan: Scan, tag: Tag): void {
  const texts = tag.attributes.filter(({ name, value }) => /^(?:alt|title|aria-.*)$/.test(name) && value.trim() !== '')
  counted(scan.tally, 'image-text', texts.length)
  replaceTo(scan, tag.end, '(image)')
}
