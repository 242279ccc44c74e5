import { tokensOf } from '../../core/money/usage.ts'
import type { Block, ModelRequest, Spent, Turn } from '../../ports/model.ts'
import { mostTokens } from './metered-model.ts'

/** What was said so far. It only ever grows at its end, so that the model's cache holds all of it. */
export interface Thread {
  readonly turns: readonly Turn[]
  /** Tokens that a prompt of all this has at most. */
  readonly promptTokens: number
}

export const threadOf = ({ system, tools }: Pick<ModelRequest, 'system' | 'tools'>): Thread => ({
  turns: [],
  promptTokens: mostTokens(JSON.stringify(system), JSON.stringify(tools)),
})

/** Something is said to the model. What follows words of the user goes on with them: turns alternate. */
export function told(thread: Thread, blocks: readonly Block[]): Thread {
  if (blocks.length === 0) return thread
  const last = thread.turns.at(-1)
  const turns: Turn[] =
    last?.role === 'user'
      ? [...thread.turns.slice(0, -1), { role: 'user', blocks: [...last.blocks, ...blocks] }]
      : [...thread.turns, { role: 'user', blocks }]
  return { turns, promptTokens: thread.promptTokens + bytesOf(blocks) }
}

/** The model has answered. What has neither words nor calls cannot be given back to it, and is left out. */
export function heard(thread: Thread, blocks: readonly Block[], { usage, unsure }: Spent): Thread {
  const full = blocks.filter((block) => block.kind !== 'text' || block.text.trim() !== '')
  const turns: readonly Turn[] = full.some((block) => block.kind !== 'opaque')
    ? [...thread.turns, { role: 'assistant', blocks: full }]
    : thread.turns
  const most = thread.promptTokens + bytesOf(full)
  const counted = !unsure && usage.fresh + usage.cached + usage.written > 0
  return { turns, promptTokens: counted ? Math.min(most, tokensOf(usage)) : most }
}

/** The turns with markers at the ends of the last two of the user: the one finds the cache of the call before, the other extends it. */
export function marked(turns: readonly Turn[]): Turn[] {
  const ends = turns.flatMap((turn, index) => (turn.role === 'user' ? [index] : [])).slice(-MARKERS)
  return turns.map((turn, index) => (ends.includes(index) ? { ...turn, blocks: endMarked(turn.blocks) } : turn))
}

const MARKERS = 2

const endMarked = (blocks: readonly Block[]): Block[] =>
  blocks.map((block, index) =>
    index === blocks.length - 1 && (block.kind === 'text' || block.kind === 'result')
      ? { ...block, cache: true }
      : block,
  )

const bytesOf = (blocks: readonly Block[]): number => mostTokens(JSON.stringify(blocks))
