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
 * The command of a comment with all that follows it, or null. A command is the first line, and only if Markdown shows it as
 * plain text of its author: no quote, no code, no HTML comment. There, typographic quotes and dashes of phones are read as
 * plain ones, up to ` -- `. What stands behind ` -- ` and on the lines below is returned word for word.
 */
export function commandLine(body: string): string | null {
  if (!body.trimStart().startsWith('/')) return null
  const text = fromFirstLine(body)
  const [first] = fromMarkdown(text.slice(0, PARSED_CHARACTERS), { extensions: [NO_INLINE_SYNTAX] }).children
  // In a reply by mail, Markdown takes `/approve` above the `-- ` of the signature for a heading; it is a command.
  if (first === undefined || (first.type !== 'paragraph' && first.type !== 'heading')) return null
  const { start } = spanOf(first)
  const line = firstLine(withoutComments(text, commentsIn(first.children, text)).slice(start))
  const at = separatorIn(line)
  const words = plain(at === null ? line : line.slice(0, at.start)).trim()
  if (!SHAPE.test(words)) return null
  if (at !== null) return `${words} -- ${text.slice(start + at.end).trim()}`.trimEnd()
  const below = withoutBlankLines(text.slice(start + line.length))
  return below === '' ? words : `${words}\n${below}`
}

/** Marks around a whole line that make code or emphasis of it. */
const FORMATTED = /^ {0,3}([*_~`]{1,9})(\/\p{L}[^\n]*?)([*_~`]{1,9})[ \t]*$/u

/** The text of a first line that would be a command without the code or emphasis around it; null if it is no such line. */
export function formattedCommand(body: string): string | null {
  const [, before = '', inner = '', after] = FORMATTED.exec(firstLine(fromFirstLine(body))) ?? []
  return after !== undefined && [...before].toReversed().join('') === after ? commandLine(inner) : null
}

const fromFirstLine = (body: string): string =>
  body
    .replaceAll(PLACEHOLDER, '')
    .replace(/\r\n?/g, '\n')
    .replace(/^(?:[ \t]*\n)+/, '')

/** Keeps the indentation of the first line, which may be code. Empty if a page shows nothing of it. */
const withoutBlankLines = (text: string): string =>
  text.replace(HIDDEN, '').trim() === '' ? '' : text.replace(/^(?:[ \t]*\n)+/, '').trimEnd()

const HIDDEN = /<!--[\s\S]*?(?:-->|$)|[\u200B-\u200D\u2060\uFEFF]/g

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
