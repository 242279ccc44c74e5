import type { Scan } from './scan.ts'

/** Where the string stands next, or the text's end. What was searched once is not searched again. */
export function next(scan: Scan, wanted: string, from: number): number {
  const last = scan.places.get(wanted)
  if (last !== undefined && last.from <= from && last.place >= from) return last.place
  const near = last !== undefined && last.from > from ? scan.text.slice(from, last.from + wanted.length) : null
  const found = near === null ? scan.text.indexOf(wanted, from) : from + near.indexOf(wanted)
  const none = near === null ? scan.text.length : (last?.place ?? scan.text.length)
  const place = found < from ? none : found
  scan.places.set(wanted, { from, place })
  return place
}

/** Where the paragraph around this place is over at the latest. */
export function paragraphEnd(scan: Scan): number {
  const last = scan.places.get(BLANK_LINE.source)
  if (last !== undefined && last.place >= scan.at) return last.place
  BLANK_LINE.lastIndex = scan.at
  const place = BLANK_LINE.exec(scan.text)?.index ?? scan.text.length
  scan.places.set(BLANK_LINE.source, { from: scan.at, place })
  return place
}

const BLANK_LINE = /\n(?:[ \t]*| {0,3}>[ \t>]*)(?=\n|$)/g

const ADDRESS = /(?:www\.|:\/\/)\S*$/i
const LONGEST_ADDRESS = 200

/** GitHub makes a link of a bare address with all that stands in it, be it brackets or backticks. */
export const inAddress = (scan: Scan, at: number): boolean =>
  ADDRESS.test(scan.text.slice(Math.max(0, at - LONGEST_ADDRESS), at))

/** Tags, and notes that are shown elsewhere or nowhere. */
export const MAY_HIDE = /<|\[\^/
