import { fence } from '../fence.ts'
import { sanitise } from '../sanitise.ts'

/** Markdown of somebody outside, without what hides in it, in a fence that says so. At most so many characters of it. */
export const outside = (kind: string, text: string, nonce: string, most: number): string =>
  fence(kind, shortened(sanitise(text).text, most), nonce)

/** Words of the run's own people, of files, of commands and of other agents: as they are, in a fence. */
export const data = (kind: string, text: string, nonce: string, most = 20_000): string =>
  fence(kind, shortened(text, most), nonce)

/** A cut may have halved a character. */
export const shortened = (text: string, most: number): string =>
  text.length <= most
    ? text
    : `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}… (${text.length - most} more characters)`
