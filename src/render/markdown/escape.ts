import { INVISIBLE } from '../../core/text/control-characters.ts'

const LINE_ENDS = /\r\n?|[\u2028\u2029]/g
/**
 * GitHub looks for mentions, references and links after it renders Markdown: an escape does not prevent one, a zero-width
 * space does.
 */
const GAP = '&#8203;'

/** The text without invisible characters; line feeds stay. */
export const visible = (text: string): string =>
  text
    .replace(LINE_ENDS, '\n')
    .split('\n')
    .map((line) => line.replace(/\t/g, ' ').replace(INVISIBLE, ''))
    .join('\n')

/** Shows invisible characters as escapes such as `\u202e`, for text that must be read exactly. */
export const exposed = (text: string): string =>
  text.replace(INVISIBLE, (character) =>
    [...character].map((point) => `\\u${(point.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`).join(''),
  )

export const oneLine = (text: string): string => visible(text).replace(/\s+/gu, ' ').trim()

/** One line of at most `limit` characters, cut between words if possible. For names and headings, not for documents. */
export function bounded(text: string, limit: number): string {
  const points = [...oneLine(text)]
  if (points.length <= limit) return points.join('')
  const cut = points.slice(0, limit - 1).join('')
  const space = cut.lastIndexOf(' ')
  return `${space > limit / 2 ? cut.slice(0, space) : cut}…`
}

/** The pieces must be shorter than an abbreviated commit id, or GitHub links them too. */
const COMMIT = /(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])/gi

const escaped = (line: string): string =>
  line
    .replace(/&/g, '&amp;')
    .replace(/[\\`*_[\]~]/g, '\\$&')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\|/g, '&#124;')
    .replace(/@/g, `@${GAP}`)
    .replace(/(?<!&)#(?=\d)/g, `#${GAP}`)
    .replace(/(gh-|cve-)(?=\d)/gi, `$1${GAP}`)
    .replace(/(ghsa-)(?=[0-9a-z]{4}-)/gi, `$1${GAP}`)
    .replace(/:\/\//g, `:${GAP}//`)
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}${GAP}.`)
    .replace(COMMIT, (sha) => sha.replace(/.{6}(?=.)/g, `$&${GAP}`))
    .replace(/\$/g, '<span>$</span>')
    .replace(/^([-+=#])/, '\\$1')
    // Below a line of text it would turn the two into a table.
    .replace(/^:(?=-+:?$)/, '\\:')
    .replace(/^(\d+)([.)])/, '$1\\$2')

/** Foreign text as one line of Markdown that shows exactly this text: for a paragraph, a list item or a table cell. */
export const inline = (text: string): string => escaped(oneLine(text))
