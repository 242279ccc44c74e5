import type { Fence } from './fenced.ts'
import type { HtmlBlock } from './html-block.ts'
import type { Marker } from './line.ts'

/** What is open where a line begins. */
export interface Blocks {
  depth: number
  /** List items around the line, outermost first. */
  items: readonly Pick<Marker, 'column' | 'content'>[]
  /** Whether `items` or `depth` may be wrong: a paragraph went on where its container seemed to end. */
  unsure: boolean
  /** Whether fences may be counted wrongly from here on; then nothing is taken for a code block any more. */
  doubt: boolean
  before: 'nothing' | 'words' | 'code'
  html: HtmlBlock | null
  fence: Fence | null
}

/** How far in a line may begin and still begin a block, in columns; further in it is code or goes on with words. */
export const FURTHEST = 3

export const noBlocks = (): Blocks => ({
  depth: 0,
  items: [],
  unsure: false,
  doubt: false,
  before: 'nothing',
  html: null,
  fence: null,
})

/** The column that what belongs to the innermost list item is indented to. */
export const contentOf = (blocks: Blocks): number => blocks.items.at(-1)?.content ?? 0

/** Something was taken out that went on over several lines: what is open behind it can only be guessed. */
export function tornOff(blocks: Blocks): void {
  if (blocks.html?.sort === 'raw') blocks.doubt = true
  blocks.html = { sort: 'perhaps', depth: blocks.depth, content: 0 }
  blocks.unsure = true
}
