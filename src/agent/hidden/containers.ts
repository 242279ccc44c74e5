import { type Blocks, contentOf, FURTHEST } from './blocks.ts'
import type { Line, Marker } from './line.ts'

const FOOTNOTE = /\[\^[^\]\s]+\]:/y
const FOOTNOTE_INDENT = 4

/** Closes and opens quotes and list items. `fenced`: the line can be no part of a paragraph before it. */
export function settle(blocks: Blocks, text: string, line: Line, fenced: boolean): void {
  const fresh = fenced || blocks.before !== 'words'
  const [first] = line.markers
  if (line.depth === 0 && (first?.column ?? line.indent) === 0 && (fresh || first?.interrupts === true))
    Object.assign(blocks, { depth: 0, items: [], unsure: blocks.html !== null })
  // Nothing that is open can hold a quote that begins at the very edge, or go on behind it.
  if (blocks.depth === 0 && text[line.start] === '>')
    Object.assign(blocks, { depth: line.depth, items: [], unsure: blocks.html !== null })
  if (line.mixed) blocks.unsure = true
  if (line.depth !== blocks.depth) {
    if (blocks.items.length > 0 || (line.depth < blocks.depth && !fresh)) blocks.unsure = true
    Object.assign(blocks, { depth: line.depth, items: [] })
  }
  if (first === undefined) leaveItems(blocks, line, fresh)
  for (const marker of line.markers) enterItem(blocks, marker, fresh || marker !== first)
  FOOTNOTE.lastIndex = line.body
  if (FOOTNOTE.test(text)) enterNote(blocks, line.indent)
}

function enterNote(blocks: Blocks, column: number): void {
  const around = blocks.items.filter((item) => item.content <= column)
  blocks.items = [...around, { column, content: column + FOOTNOTE_INDENT }]
}

function leaveItems(blocks: Blocks, line: Line, fresh: boolean): void {
  if (fresh) blocks.items = blocks.items.filter((item) => item.content <= line.indent)
  else if (line.indent < contentOf(blocks)) blocks.unsure = true
}

function enterItem(blocks: Blocks, marker: Marker, fresh: boolean): void {
  const around = blocks.items.filter((item) => item.content <= marker.column)
  // Too far in: code, or words that go on.
  if (marker.column - (around.at(-1)?.content ?? 0) > FURTHEST) return
  const follows = blocks.items.some((item) => item.column === marker.column)
  if (!fresh && !marker.interrupts && !follows) blocks.unsure = true
  blocks.items = [...around, { column: marker.column, content: marker.content }]
}
