import type { Brief } from '../../core/schedule/brief.ts'
import { digest } from '../../core/text/digest.ts'
import { sanitise } from '../visible-text/sanitise.ts'

/** Digits of a nonce: more than anybody guesses, few enough to repeat. */
const DIGITS = 16

/**
 * What stands in every fence of a run: the same for all its prompts, so that they share what is cached, and unknown to
 * whoever wrote what is inside. `seed`: something that was not there when the issue was written.
 */
export const nonceOf = (run: string, seed: string): string => digest({ run, seed }).slice(0, DIGITS)

/** Text of others, marked as such. It cannot close its fence: what looks like a fence inside it is none any more. */
export function fenceData(kind: string, text: string, nonce: string): string {
  const name = kind.replace(/[^A-Za-z0-9 ._/#-]/g, ' ').slice(0, 80)
  return [`<untrusted what="${name}" nonce="${nonce}">`, defused(text, nonce), `</untrusted nonce="${nonce}">`].join(
    '\n',
  )
}

/** Whatever a tag could be taken to begin with: the sign, its look-alikes, its names in HTML. */
const OPENING = /[<＜﹤‹〈⟨《«˂ᐸ❮❰]|&lt;?|&#0{0,9}60;?|&#x0{0,9}3c;?/giu
/** As far as our tag's name can stand behind it, with blanks and signs between its letters. */
const NEAR = 60
const NAME = new RegExp(`^\\P{L}{0,6}${[...'untrusted'].join('\\P{L}{0,4}')}(?![\\p{L}\\p{N}_])`, 'u')
/** Letters of other alphabets that look like those of the name, each in front of what it looks like. */
const LOOK_ALIKES = new Map(
  [...'υuսuцuпnոnηnтtτtгrѕsտsеeεeԁd'.matchAll(/(.)(.)/gu)].map(([, odd = '', plain = '']) => [odd, plain]),
)

const defused = (text: string, nonce: string): string =>
  text
    .replace(OPENING, (sign, at: number) => (isOurs(text.slice(at + sign.length, at + NEAR)) ? '(' : sign))
    .replace(new RegExp(nonce.replace(/\W/g, '\\$&'), 'gi'), '…')

/** Whether it reads like our tag, in whatever letters and with whatever stands between them. */
const isOurs = (behind: string): boolean =>
  /^\P{L}{0,6}\p{L}/u.test(behind) &&
  NAME.test([...behind.normalize('NFKD').toLowerCase()].map((letter) => LOOK_ALIKES.get(letter) ?? letter).join(''))

/** Markdown of somebody outside, without what hides in it, in a fence that says so. At most so many characters of it. */
export const outside = (kind: string, text: string, nonce: string, most: number): string =>
  fenceData(kind, shortened(sanitise(text).text, most), nonce)

/** Words of the run's own people, of files, of commands and of other agents: as they are, in a fence. */
export const data = (kind: string, text: string, nonce: string, most = 20_000): string =>
  fenceData(kind, shortened(text, most), nonce)

/** A cut may have halved a character. */
const shortened = (text: string, most: number): string =>
  text.length <= most
    ? text
    : `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}… (${text.length - most} more characters)`

/** Words of others inside a prompt, each in a fence that says whose they are. */
export interface Quotes {
  /** Markdown that anybody could have written, without what hides in it. */
  untrusted(what: string, text: string): string
  /** Words of somebody who may command the run; null: nobody wrote down who. */
  person(who: string | null, words: string): string
  /** What programs, files and other workers say. */
  data(what: string, text: string): string
}

/** The same fences for all workers of a run, so that they share what stands before their tasks. */
export function quotesFor({ run, seed }: Pick<Brief, 'run' | 'seed'>): Quotes {
  const nonce = nonceOf(run, seed)
  return {
    untrusted: (what, text) => fenceData(what, sanitise(text).text, nonce),
    person: (who, words) => fenceData(`words of ${who ?? 'somebody who runs the project'}`, words, nonce),
    data: (what, text) => fenceData(what, text, nonce),
  }
}

/**
 * The brief without the mark of the run's fences. Planners have seen it, and a plan is not fenced: a fence in it could pass
 * for the words of a person.
 */
export function unmarked(brief: Brief): Brief {
  const text = JSON.stringify(brief)
  const mark = new RegExp(nonceOf(brief.run, brief.seed), 'gi')
  return text.search(mark) === -1 ? brief : JSON.parse(text.replace(mark, '…'))
}
