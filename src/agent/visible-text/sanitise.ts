import { INVISIBLE } from '../../core/text/control-characters.ts'
import { withoutData } from './links.ts'
import { countRemoved, listRemoved, type Removed, type RemovedCounts, type RemovedKind } from './removed.ts'
import { nothingKnown, visibleText } from './visible-text.ts'

export interface Sanitised {
  readonly text: string
  readonly removed: readonly Removed[]
}

/**
 * The part of an issue or comment that a person sees on GitHub: no comments, hidden elements, titles, descriptions, or
 * invisible characters. What is visible stays as it is written. Time is linear, and the result is stable: sanitising it
 * again changes nothing.
 */
export function sanitise(text: string): Sanitised {
  const tally: RemovedCounts = new Map()
  const visible = untilStable(withoutInvisible(visibleAsWritten(text, tally), tally), tally)
  countRemoved(tally, 'long-base64', visible.match(BASE64)?.length ?? 0)
  return { text: visible, removed: listRemoved(tally) }
}

/**
 * An invisible character separates what is one token without it: two backticks, or a backslash and what it would escape.
 * So the text is read as it is written before those characters are removed. Later passes can only remove more.
 */
function visibleAsWritten(text: string, tally: RemovedCounts): string {
  const plain = withLineFeeds(text)
  return withoutInvisible(plain, new Map()) === plain ? plain : untilStable(plain, tally)
}

/** Ordinary text is stable after one or two passes. */
const MAX_PASSES = 6

/** What was around a removed part may be new markup once it is joined, so passes are repeated. */
function untilStable(text: string, tally: RemovedCounts): string {
  let visible = text
  // Labels are used before and after they are defined, so the first pass only collects them.
  let { known } = visibleText(text, nothingKnown, new Map())
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    const next = visibleText(visible, known, tally)
    const stable = next.text === visible && sameLabels(known.footnotes, next.known.footnotes)
    visible = next.text
    known = next.known
    if (stable) return visible
  }
  return withoutMarkup(visible, tally)
}

const sameLabels = (one: ReadonlySet<string> | null, other: ReadonlySet<string> | null): boolean =>
  one !== null && other !== null && one.size === other.size && [...one].every((label) => other.has(label))

/** Without the characters that could hide anything. */
function withoutMarkup(text: string, tally: RemovedCounts): string {
  countRemoved(tally, 'tangled-markup')
  return withoutData(text.replace(/[<&[]/g, ''), () => countRemoved(tally, 'data-uri'))
}

const BASE64 = /[A-Za-z0-9+/_-]{200,}={0,2}/g

/** Terminal escape sequences: introducers and terminators in their 7-bit and 8-bit forms. */
const CONTROL_SEQUENCE = '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]'
const STRING = '(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])'
const STRING_END = '(?:\\u0007|\\u001b\\\\|\\u009c)'
/** If a string is not terminated, only its introducer is removed, as an invisible character. */
const ANSI = new RegExp(
  `${CONTROL_SEQUENCE}|${STRING}[^\\u0007\\u001b\\u0090\\u0098\\u009c-\\u009f]*${STRING_END}`,
  'g',
)

const withLineFeeds = (text: string): string => text.replace(/\r\n?/g, '\n')

/** The text without invisible characters, except line feeds, tabs and those that join emoji. */
function withoutInvisible(text: string, tally: RemovedCounts): string {
  const plain = withLineFeeds(text).replace(ANSI, () => {
    countRemoved(tally, 'ansi-escape')
    return ''
  })
  return plain.replace(INVISIBLE, (character: string, at: number) => {
    if (character === '\n' || character === '\t' || isPartOfEmoji(character, plain, at)) return character
    countRemoved(tally, kindOf(character))
    return /[\u2028\u2029]/.test(character) ? ' ' : ''
  })
}

const EMOJI = /\p{Extended_Pictographic}/u
const JOINS_EMOJI = /(?:\p{Extended_Pictographic}\ufe0f?|\p{Emoji_Modifier})$/u
const STARTS_WITH_EMOJI = /^\p{Extended_Pictographic}/u
const KEYCAP = /[0-9#*]$/
/** The longest character is two units long, and a selector one. */
const NEAR = 3

function isPartOfEmoji(character: string, text: string, at: number): boolean {
  if (character !== '\u200d' && character !== '\ufe0f') return false
  const before = text.slice(Math.max(0, at - NEAR), at)
  const after = text.slice(at + 1, at + 1 + NEAR)
  if (character === '\u200d') return JOINS_EMOJI.test(before) && STARTS_WITH_EMOJI.test(after)
  return EMOJI.test([...before].at(-1) ?? '') || (KEYCAP.test(before) && after.startsWith('\u20e3'))
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
