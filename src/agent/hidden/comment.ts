import { MAY_HIDE, next, paragraphEnd } from './look.ts'
import { drop, isBlock } from './moves.ts'
import type { Scan } from './scan.ts'

/** How these begin, and what ends them. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/<\?/y, '?>'],
  [/<!\[CDATA\[/y, ']]>'],
  [/<![a-z]/iy, '>'],
]
const BOGUS = /<(?:[!?]|\/[^a-z])/iy

/** Takes out the comment that begins here, if one does. */
export function comment(scan: Scan): boolean {
  const { text, at } = scan
  if (!text.startsWith('<!--', at)) return false
  const empty = ['<!-->', '<!--->'].find((whole) => text.startsWith(whole, at))
  const end = Math.min(empty === undefined ? next(scan, '-->', at + 4) + 3 : at + empty.length, text.length)
  drop(scan, leavesBlock(scan, end) ? text.length : pastTraps(scan, '--!>', end), 'html-comment')
  return true
}

/** Where a block of HTML is over, Markdown shows `-->` as words, and no browser takes it for the end of anything. */
function leavesBlock(scan: Scan, end: number): boolean {
  if (!scan.html || isBlock(scan)) return false
  const contained = scan.blocks.html === null || scan.depth > 0 || scan.blocks.items.length > 0
  return end > paragraphEnd(scan) || (contained && end > scan.end)
}

/** `<?…?>`, `<!…>`, `<![CDATA[…]]>`, and what browsers take for a comment although it is none. */
export function instruction(scan: Scan): boolean {
  const found = instructionEnd(scan)
  if (found === null) return false
  const end = Math.min(found, scan.text.length)
  // A `>` on another line may be a quote's.
  const torn = leavesBlock(scan, end) || (scan.depth > 0 && end > scan.end)
  drop(scan, torn ? scan.text.length : pastTraps(scan, '>', end), 'html-comment')
  return true
}

/**
 * Browsers may see an earlier end than Markdown, and what begins in doubtful code or ends on another line may be no
 * comment at all: where a tag that hides the rest may stand inside, all of the rest goes.
 */
function pastTraps(scan: Scan, early: string, end: number): number {
  const inside = scan.text.slice(scan.at + 1, end)
  const trap = isBlock(scan) || (scan.paired && end <= scan.end) ? inside.indexOf(early, 1) : 0
  return trap !== -1 && MAY_HIDE.test(inside.slice(trap)) ? scan.text.length : end
}

function instructionEnd(scan: Scan): number | null {
  const { text, at } = scan
  const [, closing = null] = FORMS.find(([form]) => startsWith(form, text, at)) ?? []
  const end = closing === null ? null : next(scan, closing, at + 2) + closing.length
  // Where it begins a line it hides all up to its end; elsewhere it is shown unless it ends in its paragraph.
  if (end !== null && (at === scan.body || end <= paragraphEnd(scan))) return end
  return scan.html && startsWith(BOGUS, text, at) ? next(scan, '>', at + 2) + 1 : null
}

function startsWith(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at
  return pattern.test(text)
}
