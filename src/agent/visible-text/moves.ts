import { markUncertain } from './blocks.ts'
import type { Cut } from './cuts.ts'
import { countRemoved, type RemovedKind } from './removed.ts'
import type { Scan } from './scan.ts'

/** Where the string is next, or the end of the text. No part of the text is searched twice for it. */
export function find(scan: Scan, wanted: string, from: number): number {
  const last = scan.searches.get(wanted)
  if (last !== undefined && last.from <= from && last.found >= from) return last.found
  const before = last !== undefined && last.from > from ? last : null
  const stretch = before === null ? scan.text : scan.text.slice(0, before.from + wanted.length)
  const index = stretch.indexOf(wanted, from)
  const found = index === -1 ? (before?.found ?? scan.text.length) : index
  scan.searches.set(wanted, { from, found })
  return found
}

const BLANK_LINE = /\n(?:[ \t]*| {0,3}>[ \t>]*)(?=\n|$)/g

/** Where the paragraph around this place ends at the latest. */
export function paragraphEnd(scan: Scan): number {
  const last = scan.searches.get(BLANK_LINE.source)
  if (last !== undefined && last.found >= scan.at) return last.found
  BLANK_LINE.lastIndex = scan.at
  const found = BLANK_LINE.exec(scan.text)?.index ?? scan.text.length
  scan.searches.set(BLANK_LINE.source, { from: scan.at, found })
  return found
}

const ADDRESS = /(?:www\.|:\/\/)\S*$/i
const LONGEST_ADDRESS = 200

/** GitHub makes a link of a bare address with brackets and backticks in it. */
export const inAddress = (scan: Scan, at: number): boolean =>
  ADDRESS.test(scan.text.slice(Math.max(0, at - LONGEST_ADDRESS), at))

/** Tags, and footnotes, which are shown elsewhere or not at all. */
const MAY_HIDE = /<|\[\^/
export const mayHide = (text: string): boolean => MAY_HIDE.test(text)

/**
 * Where the removal of a doubtful part ends: at `end`, or at the end of the text if the part contains a tag that may hide
 * the rest.
 */
export const endUnlessHiding = ({ text, at }: Scan, end: number, from = at + 1): number =>
  mayHide(text.slice(from, end)) ? text.length : end

export function write(scan: Scan, piece: string): void {
  if (piece === '') return
  scan.out.push(piece)
  if (/\S/.test(piece)) scan.visible += 1
}

/** The text from here to `to` without the cuts. */
export function visibleTo(scan: Scan, to: number): string {
  let visible = ''
  let at = scan.at
  for (let cut = cutAfter(scan, at); at < to && cut !== undefined && cut.from < to; cut = cutAfter(scan, at)) {
    visible += scan.text.slice(at, Math.max(at, cut.from))
    at = Math.min(cut.to, to)
  }
  return visible + scan.text.slice(at, to)
}

/** The first cut that ends behind `at`. */
function cutAfter(scan: Scan, at: number): Cut | undefined {
  while ((scan.cuts[scan.passedCuts]?.to ?? Number.POSITIVE_INFINITY) <= at) scan.passedCuts += 1
  return scan.cuts[scan.passedCuts]
}

/** Moves to `to` and writes the text before it. */
export function keep(scan: Scan, to: number): void {
  write(scan, visibleTo(scan, to))
  moveTo(scan, to)
}

/** Moves to `to` and writes something else for the text before it. */
export function replaceTo(scan: Scan, to: number, piece: string): void {
  const cut = cutAfter(scan, scan.at)
  if (cut === undefined || cut.from > scan.at) write(scan, piece)
  moveTo(scan, to)
}

/** Moves to `to` and writes nothing. */
export function drop(scan: Scan, to: number, kind: RemovedKind): void {
  countRemoved(scan.tally, kind)
  if (to >= scan.text.length) dropRest(scan)
  const severalLines = to > scan.end + 1
  const certain = isBlock(scan) && kind === 'html-comment'
  moveTo(scan, to, certain)
  if (!severalLines) return
  scan.html = true
  if (!certain) markUncertain(scan.blocks)
}

/** With the rest go the footnotes below it, and an image whose description has begun. */
function dropRest(scan: Scan): void {
  scan.restRemoved = true
  const image = scan.openers.find((opener) => opener.image)
  if (image !== undefined) scan.out.length = image.written
}

/** Whether what begins here is a block of HTML for certain. */
export const isBlock = (scan: Scan): boolean => scan.topLevel && scan.at === scan.body

const FENCE = /`{3}|~{3}/

function moveTo(scan: Scan, to: number, certain = false): void {
  const from = scan.at
  scan.at = to
  // A line feed alone leads to the next line.
  if (to <= scan.end + 1) return
  scan.paired = certain
  scan.end = find(scan, '\n', to)
  if (certain || !FENCE.test(scan.text.slice(from, scan.end))) return
  scan.blocks.fencesUncertain = true
  if (!FENCE.test(scan.text.slice(scan.text.lastIndexOf('\n', to - 1), scan.end))) return
  // The rest of the line may be a fence's info string, or else tags.
  const hiding = mayHide(scan.text.slice(to, scan.end))
  if (hiding) dropRest(scan)
  scan.at = hiding ? scan.text.length : scan.end
}
