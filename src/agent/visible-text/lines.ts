/** The match of a sticky pattern at this place. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** How a list item begins: the column of its marker, and the column its content is indented to. */
export interface ListMarker {
  readonly column: number
  readonly content: number
  /** Bullets and the number 1 may interrupt a paragraph; other numbers and empty items may not. */
  readonly interrupts: boolean
}

/** A line as Markdown's block structure sees it. Columns count from behind its last `>`. */
export interface SourceLine {
  readonly start: number
  /** The place of its line feed, or the end of the text. */
  readonly end: number
  readonly blank: boolean
  /** How many `>` it begins with. */
  readonly depth: number
  /** Its containers may be read in more than one way: a quote in a list item, tabs, or too many of them. */
  readonly ambiguous: boolean
  readonly markers: readonly ListMarker[]
  readonly indent: number
  /** Where its content begins. */
  readonly body: number
}

/** The largest indentation, in columns, of a line that begins a block. */
export const MAX_INDENT = 3
const TAB = 4
/** Containers read on one line. Without a limit, a line of markers takes quadratic time. */
const MAX_CONTAINERS = 42
const MARKER = /(?:[-+*]|(\d{1,9})[.)])(?=[ \t\n]|$)/y
const RULE = /(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})(?=\n|$)/y

export function lineAt(text: string, start: number): SourceLine {
  const end = lineEnd(text, start)
  let depth = 0
  let ambiguous = false
  let containers = 0
  let markers: ListMarker[] = []
  let place = skipBlanks(text, start, 0)
  for (; containers < MAX_CONTAINERS; containers += 1) {
    if (text[place.at] === '>') {
      ambiguous ||= markers.length > 0 || place.column > MAX_INDENT || text[place.at + 1] === '\t'
      markers = []
      depth += 1
      place = afterQuote(text, place.at)
    } else {
      const marker = markerAt(text, place)
      if (marker === null) break
      markers.push(marker)
      place = skipBlanks(text, place.at + marker.width, marker.column + marker.width)
    }
  }
  const cutShort = containers === MAX_CONTAINERS
  const blank = !cutShort && place.at >= end && markers.length === 0
  const { at: body, column: indent } = place
  return { start, end, blank, depth, ambiguous: ambiguous || cutShort, markers, indent, body }
}

export function lineEnd(text: string, at: number): number {
  const feed = text.indexOf('\n', at)
  return feed === -1 ? text.length : feed
}

interface Place {
  readonly at: number
  readonly column: number
}

function skipBlanks(text: string, from: number, column: number): Place {
  let at = from
  let width = column
  while (text[at] === ' ' || text[at] === '\t') {
    width += text[at] === ' ' ? 1 : TAB - (width % TAB)
    at += 1
  }
  return { at, column: width }
}

const afterQuote = (text: string, at: number): Place => skipBlanks(text, at + (text[at + 1] === ' ' ? 2 : 1), 0)

function markerAt(text: string, { at, column }: Place): (ListMarker & { width: number }) | null {
  const found = matchAt(RULE, text, at) === null ? matchAt(MARKER, text, at) : null
  if (found === null) return null
  const width = found[0].length
  const next = skipBlanks(text, at + width, column + width)
  const empty = text[next.at] === '\n' || next.at >= text.length
  const gap = next.column - column - width
  const content = column + width + (empty || gap > TAB ? 1 : gap)
  return { column, content, width, interrupts: !empty && (found[1] === undefined || Number(found[1]) === 1) }
}

/** A fenced code block, and the container that it ends with. */
export interface Fence {
  /** Where its first line begins. */
  readonly start: number
  readonly tick: string
  readonly length: number
  readonly depth: number
  /** The column that lines of its list item are indented to; 0 outside lists. */
  readonly content: number
  /** The text behind its ticks, which GitHub does not show. */
  readonly info: string
}

const FENCE = /(`{3,}(?=[^`\n]*(?:\n|$))|~{3,})([^\n]*)/y

