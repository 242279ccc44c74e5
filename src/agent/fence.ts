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

/** Any way of writing our tag, with whatever stands between its signs; and the nonce, should somebody have seen it. */
const TAG = /<(?=[\s\p{Cf}]*\/?[\s\p{Cf}]*u[\s\p{Cf}]*n[\s\p{Cf}]*t[\s\p{Cf}]*r[\s\p{Cf}]*u[\s\p{Cf}]*s[\s\p{Cf}]*t)/giu

const defused = (text: string, nonce: string): string => text.replace(TAG, '‹').replaceAll(nonce, '…')
