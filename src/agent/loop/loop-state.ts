import { tokensOf } from '../../core/money/usage.ts'
import type { Block, CallUsage, ModelMessage, ModelRequest } from '../../ports/model.ts'
import { tokenBound } from './metered-model.ts'

/** What was said so far. It only ever grows at its end, so that the model's cache holds all of it. */
export interface MessageHistory {
  readonly turns: readonly ModelMessage[]
  /** Tokens that a prompt of all this has at most. */
  readonly promptTokens: number
}

export const emptyHistory = ({ system, tools }: Pick<ModelRequest, 'system' | 'tools'>): MessageHistory => ({
  turns: [],
  promptTokens: tokenBound(JSON.stringify(system), JSON.stringify(tools)),
})

/** Something is said to the model. What follows words of the user goes on with them: turns alternate. */
export function withUserMessage(thread: MessageHistory, blocks: readonly Block[]): MessageHistory {
  if (blocks.length === 0) return thread
  const last = thread.turns.at(-1)
  const turns: ModelMessage[] =
    last?.role === 'user'
      ? [...thread.turns.slice(0, -1), { role: 'user', blocks: [...last.blocks, ...blocks] }]
      : [...thread.turns, { role: 'user', blocks }]
  return { turns, promptTokens: thread.promptTokens + bytesOf(blocks) }
}

/** The model has answered. What has neither words nor calls cannot be given back to it, and is left out. */
export function withAssistantMessage(
  thread: MessageHistory,
  blocks: readonly Block[],
  { usage, unsure }: CallUsage,
): MessageHistory {
  const full = blocks.filter((block) => block.kind !== 'text' || block.text.trim() !== '')
  const turns: readonly ModelMessage[] = full.some((block) => block.kind !== 'opaque')
    ? [...thread.turns, { role: 'assistant', blocks: full }]
    : thread.turns
  const most = thread.promptTokens + bytesOf(full)
  const counted = !unsure && usage.fresh + usage.cached + usage.written > 0
  return { turns, promptTokens: counted ? Math.min(most, tokensOf(usage)) : most }
}

/** The turns with markers at the ends of the last two of the user: the one finds the cache of the call before, the other extends it. */
export function withCacheMarkers(turns: readonly ModelMessage[]): ModelMessage[] {
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

const bytesOf = (blocks: readonly Block[]): number => tokenBound(JSON.stringify(blocks))
