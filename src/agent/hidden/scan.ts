import { type Blocks, noBlocks } from './blocks.ts'
import type { Cut } from './cut.ts'
import { cutsIn } from './cuts.ts'
import { counted, type Tally } from './removed.ts'

/** What an earlier pass over the same text found: where labels lead to, and which footnotes somebody refers to. */
export interface Known {
  readonly definitions: ReadonlyMap<string, string>
  /** null: nobody has looked yet. */
  readonly footnotes: ReadonlySet<string> | null
}

export interface Opener {
  readonly image: boolean
  /** How much had been written when it opened. */
  readonly written: number
  readonly shown: number
  /** Where its text begins. */
  readonly from: number
  /** Whether there is another bracket inside; then its text can be no label. */
  nested: boolean
}

/** One pass from the beginning of a text to its end. */
export interface Scan {
  readonly text: string
  readonly known: Known
  readonly tally: Tally
  readonly blocks: Blocks
  readonly definitions: Map<string, string>
  readonly footnotes: Set<string>
  readonly out: string[]
  /** Pieces of the text that are written nowhere, and how many of them lie behind. */
  readonly cuts: readonly Cut[]
  passed: number
  readonly openers: Opener[]
  /** Where a string was looked for last, and found. */
  readonly places: Map<string, { readonly from: number; readonly place: number }>
  /** Names of elements that nobody closes any more. */
  readonly unclosed: Set<string>
  at: number
  /** Where the line ends, and where its words began. */
  end: number
  body: number
  /** How many pieces were written that a reader sees. */
  shown: number
  /** Whether Markdown means nothing on this line. */
  html: boolean
  /** Whether a comment that begins this line is a block for certain. */
  outermost: boolean
  /** Whether every backtick since the last blank line has found its like. */
  paired: boolean
  inFootnote: boolean
  inParagraph: boolean
  /** How many quotes the line before stood in. */
  depth: number
  /** Whether no paragraph can go on into this line. */
  fresh: boolean
  afterDefinition: boolean
  /** Whether something hides all the rest, and the notes that would be shown below it. */
  swallowed: boolean
}

export function beginScan(text: string, known: Known, tally: Tally): Scan {
  const cuts = cutsIn(text)
  for (const { kind } of cuts) counted(tally, kind)
  return { ...noScan(text, known, tally), cuts }
}

const noScan = (text: string, known: Known, tally: Tally): Scan => ({
  text,
  known,
  tally,
  blocks: noBlocks(),
  definitions: new Map(known.definitions),
  footnotes: new Set(),
  out: [],
  cuts: [],
  passed: 0,
  openers: [],
  places: new Map(),
  unclosed: new Set(),
  at: 0,
  end: 0,
  body: 0,
  shown: 0,
  html: false,
  outermost: false,
  paired: true,
  inFootnote: false,
  inParagraph: false,
  depth: 0,
  fresh: true,
  afterDefinition: false,
  swallowed: false,
})
