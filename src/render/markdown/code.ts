import type { Argv } from '../../core/plan/plan.ts'
import { bounded, exposed, inline } from './escape.ts'

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))

/** Pipes and backslashes mean something to a table even inside a code span; as entities in a tag they do not. */
const tagged = (text: string): string =>
  `<code>${text
    .replace(/[^A-Za-z0-9 /.:@,;"'()=+%-]/gu, (character) => `&#${character.codePointAt(0)};`)
    // Markdown sees text here, not code: an element in between keeps it from finding an address.
    .replace(/@|:\/\/|(?<=www)\./gi, '<span>$&</span>')}</code>`

/** A code span that shows exactly this, in a paragraph or a table cell. */
export function code(text: string): string {
  const shown = exposed(text)
  if (shown.trim() === '' || /[|\\]/.test(shown)) return tagged(shown === '' ? ' ' : shown)
  const ticks = '`'.repeat(longestRun(shown) + 1)
  const pad = /^[` ]|[` ]$/.test(shown) ? ' ' : ''
  return `${ticks}${pad}${shown}${pad}${ticks}`
}

/** The same for what may be of any length, where it is named and not shown. */
export const codeName = (text: string): string => code(bounded(text, 200))

export const codes = (texts: readonly string[]): string => texts.map(code).join(', ')

const exposedLines = (content: string): string[] => content.replace(/\r\n?/g, '\n').split('\n').map(exposed)

/** A fenced block whose fence no line of its content can close. */
export function fence(content: string, info = 'text'): string[] {
  const ticks = '`'.repeat(Math.max(3, longestRun(content) + 1))
  return [`${ticks}${info}`, ...exposedLines(content), ticks]
}

const PLAIN_WORD = /^[A-Za-z0-9_./:=@%+,-]+$/

/** Quoted, with everything but plain ASCII written out, so that no look-alike or blank can hide. */
const quoted = (word: string): string =>
  JSON.stringify(word).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A command as words: what is not plain is quoted as in JSON. */
export const commandText = (argv: Argv): string =>
  argv.map((word) => (PLAIN_WORD.test(word) ? word : quoted(word))).join(' ')

/** A sentence of ours that may quote others: what stands between backticks is code, all the rest is text. */
export const sentence = (text: string): string =>
  text
    .split(/`([^`\n]+)`/)
    .map((part, index) => (index % 2 === 1 ? code(part) : part.trim() === '' ? part : spaced(part)))
    .join('')

const spaced = (part: string): string => `${/^\s/.test(part) ? ' ' : ''}${inline(part)}${/\s$/.test(part) ? ' ' : ''}`
