import { noBlocks } from './blocks.ts'
import { cutsIn } from './cuts.ts'
import { countRemoved, type RemovedCounts } from './removed.ts'

/** What an earlier pass over the same text found: where labels lead to, and which footnotes are referred to. */
export interface Known {
  readonly definitions: ReadonlyMap<string, string>
  /** null before the first pass. */
  readonly footnotes: ReadonlySet<string> | null
}

export interface Opener {
  readonly image: boolean
  /** How many pieces had been written when it opened. */
  readonly written: number
  readonly visible: number
  /** Where its text begins. */
  readonly from: number
  /** Whether there is another bracket inside. Then its text cannot be a label. */
  nested: boolean
}

/** One pass over a text, from its beginning to its end. */
export type Scan = ReturnType<typeof beginScan>

export function beginScan(text: string, known: Known, tally: RemovedCounts) {
  const cuts = cutsIn(text)
  for (const { kind } of cuts) countRemoved(tally, kind)
  const out: string[] = []
  const openers: Opener[] = []
  return {
    text,
    known,
    tally,
    blocks: noBlocks(),
    definitions: new Map(known.definitions),
    footnotes: new Set<string>(),
    out,
    cuts,
    /** How many of the cuts are behind. */
    passedCuts: 0,
    openers,
    /** The last search for a string: where it began, and where the string was found. */
    searches: new Map<string, { readonly from: number; readonly found: number }>(),
    /** Names of elements that are not closed any more. */
    unclosed: new Set<string>(),
    at: 0,
    /** Where the line ends, and where its content began. */
    end: 0,
    body: 0,
    /** How many visible pieces were written. */
    visible: 0,
    /** Whether Markdown means nothing on this line. */
    html: false,
    /** Whether the line begins a block for certain, in no container. */
    topLevel: false,
    /** Whether every backtick since the last blank line has found its pair. */
    paired: true,
    inFootnote: false,
    inParagraph: false,
    /** The quotes around the line before. */
    depth: 0,
    /** Whether no paragraph can continue into this line. */
    fresh: true,
    afterDefinition: false,
    /** Whether the rest was removed, and with it the footnotes that GitHub would show below it. */
    restRemoved: false,
  }
}
