import { randomInt } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** GitHub's own shapes, so that whatever looks for tokens in a text finds these too: ghp for people, ghs for jobs. */
export const randomToken = (prefix: 'ghp' | 'ghs'): string =>
  `${prefix}_${Array.from({ length: 36 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`
