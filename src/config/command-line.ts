import { fromMarkdown } from 'mdast-util-from-markdown'

type Span = { start: number; end: number }
type Piece = { type: string; position?: { start: { offset?: number }; end: { offset?: number } } }

/** A slash, a word, and no second slash: `/usr/bin/env` and `/path/` are paths, `/ foo` is nothing. */
const SHAPE = /^\/\p{L}[^\s/]*(?=\s|$)/u
const COMMENT = /^<!--/
/** Far more than a command's first line takes; the parser's time grows with the square of what it is given. */
const LOOKED_AT = 2_000
/** Links and stars hide no words. */
const NO_STYLE = { disable: { null: ['attention', 'labelEnd', 'labelStartImage', 'labelStartLink'] } }
/** Marks where an HTML comment stood; may not be in a comment, so it is taken out first. */
const HIDDEN = '\u{FFFF}'

/**
 * The command that a comment gives, or null. Only its first line counts, and only where Markdown would show that line
 * as words of the person who wrote it: no quote, no code, no HTML comment. Before ` -- ` the quotes and dashes of
 * phones are read as plain ones; what comes after it is handed on word for word, through the end of the comment.
 */
export function commandLine(body: string): string | null {
  if (!body.trimStart().startsWith('/')) return null
  const text = body
    .replaceAll(HIDDEN, '')
    .replace(/\r\n?/g, '\n')
    .replace(/^(?:[ \t]*\n)+/, '')
  const [first] = fromMarkdown(text.slice(0, LOOKED_AT), { extensions: [NO_STYLE] }).children
  // `/approve` above the `-- ` of a mail's signature is a heading to Markdown, and a command to whoever sent the mail.
  if (first === undefined || (first.type !== 'paragraph' && first.type !== 'heading')) return null
  const { start } = spanOf(first)
  const seen = withoutComments(text, commentsIn(first.children, text)).slice(start)
  const line = firstLine(seen)
  const at = separatorIn(line)
  const words = plain(at === null ? line : line.slice(0, at.start)).trim()
  if (!SHAPE.test(words)) return null
  return at === null ? words : `${words} -- ${text.slice(start + at.end).trim()}`.trimEnd()
}

const spanOf = ({ position }: Piece): Span => ({ start: position?.start.offset ?? 0, end: position?.end.offset ?? 0 })

function commentsIn(pieces: readonly (Piece & { children?: readonly Piece[] })[], text: string): Span[] {
  return pieces.flatMap((piece) => {
    const span = spanOf(piece)
    if (piece.type === 'html') return COMMENT.test(text.slice(span.start, span.end)) ? [span] : []
    return piece.children === undefined ? [] : commentsIn(piece.children, text)
  })
}

/** Keeps every offset, so that what is found in the result can be cut out of the text itself. */
const withoutComments = (text: string, comments: readonly Span[]): string =>
  comments.reduce((rest, { start, end }) => rest.slice(0, start) + HIDDEN.repeat(end - start) + rest.slice(end), text)

const firstLine = (text: string): string => text.slice(0, text.includes('\n') ? text.indexOf('\n') : undefined)

/** Two hyphens that stand alone, or the long dash that a phone makes of them. */
function separatorIn(line: string): Span | null {
  const found = /(?<=\s)(?:--|[‒–—―−])(?=\s|$)/u.exec(line)
  return found === null ? null : { start: found.index, end: found.index + found[0].length }
}

const plain = (words: string): string =>
  words
    .replace(/[\u{FFFF}\u200B-\u200D\u2060\uFEFF]+/gu, '')
    .replace(/[‘’‚‛′]/gu, "'")
    .replace(/[“”„‟″]/gu, '"')
    .replace(/(?<=\s)-?[‒–—―−]-?(?=\S)/gu, '--')
    .replace(/[‐‑‒–—―−]/gu, '-')
    .replace(/\s+/gu, ' ')
