import { withoutControlWords } from '../../core/text/control-characters.ts'
import { fence, sentence } from './code.ts'
import { bounded, visible } from './escape.ts'

/** Characters of a line, and of a whole text, before they are escaped. */
const LINE = 2_000
const BLOCK = 10_000
/** Less of a line than this says nothing. */
const FEW = 40

/**
 * Words of a model as one line of Markdown: code stays code, and all the rest is text that calls nobody, links nothing and
 * is no command, wherever the line stands.
 */
export const modelText = (text: string, most = LINE): string =>
  sentence(bounded(withoutControlWords(visible(text)), most))
    .replace(/^\//, '\\/')
    .replace(TRAILER, '$1&#8203;')

/** A body may become a commit's message, and the beginning of its lines what git takes for trailers. */
const TRAILER = /^((?:[A-Za-z]{1,30}-){1,4}[A-Za-z]{1,30})(?=\s?:)/

/**
 * The same for several lines: paragraphs, lists and blocks of code are kept, headings become bold, and nothing is left
 * open behind it. What is longer than `most` characters ends with `…`; a block of code is there as a whole or not at all.
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
/** A longer number would push what stands below it out of its list. */
const ITEM = /^(\s*)(?:[-*+]|(\d{1,2})[.)])\s+(?=\S)(.*)$/
const HEADING = /^\s{0,3}#{1,6}\s+(?=\S)(.*)$/
/** Nobody reads what is indented deeper. */
const DEEPEST = 3

/** The lines of a text by what they are; a block of code that nobody closed ends with the text. */
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

/** Blocks of other kinds GitHub draws, with the links and pictures that are in them. */
const LANGUAGES =
  /^(?:bash|c|cpp|cs|css|diff|go|html|ini|java|javascript|js|json|jsx|kotlin|lua|php|py|python|rb|ruby|rs|rust|scss|sh|sql|swift|toml|ts|tsx|typescript|xml|yaml|yml)$/

function languageOf(info: string): string {
  const [word = ''] = info.trim().toLowerCase().split(/\s/)
  return LANGUAGES.test(word) ? word : 'text'
}

/** Words of a model, or of whoever wrote a plan by hand, set off as a quotation; nothing where there are none. `most`: characters. */
export const blockQuote = (text: string, most?: number): string[] =>
  modelBlock(text, most).map((line) => (line === '' ? '>' : `> ${line}`))
