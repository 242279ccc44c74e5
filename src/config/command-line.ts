import { fromMarkdown } from 'mdast-util-from-markdown'

type Span = { start: number; end: number }
type Piece = { type: string; position?: { start: { offset?: number }; end: { offset?: number } } }

/** A slash, a word, and no second slash: `/usr/bin/env` and `/path/` are paths, `/ foo` is no command. */
const SHAPE = /^\/\p{L}[^\s/]*(?=\s|$)/u
const COMMENT = /^<!--/
/** In characters. Far longer than a command's first line, and short since the parser's time grows quadratically. */
const PARSED_CHARACTERS = 2_000
/** Links and emphasis hide no words, so they are not parsed. */
const NO_INLINE_SYNTAX = { disable: { null: ['attention', 'labelEnd', 'labelStartImage', 'labelStartLink'] } }
/** Replaces an HTML comment; removed from the input first, since it must not occur there. */
const PLACEHOLDER = '\u{FFFF}'

/**
 * The command of a comment, or null. Only the first line counts, and only if Markdown shows it as plain text of its
 * author: no quote, no code, no HTML comment. Before ` -- `, typographic quotes and dashes of phones are read as plain
 * ones; the text after it is returned unchanged, to the end of the comment.
 */
export function commandLine(body: string): string | null {
  if (!body.trimStart().startsWith('/')) return null
  const text = body
    .replaceAll(PLACEHOLDER, '')
    .replace(/\r\n?/g, '\n')
    .replace(/^(?:[ \t]*\n)+/, '')
  const [first] = fromMarkdown(text.slice(0, PARSED_CHARACTERS), { extensions: [NO_INLINE_SYNTAX] }).children
  // In a reply by mail, Markdown takes `/approve` above the `-- ` of the signature for a heading; it is a command.
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

/** Keeps every offset, so that positions in the result are valid in the text. */
const withoutComments = (text: string, comments: readonly Span[]): string =>
  comments.reduce(
    (rest, { start, end }) => rest.slice(0, start) + PLACEHOLDER.repeat(end - start) + rest.slice(end),
    text,
  )

const firstLine = (text: string): string => text.slice(0, text.includes('\n') ? text.indexOf('\n') : undefined)

/** Two hyphens surrounded by spaces, or the long dash that a phone makes of them. */
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
