import { err, ok, type Result } from '../result.ts'

/*
 * People and models write regular expressions in the syntax of JavaScript or Perl; git and grep use POSIX extended ones,
 * which do not backtrack. Translates the common subset to POSIX and refuses the rest, which would silently match something
 * else: `\d` is a `d` in POSIX.
 */

const LONGEST = 1000
/** Repetitions such as `{3,20}` are unrolled by grep, and nested ones multiply. */
const MOST_REPEATED = 256

const TOKEN = /\\([\s\S]?)|\[\^?\]?(?:\[:[a-z]+:\]|\\[\s\S]|[^\]\\])*\]|\(\?:?|\{(?:\d*,?\d*\})?|[\s\S]/g

/** The pattern for `grep -E`, or why it is refused, as the end of a sentence. */
export function searchPattern(pattern: string): Result<string, string> {
  if (pattern === '') return err('it is empty')
  if (pattern.length > LONGEST) return err(`it is longer than ${LONGEST} characters`)
  if (/[\n\r\0]/.test(pattern)) return err('a search looks at one line at a time, so no line break may be in it')
  const tokens = (pattern.match(TOKEN) ?? []).map(posix)
  if (repeated(pattern) > MOST_REPEATED) return err(`its repetitions multiply to more than ${MOST_REPEATED}`)
  const refused = tokens.find((token) => !token.ok)
  return refused ?? ok(tokens.map((token) => (token.ok ? token.value : '')).join(''))
}

/** The same for a literal text. */
export function searchText(text: string): Result<string, string> {
  if (text === '') return err('it is empty')
  if (text.length > LONGEST) return err(`it is longer than ${LONGEST} characters`)
  return /[\n\r\0]/.test(text) ? err('a search looks at one line at a time, so no line break may be in it') : ok(text)
}

function posix(token: string): Result<string, string> {
  if (token.startsWith('\\')) return escaped(token.slice(1))
  if (token.startsWith('[') && token.length > 1) return bracket(token)
  if (token === '[') return err('a `[` has no `]`')
  if (token === '(?:') return ok('(')
  if (token === '(?') return err('groups such as `(?=`, `(?!`, `(?<` and `(?i)` are not understood')
  if (token.startsWith('{')) return ok(/\d/.test(token) ? token : `\\{${token.slice(1)}`)
  return ok(token)
}

const CLASSES: Readonly<Record<string, string>> = { d: '[0-9]', D: '[^0-9]', t: '\t' }

function escaped(sign: string): Result<string, string> {
  const known = CLASSES[sign]
  if (known !== undefined) return ok(known)
  if (/[wWsSbB<>]/.test(sign)) return ok(`\\${sign}`)
  if (/\d/.test(sign)) return err('what a group matched cannot be referred to')
  if (/[A-Za-z]/.test(sign)) return err(`\`\\${sign}\` is not understood`)
  if (sign === '') return err('it ends in a backslash')
  return ok(/[.[{}()*+?^$|\\]/.test(sign) ? `\\${sign}` : sign)
}

const IN_BRACKET: Readonly<Record<string, string>> = { d: '0-9', w: '[:alnum:]_', s: '[:space:]', t: '\t' }

/** In brackets POSIX has no escapes: moves escaped characters to positions where they are literal. */
function bracket(token: string): Result<string, string> {
  const [, not = '', first = '', inner = ''] = /^\[(\^?)(\]?)([\s\S]*)\]$/.exec(token) ?? []
  if (first + inner === '') return err(`\`${token}\` holds nothing`)
  const parts = inner.match(/\\[\s\S]|\[:[a-z]+:\]|[\s\S]/g) ?? []
  const unknown = parts.find((part) => /^\\[A-Za-z0-9]$/.test(part) && IN_BRACKET[part.slice(1)] === undefined)
  if (unknown !== undefined) return err(`\`${unknown}\` is not understood between brackets`)
  const signs = parts.map(literalSign)
  const body = parts.map((part, index) => (signs[index] === null ? bare(part) : '')).join('')
  return ok(inOrder(not, first === '' && !signs.includes(']') ? body : `]${body}`, signs))
}

const bare = (part: string): string => (part.startsWith('\\') ? (IN_BRACKET[part.slice(1)] ?? part.slice(1)) : part)

/** A character whose meaning depends on its position, and which is meant literally; else null. */
function literalSign(part: string, index: number, parts: readonly string[]): string | null {
  if (/^\\[\]^-]$/.test(part)) return part.slice(1)
  return part === '-' && /^\\[dws]$/.test(parts[index - 1] ?? '') ? part : null
}

function inOrder(not: string, body: string, signs: readonly (string | null)[]): string {
  const [caret, dash] = [signs.includes('^') ? '^' : '', signs.includes('-') ? '-' : '']
  if (body !== '' || not !== '') return `[${not}${body}${caret}${dash}]`
  return dash === '' ? '\\^' : `[${dash}${caret}]`
}

const repeated = (pattern: string): number =>
  [...pattern.matchAll(/\{(\d*),?(\d*)\}/g)]
    .map(([, least, most]) => Math.max(Number(least), Number(most), 1))
    .reduce((product, count) => product * count, 1)
