import { isVoid, swallows } from './elements.ts'
import type { Scan } from './scan.ts'
import type { Tag } from './tag.ts'

const names = (list: string): string => list.replaceAll(' ', '|')
const ATTRIBUTES = `(?:\\s+[a-z:-]+="[^"<>\`]*")*\\s*/?>`
const INLINE = names(
  'a abbr b big br cite code del em font i img ins kbd mark q s samp small source span strong sub sup tt u var ' +
    'circle defs ellipse g line path polygon polyline rect text tspan use',
)
const FLOW = names('article aside blockquote center div footer h1 h2 h3 h4 h5 h6 header hr li ol p section ul')
const INLINE_TAG = new RegExp(`</?(?:${INLINE})${ATTRIBUTES}`, 'gi')
const FLOW_TAG = new RegExp(`</?(?:${INLINE}|${FLOW})${ATTRIBUTES}`, 'gi')
/** Code, escapes, links, notes and definitions: a closing tag behind these may be no tag. */
const MAY_MISLEAD = /[<`~\\\]]|\n[ \t>]*\n(?: {4}|\t)/
const BLANK_LINE = /\n[ \t>]*\n/

/**
 * Where an element that nobody sees is over: behind its closing tag if all inside is so plain that a browser takes that
 * tag for its end too; else, and where nobody closes it, at the text's end. What shows all that follows when it stays
 * open ends with its own tag.
 */
export function elementEnd(scan: Scan, tag: Tag): number {
  if (isVoid(tag.name)) return tag.end
  const closing = scan.unclosed.has(tag.name) ? null : closingTag(scan.text, tag)
  if (closing === null) scan.unclosed.add(tag.name)
  if (closing === null || !closing.even) return swallows(tag) ? scan.text.length : (closing?.at ?? tag.end)
  const end = scan.text.indexOf('>', closing.at)
  return end !== -1 && isPlain(tag.name, scan.text.slice(tag.end, closing.at)) ? end + 1 : scan.text.length
}

/** Between two paragraphs Markdown puts tags of its own, which end no other than blocks. */
function isPlain(name: string, inside: string): boolean {
  if (`|${FLOW}|`.includes(`|${name}|`)) return !MAY_MISLEAD.test(inside.replace(FLOW_TAG, ''))
  return !BLANK_LINE.test(inside) && !MAY_MISLEAD.test(inside.replace(INLINE_TAG, ''))
}

/** The closing tag that a count of opening ones leads to, or the last one where they do not come out even. */
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
