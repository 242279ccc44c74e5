import type { Brief } from '../../core/schedule/brief.ts'
import { digest } from '../../core/text/digest.ts'
import { sanitise } from '../visible-text/sanitise.ts'

/** Hexadecimal digits of a nonce: too many to guess, few enough for a model to repeat. */
const NONCE_DIGITS = 16

/**
 * The nonce in every fence of a run: the same for all its prompts, so that they share the model's cache, and unknown to the
 * authors of what is quoted. `seed`: a value that did not exist when the issue was written.
 */
export const nonceOf = (run: string, seed: string): string => digest({ run, seed }).slice(0, NONCE_DIGITS)

/**
 * Quotes untrusted text between two tags that bear the nonce. Text that resembles such a tag is changed, so that it cannot
 * close the fence.
 */
export const fenceData = (kind: string, text: string, nonce: string): string => fence('untrusted', kind, text, nonce)

/** The tag of other people's text, and the one of words of those who run the project. */
type Tag = 'untrusted' | 'trusted'

function fence(tag: Tag, kind: string, text: string, nonce: string): string {
  const name = kind.replace(/[^A-Za-z0-9 ._/#-]/g, ' ').slice(0, 80)
  return [`<${tag} what="${name}" nonce="${nonce}">`, defused(text, nonce), `</${tag} nonce="${nonce}">`].join('\n')
}

/** Everything that can pass for the `<` of a tag: the sign, its look-alikes, its HTML entities. */
const OPENING = /[<＜﹤‹〈⟨《«˂ᐸ❮❰]|&lt;?|&#0{0,9}60;?|&#x0{0,9}3c;?/giu
/** Characters after the `<` to search for the name of one of our tags, whose letters may have blanks and signs between them. */
const NEAR = 60
const spaced = (letters: string): string => [...letters].join('\\P{L}{0,4}')
const NAME = new RegExp(`^\\P{L}{0,6}(?:${spaced('un')}\\P{L}{0,4})?${spaced('trusted')}(?![\\p{L}\\p{N}_])`, 'u')
/** Letters of other alphabets that resemble those of the names, as pairs: the look-alike, then the letter. */
const LOOK_ALIKES = new Map(
  [...'υuսuцuпnոnηnтtτtгrѕsտsеeεeԁd'.matchAll(/(.)(.)/gu)].map(([, odd = '', plain = '']) => [odd, plain]),
)

const defused = (text: string, nonce: string): string =>
  text
    .replace(OPENING, (sign, at: number) => (isOurTag(text.slice(at + sign.length, at + NEAR)) ? '(' : sign))
    .replace(new RegExp(nonce.replace(/\W/g, '\\$&'), 'gi'), '…')

/** Whether the text after a `<` reads like the name of one of our tags, in any alphabet and with signs between the letters. */
const isOurTag = (after: string): boolean =>
  /^\P{L}{0,6}\p{L}/u.test(after) &&
  NAME.test([...after.normalize('NFKD').toLowerCase()].map((letter) => LOOK_ALIKES.get(letter) ?? letter).join(''))

/**
 * Quotes text of others in a prompt, each piece in a fence that names its kind. `most`: characters that are kept of it.
 */
export interface Quotes {
  /** Markdown that anyone may have written; text hidden in it is removed. */
  untrusted(kind: string, text: string, most?: number): string
  /**
   * Words of a person with the right to command the run, in a fence of another name than all text of others, and without text
   * that no page shows; `author` null: not recorded.
   */
  person(author: string | null, words: string): string
  /** Output of programs, files, and words of other agents, unchanged. */
  data(kind: string, text: string, most?: number): string
}

/** Quotes with one nonce; `limit`: characters kept of a text if the call names no limit of its own. */
export const quotesWith = (nonce: string, limit = Number.POSITIVE_INFINITY): Quotes => ({
  untrusted: (kind, text, most = limit) => fenceData(kind, shortened(sanitise(text).text, most), nonce),
  person: (author, words) =>
    fence('trusted', `words of ${author ?? 'a person who runs the project'}`, sanitise(words).text, nonce),
  data: (kind, text, most = limit) => fenceData(kind, shortened(text, most), nonce),
})

/** The same fences for all workers of a run, so that their prompts share a prefix in the model's cache. */
export const quotesFor = ({ run, seed }: Pick<Brief, 'run' | 'seed'>): Quotes => quotesWith(nonceOf(run, seed))

/** The replacement drops a surrogate that the cut left without its other half. */
const shortened = (text: string, most: number): string =>
  text.length <= most
    ? text
    : `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}… (${text.length - most} more characters)`

/**
 * The brief with the nonce of the run's fences removed. Planners have seen the nonce and a plan is not fenced, so a forged
 * fence in a plan could pass for the words of a person.
 */
export function withoutNonce(brief: Brief): Brief {
  const text = JSON.stringify(brief)
  const nonce = new RegExp(nonceOf(brief.run, brief.seed), 'gi')
  return text.search(nonce) === -1 ? brief : JSON.parse(text.replace(nonce, '…'))
}
