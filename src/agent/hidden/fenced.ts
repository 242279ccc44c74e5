import { blanks, type Line } from './line.ts'

/** A fenced block, and the container that it ends with. */
export interface Fence {
  /** Where the line begins that opened it. */
  readonly start: number
  readonly tick: string
  readonly length: number
  readonly depth: number
  /** The column that lines of its list item are indented to; 0 outside lists. */
  readonly content: number
  /** What is written behind its ticks: nobody sees it. */
  readonly info: string
}

const OPENING = /(?:(`{3,})[ \t]*([^`\n]*)|(~{3,})[ \t]*([^\n]*))(?=\n|$)/y
const FURTHEST = 3

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

/** The language, if there is one of that name: all that a fence's own line may say to a model. */
export function languageOf(fence: Fence): string {
  const word = FIRST_WORD.exec(fence.info)?.[0] ?? ''
  return LANGUAGES.has(word.toLowerCase()) ? word : ''
}

/** The fence that this line would open, were it in no block of another kind and in no list item. */
export function fenceAt(text: string, line: Line): Fence | null {
  OPENING.lastIndex = line.body
  const found = OPENING.exec(text)
  if (found === null) return null
  const ticks = found[1] ?? found[3] ?? ''
  return {
    start: line.start,
    tick: ticks.slice(0, 1),
    length: ticks.length,
    depth: line.depth,
    content: 0,
    info: (found[2] ?? found[4] ?? '').trim(),
  }
}

/** Whether a line goes on with the block, ends it, or stands outside because the quote or list item is over. */
export function partOf(fence: Fence, text: string, line: Line): 'inside' | 'end' | 'outside' {
  const place = behindQuotes(text, line.start, fence.depth)
  if (place === null) return 'outside'
  if (place.at >= line.end) return 'inside'
  if (place.column < fence.content) return 'outside'
  if (place.column - fence.content > FURTHEST) return 'inside'
  const rest = text.slice(place.at, line.end).trimEnd()
  return rest.length >= fence.length && rest === fence.tick.repeat(rest.length) ? 'end' : 'inside'
}

function behindQuotes(text: string, start: number, depth: number): { at: number; column: number } | null {
  let place = blanks(text, start, 0)
  for (let level = 0; level < depth; level += 1) {
    if (text[place.at] !== '>' || place.column > FURTHEST) return null
    place = blanks(text, place.at + (text[place.at + 1] === ' ' ? 2 : 1), 0)
  }
  return place
}
