import { INVISIBLE } from '../../core/text/control-characters.ts'
import { close, open } from './link.ts'
import { inAddress } from './look.ts'
import { markup } from './markup.ts'
import { drop, keep, shownTo, write } from './moves.ts'
import { counted } from './removed.ts'
import type { Scan } from './scan.ts'
import { withoutData } from './target.ts'

const SPECIAL = /[\\`<&\]\n]|!?\[/g
const PUNCTUATION = /[!-/:-@[-`{-~]/

/** Reads on to the end of the line, or of the line that something on it ends on. */
export function inline(scan: Scan): void {
  for (;;) {
    SPECIAL.lastIndex = scan.at
    const found = SPECIAL.exec(scan.text)
    plain(scan, found?.index ?? scan.text.length)
    if (found === null) return
    token(scan, found[0])
    if (found[0] === '\n') return
  }
}

function token(scan: Scan, found: string): void {
  if (found === '\n') keep(scan, scan.at + 1)
  else if (found === '\\') keep(scan, scan.at + (isEscape(scan) ? 2 : 1))
  else if (found === '`') codeSpan(scan)
  else if (found === '<') markup(scan)
  else if (found === '&') entity(scan)
  else if (found === ']') close(scan)
  else open(scan, found)
}

const isEscape = (scan: Scan): boolean =>
  !scan.html && PUNCTUATION.test(scan.text[scan.at + 1] ?? '') && !inAddress(scan, scan.at)

function plain(scan: Scan, to: number): void {
  const text = shownTo(scan, to)
  scan.at = to
  write(
    scan,
    withoutData(text, () => counted(scan.tally, 'data-uri')),
  )
}

const TICKS = /`+/g

/**
 * Kept as it is if it ends on its line, all backticks before it had their like on their lines, and no bar is in it:
 * then it is code wherever its paragraph begins and whether or not the line is a row of a table.
 */
function codeSpan(scan: Scan): void {
  const ticks = ticksAt(scan, scan.at)
  const end = scan.html || !scan.paired || inAddress(scan, scan.at) ? null : spanEnd(scan, ticks)
  scan.paired = end !== null && !scan.text.slice(scan.at, end).includes('|')
  keep(scan, end !== null && scan.paired ? end : scan.at + ticks)
}

function ticksAt(scan: Scan, at: number): number {
  TICKS.lastIndex = at
  return TICKS.exec(scan.text)?.[0].length ?? 1
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

/** Takes out what would be shown as nothing. */
function entity(scan: Scan): void {
  ENTITY.lastIndex = scan.at
  const [whole = '&', decimal, hexadecimal] = ENTITY.exec(scan.text) ?? []
  const point = decimal === undefined ? Number.parseInt(hexadecimal ?? 'ad', 16) : Number(decimal)
  if (whole === '&' || isSeen(point)) keep(scan, scan.at + whole.length)
  else drop(scan, scan.at + whole.length, 'html-entity')
}

/** 0 and what is no character at all are shown as a black box; blanks, line feeds and tabs as themselves. */
function isSeen(point: number): boolean {
  if (point === 0 || point > 0x10ffff || [9, 10, 13].includes(point)) return true
  return String.fromCodePoint(point).replace(INVISIBLE, '') !== ''
}