const LANGUAGES = new Set(
  (
    'bash bat c c# c++ clojure cmake cmd console cpp cs csharp css csv cuda dart diff docker dockerfile elixir elm env ' +
    'erlang fish fortran fs fsharp gherkin go gql gradle graphql groovy h haskell hcl hpp html http ini java javascript ' +
    'js json json5 jsonc jsx julia kotlin kt latex less log lua make makefile markdown math md mermaid nginx nix objc ' +
    'ocaml patch perl php plain plaintext powershell prisma proto protobuf ps1 py python r rb rs ruby rust scala scss ' +
    'sh shell solidity sql svelte svg swift tex text terraform tf toml ts tsv tsx txt typescript vb vim vue xml yaml ' +
    'yml zig zsh'
  ).split(' '),
)
const FIRST_WORD = /^[A-Za-z][\w+#]*(?=$|[\s,{])/

/** The language of a fence if it is a known one. Nothing else of its info string reaches a model. */
export function languageOf(fence: Fence): string {
  const word = FIRST_WORD.exec(fence.info)?.[0] ?? ''
  return LANGUAGES.has(word.toLowerCase()) ? word : ''
}

/** The fence that this line opens if it is in no list item and in no block of another kind. */
export function fenceAt(text: string, { start, body, depth }: SourceLine): Fence | null {
  const found = matchAt(FENCE, text, body)
  if (found === null) return null
  const [, ticks = '', info = ''] = found
  return { start, tick: ticks.slice(0, 1), length: ticks.length, depth, content: 0, info: info.trim() }
}

/** Whether a line continues the block, ends it, or is outside because the quote or list item has ended. */
export function fencePart(fence: Fence, text: string, line: SourceLine): 'inside' | 'end' | 'outside' {
  let place = skipBlanks(text, line.start, 0)
  for (let level = 0; level < fence.depth; level += 1) {
    if (text[place.at] !== '>' || place.column > MAX_INDENT) return 'outside'
    place = afterQuote(text, place.at)
  }
  if (place.at >= line.end) return 'inside'
  if (place.column < fence.content) return 'outside'
  if (place.column - fence.content > MAX_INDENT) return 'inside'
  const rest = text.slice(place.at, line.end).trimEnd()
  return rest.length >= fence.length && rest === fence.tick.repeat(rest.length) ? 'end' : 'inside'
}

/** A tag by Markdown's rules; `gap` is a blank between its parts. */
export const markdownTag = (gap: string): string =>
  `(?:<[a-z][a-z0-9-]*(?:${gap}+[a-z_:][\\w.:-]*(?:${gap}*=${gap}*(?:[^\\s"'=<>\`]+|'[^']*'|"[^"]*"))?)*${gap}*/?>|</[a-z][a-z0-9-]*${gap}*>)`

/** How far raw HTML goes: to the end of its line, to a blank line, to its closing tag, or perhaps to a blank line. */
export type HtmlExtent = 'line' | 'block' | 'raw' | 'perhaps'

const RAW = /<(?:pre|script|style|textarea)(?=[\s>]|$)/iy
const RAW_END = /<\/(?:pre|script|style|textarea)>/i
const BLOCK =
  /<\/?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?=[\s>]|\/>|$)/iy
/** Blocks in some versions of Markdown only. */
const BLOCK_SOMEWHERE = /<\/?(?:search|source)(?=[\s>]|\/>|$)/iy
/** A comment, an instruction, a declaration. */
const COMMENT = /<(?:!--|\?|![a-z]|!\[CDATA\[)/iy
const LONE_TAG = new RegExp(`^${markdownTag('[ \\t]')}[ \\t]*$`, 'i')

/** The raw HTML that a line begins, by the line before it and by whether its containers are known for certain. */
export function htmlAt(text: string, line: SourceLine, afterText: boolean, uncertain: boolean): HtmlExtent | null {
  const { body } = line
  if (text[body] !== '<') return null
  if (matchAt(RAW, text, body)) return endsRaw(text, line) ? 'line' : 'raw'
  if (matchAt(COMMENT, text, body)) return 'line'
  if (matchAt(BLOCK, text, body)) return uncertain ? 'perhaps' : 'block'
  if (matchAt(BLOCK_SOMEWHERE, text, body)) return 'perhaps'
  // A lone tag is a block of its own, but it cannot interrupt a paragraph.
  return LONE_TAG.test(text.slice(body, line.end)) ? (afterText || uncertain ? 'perhaps' : 'block') : null
}

export const endsRaw = (text: string, line: SourceLine): boolean => RAW_END.test(text.slice(line.body, line.end))
