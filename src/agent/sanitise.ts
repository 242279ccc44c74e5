import { withLineFeeds, withoutInvisible } from './hidden/characters.ts'
import { counted, listed, type Removed, type Tally } from './hidden/removed.ts'
import { withoutData } from './hidden/target.ts'
import { nothingKnown, uncovered } from './hidden/uncover.ts'

export interface Sanitised {
  readonly text: string
  readonly removed: readonly Removed[]
}

/** More often than this nothing honest hides in what hides. */
const PASSES = 6

/**
 * Somebody's Markdown with what a person sees of it on GitHub, and no more: neither comments, hidden elements, titles and
 * descriptions, nor characters that show nothing. What is shown stays as it is written, code blocks in every character
 * that can be seen. Time grows with the length; a second time changes nothing.
 */
export function sanitise(text: string): Sanitised {
  const tally: Tally = new Map()
  const shown = uncoveredAtLast(withoutInvisible(shownAsWritten(text, tally), tally), tally)
  counted(tally, 'long-base64', shown.match(BASE64)?.length ?? 0)
  return { text: shown, removed: listed(tally) }
}

/**
 * What nobody sees parts what would be one sign without it: two backticks, a backslash and what it would escape. So what
 * the page shows is told from the text as it stands, before anything closes up; afterwards it can only become less.
 */
function shownAsWritten(text: string, tally: Tally): string {
  const plain = withLineFeeds(text)
  return withoutInvisible(plain, new Map()) === plain ? plain : uncoveredAtLast(plain, tally)
}

/** What is taken out may let its neighbours close up to something new. */
function uncoveredAtLast(text: string, tally: Tally): string {
  let shown = text
  // Notes and labels are used before and after they are explained: the first pass only looks.
  let { known } = uncovered(text, nothingKnown, new Map())
  for (let pass = 0; pass < PASSES; pass += 1) {
    const next = uncovered(shown, known, tally)
    const settled = next.text === shown && same(known.footnotes, next.known.footnotes)
    shown = next.text
    known = next.known
    if (settled) return shown
  }
  return disentangled(shown, tally)
}

const same = (one: ReadonlySet<string> | null, other: ReadonlySet<string> | null): boolean =>
  one !== null && other !== null && one.size === other.size && [...one].every((label) => other.has(label))

/** Without the characters that anything could be hidden with. */
function disentangled(text: string, tally: Tally): string {
  counted(tally, 'tangled-markup')
  return withoutData(text.replace(/[<&[]/g, ''), () => counted(tally, 'data-uri'))
}

const BASE64 = /[A-Za-z0-9+/_-]{200,}={0,2}/g
