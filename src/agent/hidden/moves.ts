import { tornOff } from './blocks.ts'
import type { Cut } from './cut.ts'
import { MAY_HIDE, next } from './look.ts'
import { counted, type RemovedKind } from './removed.ts'
import type { Scan } from './scan.ts'

export function write(scan: Scan, piece: string): void {
  if (piece === '') return
  scan.out.push(piece)
  if (/\S/.test(piece)) scan.shown += 1
}

/** What stands from here up to `to`, without what no page shows of it. */
export function shownTo(scan: Scan, to: number): string {
  const pieces: string[] = []
  let at = scan.at
  for (let cut = cutAfter(scan, at); cut !== undefined && cut.from < to; cut = cutAfter(scan, at)) {
    pieces.push(scan.text.slice(at, Math.max(at, cut.from)))
    at = Math.min(cut.to, to)
    if (at === to) break
  }
  return [...pieces, scan.text.slice(at, to)].join('')
}

/** The first piece that is cut out at `at` or behind it. */
function cutAfter(scan: Scan, at: number): Cut | undefined {
  while ((scan.cuts[scan.passed]?.to ?? Number.POSITIVE_INFINITY) <= at) scan.passed += 1
  return scan.cuts[scan.passed]
}

/** Goes on to `to`, with what stands there. */
export function keep(scan: Scan, to: number): void {
  write(scan, shownTo(scan, to))
  goTo(scan, to)
}

/** Goes on to `to`, with something else in place of what stands there. */
export function replaceTo(scan: Scan, to: number, piece: string): void {
  const cut = cutAfter(scan, scan.at)
  if (cut === undefined || cut.from > scan.at) write(scan, piece)
  goTo(scan, to)
}

/** Goes on to `to`, without what stands there. */
export function drop(scan: Scan, to: number, kind: RemovedKind): void {
  counted(scan.tally, kind)
  if (to >= scan.text.length) swallow(scan)
  const torn = to > scan.end + 1
  const certain = isBlock(scan) && kind === 'html-comment'
  goTo(scan, to, certain)
  if (!torn) return
  scan.html = true
  if (!certain) tornOff(scan.blocks)
}

/** With the rest go the notes below it, and the end of an image whose description is being read. */
function swallow(scan: Scan): void {
  scan.swallowed = true
  const image = scan.openers.find((opener) => opener.image)
  if (image !== undefined) scan.out.length = image.written
}

/** Whether what begins here is a block of HTML for certain. */
export const isBlock = (scan: Scan): boolean => scan.outermost && scan.at === scan.body

const FENCE = /`{3}|~{3}/

function goTo(scan: Scan, to: number, certain = false): void {
  const from = scan.at
  scan.at = to
  // A line feed alone leads to the next line, and nowhere else.
  if (to <= scan.end + 1) return
  scan.paired = certain
  scan.end = next(scan, '\n', to)
  if (certain || !FENCE.test(scan.text.slice(from, scan.end))) return
  scan.blocks.doubt = true
  if (!FENCE.test(scan.text.slice(scan.text.lastIndexOf('\n', to - 1), scan.end))) return
  // What is left of the line may be the words behind a fence's ticks, or else tags.
  const trap = MAY_HIDE.test(scan.text.slice(to, scan.end))
  if (trap) swallow(scan)
  scan.at = trap ? scan.text.length : scan.end
}
