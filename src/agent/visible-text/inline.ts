import { INVISIBLE } from '../../core/text/control-characters.ts'
import { markup } from './html-markup.ts'
import { matchAt } from './lines.ts'
import { closeBracket, openBracket, withoutData } from './links.ts'
import { drop, inAddress, keep, visibleTo, write } from './moves.ts'
import { countRemoved } from './removed.ts'
import type { Scan } from './scan.ts'

const SPECIAL = /[\\`<&\]\n]|!?\[/g

/** Reads to the end of the line, or of the line on which something that begins here ends. */
export function scanInline(scan: Scan): void {
  for (;;) {
    SPECIAL.lastIndex = scan.at
    const found = SPECIAL.exec(scan.text)
    plain(scan, found?.index ?? scan.text.length)
    if (found === null) return
    token(scan, found[0])
    if (found[0] === '\n') return
  }
}

function plain(scan: Scan, to: number): void {
  const text = visibleTo(scan, to)
  scan.at = to
  write(
    scan,
    withoutData(text, () => countRemoved(scan.tally, 'data-uri')),
  )
}

function token(scan: Scan, found: string): void {
  if (found === '\n') keep(scan, scan.at + 1)
  else if (found === '\\') keep(scan, scan.at + (isEscape(scan) ? 2 : 1))
  else if (found === '`') codeSpan(scan)
  else if (found === '<') markup(scan)
  else if (found === '&') entity(scan)
  else if (found === ']') closeBracket(scan)
  else openBracket(scan, found)
}

const PUNCTUATION = /[!-/:-@[-`{-~]/

const isEscape = (scan: Scan): boolean =>
  !scan.html && PUNCTUATION.test(scan.text[scan.at + 1] ?? '') && !inAddress(scan, scan.at)

const TICKS = /`+/g

/**
 * Kept as it is if it ends on its line, if all backticks before it were paired on their lines, and if there is no bar in
 * it. Then it is code, wherever its paragraph begins and whether or not the line is a row of a table.
 */
function codeSpan(scan: Scan): void {
  const { text, at } = scan
  TICKS.lastIndex = at
  const ticks = TICKS.exec(text)?.[0].length ?? 1
  const end = scan.html || !scan.paired || inAddress(scan, at) ? null : spanEnd(scan, ticks)
  scan.paired = end !== null && !text.slice(at, end).includes('|')
  keep(scan, end !== null && scan.paired ? end : at + ticks)
}

function spanEnd(scan: Scan, ticks: number): number | null {
  TICKS.lastIndex = scan.at + ticks
  for (let found = TICKS.exec(scan.text); found !== null; found = TICKS.exec(scan.text)) {
    if (found.index >= scan.end) return null
    if (found[0].length === ticks) return TICKS.lastIndex
  }
  return null
}

const NAMED =
  'lrm|rlm|zwj|zwnj|shy|ZeroWidthSpace|Negative(?:VeryThin|Thin|Medium|Thick)Space|NoBreak|ApplyFunction|af|InvisibleTimes|it|InvisibleComma|ic'
const ENTITY = new RegExp(`&(?:#(?:0*(\\d{1,7})|[xX]0*([0-9a-fA-F]{1,6}));?|(?:${NAMED});)`, 'y')
const SOFT_HYPHEN = 'ad'

/** Removes an entity that is rendered as nothing. */
function entity(scan: Scan): void {
  const [whole = '&', decimal, hexadecimal = SOFT_HYPHEN] = matchAt(ENTITY, scan.text, scan.at) ?? []
  const point = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal)
  if (whole === '&' || isVisible(point)) keep(scan, scan.at + whole.length)
  else drop(scan, scan.at + whole.length, 'html-entity')
}

/** 0 and invalid code points are rendered as a replacement character; tabs and line feeds as themselves. */
function isVisible(point: number): boolean {
  if (point === 0 || point > 0x10ffff || [9, 10, 13].includes(point)) return true
  return String.fromCodePoint(point).replace(INVISIBLE, '') !== ''
}
