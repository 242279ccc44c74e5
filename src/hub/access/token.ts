import { randomInt } from 'node:crypto'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** In GitHub's format, so that secret scanners find them: ghp for people, ghs for jobs. */
export const randomToken = (prefix: 'ghp' | 'ghs'): string =>
  `${prefix}_${Array.from({ length: 36 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')}`
