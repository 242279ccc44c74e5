import type { Argv } from '../../core/plan/plan.ts'
import { bounded, exposed, inline } from './escape.ts'
import { commaList } from './format.ts'

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))

/** A table reads pipes and backslashes even inside a code span, but not as entities inside a tag. */
const tagged = (text: string): string =>
  `<code>${text
    .replace(/[^A-Za-z0-9 /.:@,;"'()=+%-]/gu, (character) => `&#${character.codePointAt(0)};`)
    // Inside a tag Markdown still looks for addresses; an element in the middle hides them.
    .replace(/@|:\/\/|(?<=www)\./gi, '<span>$&</span>')}</code>`

/** A code span that shows exactly this text, in a paragraph or in a table cell. */
export function code(text: string): string {
  const shown = exposed(text)
  if (shown.trim() === '' || /[|\\]/.test(shown)) return tagged(shown === '' ? ' ' : shown)
  const ticks = '`'.repeat(longestRun(shown) + 1)
  const pad = /^[` ]|[` ]$/.test(shown) ? ' ' : ''
  return `${ticks}${pad}${shown}${pad}${ticks}`
}

/** A code span of at most 200 characters, for names that may be of any length. */
export const codeName = (text: string): string => code(bounded(text, 200))

/** A reason or answer code for programs and for the documentation, small, at the end of what people read. */
export const stableCode = (reason: string): string => `<sub>\`${reason}\`</sub>`

/** `a`, `b` and `c` as code; of more than `most`, the first ones and the number of the rest. */
export const someNames = (names: readonly string[], most: number): string =>
  names.length <= most
    ? commaList(names.map(codeName))
    : `${names.slice(0, most).map(codeName).join(', ')} and ${names.length - most} more`

export const codes = (texts: readonly string[]): string => texts.map(code).join(', ')

const exposedLines = (content: string): string[] => content.replace(/\r\n?/g, '\n').split('\n').map(exposed)

/** A fenced block with a fence longer than any run of backticks in its content, so the content cannot close it. */
export function fence(content: string, info = 'text'): string[] {
  const ticks = '`'.repeat(Math.max(3, longestRun(content) + 1))
  return [`${ticks}${info}`, ...exposedLines(content), ticks]
}

/** Output of a program without the escape sequences for colours. */
export const withoutColours = (output: string): string => output.replace(ANSI, '')
const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[ -/]*[@-~]`, 'g')

const PLAIN_WORD = /^[A-Za-z0-9_./:=@%+,-]+$/

/** Quoted as JSON, with all but printable ASCII escaped, so that look-alikes and blanks are visible. */
const quoted = (word: string): string =>
  JSON.stringify(word).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A command as one line of text: a word with unusual characters is quoted as in JSON. */
export const commandText = (argv: Argv): string =>
  argv.map((word) => (PLAIN_WORD.test(word) ? word : quoted(word))).join(' ')

/** One of our own sentences, which may quote foreign text: text between backticks becomes code, the rest is escaped. */
export const sentence = (text: string): string =>
  text
    .split(/`([^`\n]+)`/)
    .map((part, index) => (index % 2 === 1 ? code(part) : part.trim() === '' ? part : spaced(part)))
    .join('')

const spaced = (part: string): string => `${/^\s/.test(part) ? ' ' : ''}${inline(part)}${/\s$/.test(part) ? ' ' : ''}`
