import { INVISIBLE } from '../../core/text/control-characters.ts'
import { counted, type RemovedKind, type Tally } from './removed.ts'

/** Introducers and ends of escape sequences, in seven bits and in eight. */
const COLOUR = '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]'
const STRING = '(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])'
const STRING_END = '(?:\\u0007|\\u001b\\\\|\\u009c)'
/** With what stands in between; one that never ends loses its first character below. */
const ANSI = new RegExp(`${COLOUR}|${STRING}[^\\u0007\\u001b\\u0090\\u0098\\u009c-\\u009f]*${STRING_END}`, 'g')
const LINE_ENDS = /\r\n?/g

const IN_EMOJI = /\p{Extended_Pictographic}/u
const JOINS_EMOJI = /(?:\p{Extended_Pictographic}\ufe0f?|\p{Emoji_Modifier})$/u
const STARTS_WITH_EMOJI = /^\p{Extended_Pictographic}/u
const KEYCAP = /[0-9#*]$/
/** As far as one looks to either side: the longest character is two units long, and a selector one. */
const NEAR = 3

/** The text with one sign for the end of a line. */
export const withLineFeeds = (text: string): string => text.replace(LINE_ENDS, '\n')

/** The text without what nobody sees; line feeds, tabs and what makes one emoji out of several stay. */
export function withoutInvisible(text: string, tally: Tally): string {
  const plain = withLineFeeds(text).replace(ANSI, () => {
    counted(tally, 'ansi-escape')
    return ''
  })
  return plain.replace(INVISIBLE, (character: string, at: number) => {
    if (character === '\n' || character === '\t' || partOfEmoji(character, plain, at)) return character
    counted(tally, kindOf(character))
    return /[\u2028\u2029]/.test(character) ? ' ' : ''
  })
}

function partOfEmoji(character: string, text: string, at: number): boolean {
  if (character !== '\u200d' && character !== '\ufe0f') return false
  const before = text.slice(Math.max(0, at - NEAR), at)
  const after = text.slice(at + 1, at + 1 + NEAR)
  if (character === '\u200d') return JOINS_EMOJI.test(before) && STARTS_WITH_EMOJI.test(after)
  return IN_EMOJI.test([...before].at(-1) ?? '') || (KEYCAP.test(before) && after.startsWith('\u20e3'))
}

const KINDS: readonly (readonly [RegExp, RemovedKind])[] = [
  [/[\u{e0000}-\u{e007f}]/u, 'tag-character'],
  [/[\ufe00-\ufe0f\u180b-\u180d\u180f]|[\u{e0100}-\u{e01ef}]/u, 'variation-selector'],
  [/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/, 'bidi-control'],
  [/[\u200b-\u200d\u2060\ufeff]/, 'zero-width'],
  [/[\p{Cc}\p{Zl}\p{Zp}]/u, 'control-character'],
  [/\p{Co}/u, 'private-use'],
]

const kindOf = (character: string): RemovedKind =>
  KINDS.find(([shape]) => shape.test(character))?.[1] ?? 'invisible-character'
