import { withoutControlWords } from '../core/commit-words.ts'
import { fence, sentence } from './code.ts'
import { bounded, visible } from './escape.ts'
import { type Part, partsOf } from './model-parts.ts'

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
