/** How a list item begins: its own column, and the column that what belongs to it is indented to. */
export interface Marker {
  readonly column: number
  readonly content: number
  /** Bullets and a first number may end a paragraph; other numbers, and items without words, may not. */
  readonly interrupts: boolean
}

/** A line as Markdown's block structure sees it. Columns count from behind its last `>`. */
export interface Line {
  readonly start: number
  /** Where its line feed stands, or the text ends. */
  readonly end: number
  readonly blank: boolean
  /** How many `>` it begins with. */
  readonly depth: number
  /** A quote inside a list item, or behind odd blanks: who contains whom is hard to say. */
  readonly mixed: boolean
  readonly markers: readonly Marker[]
  readonly indent: number
  /** Where its words begin. */
  readonly body: number
}

const TAB = 4
/** Nobody nests deeper; a line of nothing but markers would be looked at again for each of them. */
const NESTED = 40
const MARKER = /(?:[-+*]|(\d{1,9})[.)])(?=[ \t\n]|$)/y
const RULE = /(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})(?=\n|$)/y

export function lineAt(text: string, start: number): Line {
  const feed = text.indexOf('\n', start)
  const end = feed === -1 ? text.length : feed
  let quotes = { depth: 0, mixed: false }
  let markers: Marker[] = []
  let place = blanks(text, start, 0)
  for (let looks = 0; ; looks += 1) {
    const marker = text[place.at] === '>' ? 'quote' : markerAt(text, place)
    if (marker === null) break
    if (marker === 'quote') {
      const odd = markers.length > 0 || place.column > 3 || text[place.at + 1] === '\t'
      quotes = { depth: quotes.depth + 1, mixed: quotes.mixed || odd }
      markers = []
      place = blanks(text, place.at + (text[place.at + 1] === ' ' ? 2 : 1), 0)
    } else {
      markers.push(marker)
      place = blanks(text, place.at + marker.width, marker.column + marker.width)
    }
    if (looks > NESTED) return { start, end, blank: false, ...quotes, mixed: true, markers, ...ofPlace(place) }
  }
  const blank = place.at >= end && markers.length === 0
  return { start, end, blank, ...quotes, markers, ...ofPlace(place) }
}

const ofPlace = ({ at, column }: Place): { indent: number; body: number } => ({ indent: column, body: at })

interface Place {
  readonly at: number
  readonly column: number
}

/** Behind the spaces and tabs that stand here. */
export function blanks(text: string, from: number, column: number): Place {
  let at = from
  let width = column
  while (text[at] === ' ' || text[at] === '\t') {
    width += text[at] === ' ' ? 1 : TAB - (width % TAB)
    at += 1
  }
  return { at, column: width }
}

function markerAt(text: string, { at, column }: Place): (Marker & { width: number }) | null {
  RULE.lastIndex = at
  if (RULE.test(text)) return null
  MARKER.lastIndex = at
  const found = MARKER.exec(text)
  if (found === null) return null
  const width = found[0].length
  const next = blanks(text, at + width, column + width)
  const empty = text[next.at] === '\n' || next.at >= text.length
  const gap = next.column - column - width
  const content = column + width + (empty || gap > TAB ? 1 : gap)
  return { column, content, width, interrupts: !empty && (found[1] === undefined || Number(found[1]) === 1) }
}
