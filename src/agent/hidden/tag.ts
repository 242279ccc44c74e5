export interface Attribute {
  readonly name: string
  readonly value: string
}

export interface Tag {
  readonly name: string
  readonly closes: boolean
  readonly attributes: readonly Attribute[]
  readonly end: number
  /** Whether Markdown too takes it for a tag; browsers take more. */
  readonly strict: boolean
}

const NAME = /<(\/?)([a-z][^\s/><]*)/iy
const ATTRIBUTE = /[\s/]*(?:([^\s/><][^\s/>=<]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'<][^\s><]*)|))?)/y
const GAP = /[\s/]*/y
const STRICT =
  /^(?:<[a-z][a-z0-9-]*(?:\s+[a-z_:][\w.:-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?)*\s*\/?>|<\/[a-z][a-z0-9-]*\s*>)$/i

/**
 * The tag that begins here, as a browser reads it; null where nothing begins. One that is not over at `limit`, or at
 * another `<` outside quotes, where a real one may begin, is torn.
 */
export function readTag(text: string, at: number, limit: number): Tag | 'torn' | null {
  NAME.lastIndex = at
  const start = NAME.exec(text)
  if (start === null) return null
  const attributes: Attribute[] = []
  let end = endAt(text, NAME.lastIndex)
  while (end === null || end > limit) {
    const read = readAttribute(text, attributes.length === 0 ? NAME.lastIndex : ATTRIBUTE.lastIndex, limit)
    if (read === null) return 'torn'
    attributes.push(read)
    end = endAt(text, ATTRIBUTE.lastIndex)
  }
  const strict = STRICT.test(text.slice(at, end))
  return { name: (start[2] ?? '').toLowerCase(), closes: start[1] === '/', attributes, end, strict }
}

function endAt(text: string, place: number): number | null {
  GAP.lastIndex = place
  GAP.test(text)
  return text[GAP.lastIndex] === '>' ? GAP.lastIndex + 1 : null
}

function readAttribute(text: string, place: number, limit: number): Attribute | null {
  ATTRIBUTE.lastIndex = place
  const found = ATTRIBUTE.exec(text)
  if (found === null || ATTRIBUTE.lastIndex >= limit) return null
  const [whole, name = '', double, single, bare] = found
  const value = double ?? single ?? bare
  // A quote that stays open takes in all that follows.
  if (value === undefined && /=\s*$/.test(whole) && /["']/.test(text[ATTRIBUTE.lastIndex] ?? '')) return null
  return { name: name.toLowerCase(), value: value ?? '' }
}
