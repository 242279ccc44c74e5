import { digest } from '../core/digest.ts'

/** Digits of a nonce: more than anybody guesses, few enough to repeat. */
const DIGITS = 16

/**
 * What stands in every fence of a run: the same for all its prompts, so that they share what is cached, and unknown to
 * whoever wrote what is inside. `seed`: something that was not there when the issue was written.
 */
export const nonceOf = (run: string, seed: string): string => digest({ run, seed }).slice(0, DIGITS)

/** Text of others, marked as such. It cannot close its fence: what looks like a fence inside it is none any more. */
export function fence(kind: string, text: string, nonce: string): string {
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
