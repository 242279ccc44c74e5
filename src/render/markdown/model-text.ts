import { withoutControlWords } from '../../core/text/control-characters.ts'
import { fence, sentence } from './code.ts'
import { bounded, visible } from './escape.ts'

/** Limits in characters for a line and for a whole text, before escaping. */
const LINE = 2_000
const BLOCK = 10_000
/** If a cut would leave less of a line than this, the line is left out. */
const FEW = 40

/**
 * Text of a model as one line of Markdown. Code stays code; the rest is escaped, so that it makes no mention, no link and
 * no command, wherever the line is placed.
 */
export const modelText = (text: string, most = LINE): string =>
  sentence(bounded(withoutControlWords(visible(text)), most))
    .replace(/^\//, '\\/')
    .replace(TRAILER, '$1&#8203;')

/** A pull request's body may become a commit message, in which git would read such a line as a trailer. */
const TRAILER = /^((?:[A-Za-z]{1,30}-){1,4}[A-Za-z]{1,30})(?=\s?:)/

/**
 * Text of a model as several lines of Markdown. Paragraphs, lists and code blocks are kept, headings become bold, and
 * every block is closed. Text of more than `most` characters is cut and ends with `…`; a code block is never cut, but kept
 * whole or left out.
 */
export function modelBlock(text: string, most = BLOCK): string[] {
  const lines: string[] = []
  let left = most
  let depth = -1
  let apart = false
  for (const part of partsOf(visible(text))) {
    if (part.kind === 'blank') {
      apart = true
      continue
    }
    const room = left
    left -= part.text.length + 1
    const cut = left < 0 && (part.kind === 'code' || room < FEW)
    const alone = cut || part.kind === 'code' || part.kind === 'heading'
    if ((apart || alone) && lines.length > 0) lines.push('')
    if (cut) return [...lines, '[…]']
    depth = part.kind === 'item' ? Math.min(part.depth, depth + 1) : -1
    lines.push(...rendered(part, depth, room))
    if (left < 0) return lines
    apart = alone
  }
  return lines
}

function rendered(part: Exclude<Part, { kind: 'blank' }>, depth: number, room: number): string[] {
  switch (part.kind) {
    case 'code':
      return fence(withoutControlWords(part.text), part.language)
    case 'item':
      return [`${'    '.repeat(depth)}${part.bullet} ${modelText(part.text, room)}`]
    case 'heading':
      return [`**${modelText(part.text, room)}**`]
    case 'line':
      return [modelText(part.text, room)]
  }
}

type Part =
  | { kind: 'code'; text: string; language: string }
  | { kind: 'item'; text: string; bullet: string; depth: number }
  | { kind: 'heading' | 'line'; text: string }
  | { kind: 'blank' }

const FENCE = /^\s{0,12}(`{3,}|~{3,})([^`]*)$/
/** A longer number would need a deeper indent than nested items get, and so break the list. */
const ITEM = /^(\s*)(?:[-*+]|(\d{1,2})[.)])\s+(?=\S)(.*)$/
const HEADING = /^\s{0,3}#{1,6}\s+(?=\S)(.*)$/
/** Deeper items are shown at this depth. */
const DEEPEST = 3

/** The lines of a text by kind. A code block that is never closed ends with the text. */
function partsOf(text: string): Part[] {
  const lines = text.split('\n')
  const parts: Part[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const [, fenced, info = ''] = FENCE.exec(line) ?? []
    if (fenced === undefined) {
      parts.push(partOf(line))
      continue
    }
    const end = closedAt(lines, at + 1, fenced)
    parts.push({ kind: 'code', text: lines.slice(at + 1, end).join('\n'), language: languageOf(info) })
    at = end
  }
  return parts
}

function closedAt(lines: readonly string[], from: number, fenced: string): number {
  const end = lines.findIndex((line, at) => at >= from && closes(line.trim(), fenced))
  return end === -1 ? lines.length : end
}

const closes = (line: string, fenced: string): boolean =>
  line.length >= fenced.length && line === (fenced[0] ?? '').repeat(line.length)

function partOf(line: string): Part {
  if (line.trim() === '') return { kind: 'blank' }
  const [, indent = '', number, item] = ITEM.exec(line) ?? []
  if (item !== undefined) {
    const bullet = number === undefined ? '-' : `${Number(number)}.`
    return { kind: 'item', text: item, bullet, depth: Math.min(DEEPEST, Math.floor(indent.length / 2)) }
  }
  const heading = HEADING.exec(line)?.[1]
  return heading === undefined ? { kind: 'line', text: line } : { kind: 'heading', text: heading }
}

/** GitHub renders some other languages, such as Mermaid, with links and pictures in them. */
const LANGUAGES =
  /^(?:bash|c|cpp|cs|css|diff|go|html|ini|java|javascript|js|json|jsx|kotlin|lua|php|py|python|rb|ruby|rs|rust|scss|sh|sql|swift|toml|ts|tsx|typescript|xml|yaml|yml)$/

function languageOf(info: string): string {
  const [word = ''] = info.trim().toLowerCase().split(/\s/)
  return LANGUAGES.test(word) ? word : 'text'
}

/** Text of a model, or of a plan written by hand, as a block quote; empty if there is none. `most`: limit in characters. */
export const blockQuote = (text: string, most?: number): string[] =>
  modelBlock(text, most).map((line) => (line === '' ? '>' : `> ${line}`))
