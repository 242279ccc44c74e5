/** A text without its line breaks and escapes, and where each of its characters stands in the original. */
export interface DecodedView {
  text: string
  /** Where the character at this place of the view begins in the original. */
  startOf(place: number): number
  /** Where it ends there. */
  endOf(place: number): number
}

/**
 * A line break, also as JSON writes it, with the sign before it that continues a line and the indentation behind it; or one
 * byte or character as percent, `\u0041` or `\x41`. Backslashes are bounded, so that matching is linear.
 */
const ENCODED =
  /[=\\]?[\r\n][\r\n \t]*|\\{1,4}[rn][ \t]*|%([0-9a-fA-F]{2})|\\{1,4}u([0-9a-fA-F]{4})|\\{1,4}x([0-9a-fA-F]{2})/y
const [FEED, RETURN, PERCENT, EQUALS, BACKSLASH] = [0x0a, 0x0d, 0x25, 0x3d, 0x5c]

/** Null if nothing in the text can be encoded or broken, so that the view would be the same. */
export function decodedView(original: string): DecodedView | null {
  if (!/[\r\n%\\]/.test(original)) return null
  // Typed arrays, since a large text may have as many escapes as a third of its characters.
  const codes = new Uint16Array(original.length)
  const starts = new Uint32Array(original.length)
  const ends = new Uint32Array(original.length)
  let length = 0
  let from = 0
  while (from < original.length) {
    const sign = original.charCodeAt(from)
    const token = mayBegin(sign) ? encodedAt(original, from) : null
    const end = from + (token === null ? 1 : token.length)
    if (token?.code !== BREAK) {
      codes[length] = token === null ? sign : token.code
      starts[length] = from
      ends[length] = end
      length += 1
    }
    from = end
  }
  return {
    text: Buffer.from(codes.buffer, 0, length * 2).toString('utf16le'),
    startOf: (place) => starts[place] ?? original.length,
    endOf: (place) => ends[place] ?? original.length,
  }
}

const mayBegin = (sign: number): boolean =>
  sign === FEED || sign === RETURN || sign === PERCENT || sign === EQUALS || sign === BACKSLASH

/** In the place of a character's code. */
const BREAK = -1

/** `code`: of the character, or `BREAK`. */
function encodedAt(text: string, from: number): { length: number; code: number } | null {
  ENCODED.lastIndex = from
  const found = ENCODED.exec(text)
  if (found === null) return null
  const digits = found[1] ?? found[2] ?? found[3]
  return { length: found[0].length, code: digits === undefined ? BREAK : Number.parseInt(digits, 16) }
}
