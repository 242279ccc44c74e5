import { type Document, isCollection, isScalar, type Node, visit, type YAMLError } from 'yaml'
import { listed, quoted } from '../core/text/quoted.ts'

/** A problem, and its offset in the text. */
export interface YamlProblem {
  offset: number
  /** A sentence without its full stop. */
  message: string
}

type Code = YAMLError['code']

/** A text and its YAML document. */
export interface ParsedYaml {
  text: string
  document: Document
  lineAt: (offset: number) => number
}

/** Rephrases a parser's error, which needs knowledge of YAML's grammar, for the person who wrote the text. */
export function yamlProblem({ code, message, pos: [from, to] }: YAMLError, parsed: ParsedYaml): YamlProblem {
  if (code === 'MISSING_CHAR' || code === 'BAD_INDENT') {
    const open = /closing "?'?quote|must (?:be sufficiently|end with)/.test(message) ? unclosed(from, parsed) : null
    if (open !== null) return open
  }
  const piece = parsed.text.slice(from, Math.max(to, from + 1)).split('\n', 1)[0] ?? ''
  return { offset: from, message: WORDS[code](piece, message) }
}

/** Each key that stands in one map for a second time, with the lines on which it occurs. The parser would compare all pairs. */
export function doubledKeys(document: Document, lineAt: ParsedYaml['lineAt'], most: number): YamlProblem[] {
  const found: YamlProblem[] = []
  visit(document, {
    Map(_, map) {
      const lines = new Map<string, Set<number>>()
      for (const { key } of map.items) {
        if (!isScalar(key) || found.length >= most) continue
        const offset = startOf(key) ?? 0
        const name = String(key.value)
        const before = lines.get(name)
        lines.set(name, (before ?? new Set()).add(lineAt(offset)))
        if (before !== undefined) found.push({ offset, message: doubled(name, [...before]) })
      }
    },
  })
  return found
}

function doubled(key: string, lines: readonly number[]): string {
  const where = lines.length > 1 ? ` in lines ${lines.slice(0, -1).join(', ')} and ${lines.at(-1)}` : ' twice'
  return `The key ${quoted(key)} is given${where}: keep one of them`
}

/** The unclosed quotation mark or bracket; the parser reports it only at the end of the text. */
function unclosed(at: number, { text, document }: ParsedYaml): YamlProblem | null {
  let opened: Node | null = null
  visit(document, {
    Node(_, node) {
      const [start, end] = node.range ?? [at, at]
      const quote = isScalar(node) && /^["']/.test(text.slice(start))
      if (start < at && end >= at - 1 && (quote || (isCollection(node) && node.flow === true))) opened = node
    },
  })
  const offset = startOf(opened)
  if (offset === null) return null
  const sign = text[offset] ?? ''
  const closing = sign === '[' ? ']' : sign === '{' ? '}' : sign
  return { offset, message: `${quoted(sign)} is not closed: add the ${quoted(closing)}` }
}

const startOf = (node: Node | null): number | null => node?.range?.[0] ?? null

const INDENTED =
  'The indentation of this line does not match: lines of one list, or keys of one object, begin in the same column'

/** By the parser's error code. `piece` is the text that it points at, `message` its own message. */
const WORDS: Readonly<Record<Code, (piece: string, message: string) => string>> = {
  TAB_AS_INDENT: () => 'A tab indents this line, and YAML allows only spaces',
  BAD_INDENT: (_, message) =>
    message.startsWith('Block scalar')
      ? 'Indent the lines of a text that begins with `|` or `>`, with spaces'
      : INDENTED,
  BLOCK_AS_IMPLICIT_KEY: () =>
    'A key follows a value on the same line: quote a value that contains `: `, and start each key on its own line',
  MULTILINE_IMPLICIT_KEY: (piece) =>
    `${quoted(piece)} is neither a key with a value, such as ${quoted('key: value')}, nor part of the value above`,
  MISSING_CHAR: missing,
  UNEXPECTED_TOKEN: unexpected,
  BAD_SCALAR_START: (piece) => `A value that begins with ${piece === '`' ? 'a backtick' : quoted(piece)} needs quotes`,
  BAD_DQ_ESCAPE: (_, message) =>
    `${quoted(message.replace(/^Invalid escape sequence /, ''))} is not an escape in double quotes: double the backslash, or use single quotes`,
  BAD_ALIAS: () => 'A `*` or `&` has no name: quote the value',
  ALIAS_PROPS: (piece) => `${quoted(piece)} repeats another value and cannot have an anchor or a tag of its own`,
  MULTIPLE_ANCHORS: (piece) => `A value has one anchor, and ${quoted(piece)} is a second one`,
  MULTIPLE_TAGS: (piece) => `A value has one tag, and ${quoted(piece)} is a second one`,
  BAD_PROP_ORDER: (piece) => `Put an anchor or a tag after ${quoted(piece)}, not before it`,
  BAD_DIRECTIVE: (piece) => `${quoted(piece)} is not a directive: a line of text cannot begin with ${quoted('%')}`,
  BLOCK_IN_FLOW: () => 'Inside brackets, write lists and keys in brackets, too, with commas',
  DUPLICATE_KEY: () => 'A key is given twice',
  IMPOSSIBLE: () => 'This cannot be read as YAML',
  KEY_OVER_1024_CHARS: () => 'A key can have 1,024 characters at most',
  MULTIPLE_DOCS: () => '`---` begins a second document, and only one is read: remove it',
  NON_STRING_KEY: () => 'A key must be text: quote a value that begins with `{` or `[`',
  RESOURCE_EXHAUSTION: () => 'Lists and keys are nested too deeply',
  TAG_RESOLVE_FAILED: (piece) =>
    `${quoted(piece)} is a tag, and tags are not supported here: remove it, or quote the value`,
  BAD_COLLECTION_TYPE: (piece) => `The tag ${quoted(piece)} does not fit its value: remove it`,
}

function missing(piece: string, message: string): string {
  if (message.startsWith('Implicit map keys'))
    return `${quoted(piece)} is neither a key with a value, such as ${quoted('key: value')}, nor an item of a list, such as ${quoted('- item')}`
  if (message.startsWith('Missing ,')) return 'A comma is missing between two items'
  if (message.startsWith('Missing space after :')) return 'A space is missing after the colon'
  if (message.startsWith('Comments must')) return 'A space is missing before the `#` of a comment'
  if (message.startsWith('Sequence item')) return 'An item of a list begins with `- `'
  if (message.startsWith('Tags and anchors')) return 'A space is missing after an anchor or a tag'
  if (/must end with|closing/.test(message)) return 'A bracket or a quotation mark is not closed'
  return 'The `---` line that ends the directives is missing'
}

function unexpected(piece: string, message: string): string {
  if (message.includes('on same line with key'))
    return `A list begins on the line below its key, or is written as ${quoted('[a, b]')}`
  if (message.startsWith('Block scalar header')) return 'Nothing can follow `|` or `>` on the same line'
  const what = piece.trim() === '' ? 'This text' : quoted(piece)
  return `${what} is not expected here: check quotes, brackets and indentation, here and on the line above`
}

/** Problems of aliases: an unknown anchor, or an anchor that contains its own alias. */
export function aliasProblems(document: Document): YamlProblem[] {
  const found: YamlProblem[] = []
  visit(document, {
    Alias(_, alias) {
      const [offset = 0] = alias.range ?? []
      const named = alias.resolve(document)
      if (named === undefined)
        found.push({
          offset,
          message: `${listed([`*${alias.source}`])} repeats what ${quoted(`&${alias.source}`)} names, and there is no such name above; quote a text that begins with ${quoted('*')}`,
        })
      else if (named.range && named.range[0] <= offset && offset < named.range[2])
        found.push({ offset, message: 'An anchor cannot contain itself' })
    },
  })
  return found
}
