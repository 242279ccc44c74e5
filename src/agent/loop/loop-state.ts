import { tokensOf } from '../../core/money/usage.ts'
import type { Block, CallUsage, ModelMessage, ModelRequest } from '../../ports/model.ts'
import { tokenBound } from './metered-model.ts'

/** The messages so far. They only grow at the end, so that the model's cache holds a prefix of every later prompt. */
export interface MessageHistory {
  readonly turns: readonly ModelMessage[]
  /** Upper bound of the tokens of a prompt with system, tools and these messages. */
  readonly promptTokens: number
  /** Tokens that the model's cache holds since the last answer. */
  readonly cachedTokens: number
  /** Bytes of system, tools and messages: an upper bound of their tokens. */
  readonly bytes: number
  /** When the last call was made, in milliseconds since 1970; null: none was. */
  readonly calledAt: number | null
  /** How long what later calls write stays in the cache. */
  readonly cacheLife: ModelRequest['cacheLife']
}

export function emptyHistory({ system, tools }: Pick<ModelRequest, 'system' | 'tools'>): MessageHistory {
  const bytes = tokenBound(JSON.stringify(system), JSON.stringify(tools))
  return { turns: [], promptTokens: bytes, cachedTokens: 0, bytes, calledAt: null, cacheLife: undefined }
}

const MINUTE = 60_000
const [SHORT_LIFE, LONG_LIFE] = [5 * MINUTE, 60 * MINUTE]

/**
 * The history as a call at `now` finds it. If commands took longer than entries of the cache live, it holds nothing, and what is
 * written from then on stays for an hour: those commands are likely to run again, and reading costs far less than writing.
 */
export function atCall(history: MessageHistory, now: number): MessageHistory {
  const { calledAt, cacheLife, cachedTokens } = history
  const pause = calledAt === null ? 0 : now - calledAt
  const isLost = pause >= (cacheLife === 'hour' ? LONG_LIFE : SHORT_LIFE)
  return {
    ...history,
    calledAt: now,
    cachedTokens: isLost ? 0 : cachedTokens,
    cacheLife: isLost && pause < LONG_LIFE ? 'hour' : cacheLife,
  }
}

/** The history with shorter messages in the place of its own. The cache holds nothing of what follows a change. */
export function withTurns(history: MessageHistory, turns: readonly ModelMessage[]): MessageHistory {
  const blocksOf = (all: readonly ModelMessage[]): Block[] => all.flatMap(({ blocks }) => blocks)
  const bytes = history.bytes - bytesOf(blocksOf(history.turns)) + bytesOf(blocksOf(turns))
  return { ...history, turns, promptTokens: Math.min(history.promptTokens, bytes), cachedTokens: 0, bytes }
}

/** Appends blocks of the user, to the last message if that is the user's too: the API wants roles to alternate. */
export function withUserMessage(history: MessageHistory, blocks: readonly Block[]): MessageHistory {
  if (blocks.length === 0) return history
  const last = history.turns.at(-1)
  const turns: ModelMessage[] =
    last?.role === 'user'
      ? [...history.turns.slice(0, -1), { role: 'user', blocks: [...last.blocks, ...blocks] }]
      : [...history.turns, { role: 'user', blocks }]
  const added = bytesOf(blocks)
  return { ...history, turns, promptTokens: history.promptTokens + added, bytes: history.bytes + added }
}

/**
 * Appends an answer of the model. The API rejects blank text and an answer without text or calls, so these are left
 * out.
 */
export function withAssistantMessage(
  history: MessageHistory,
  blocks: readonly Block[],
  { usage, unsure }: CallUsage,
): MessageHistory {
  const filled = blocks.filter((block) => block.kind !== 'text' || block.text.trim() !== '')
  const turns: readonly ModelMessage[] = filled.some((block) => block.kind !== 'opaque')
    ? [...history.turns, { role: 'assistant', blocks: filled }]
    : history.turns
  const added = turns === history.turns ? 0 : bytesOf(filled)
  const bound = history.promptTokens + added
  const bytes = history.bytes + added
  const isCounted = !unsure && usage.fresh + usage.cached + usage.written > 0
  return isCounted
    ? {
        ...history,
        turns,
        promptTokens: Math.min(bound, tokensOf(usage)),
        cachedTokens: usage.cached + usage.written,
        bytes,
      }
    : { ...history, turns, promptTokens: bound, bytes }
}

/**
 * The messages with cache markers at the ends of the user's last two: one reads the cache of the previous call, the
 * other extends it.
 */
export function withCacheMarkers(turns: readonly ModelMessage[]): ModelMessage[] {
  const marked = turns.flatMap((turn, index) => (turn.role === 'user' ? [index] : [])).slice(-MARKERS)
  return turns.map((turn, index) => (marked.includes(index) ? { ...turn, blocks: withMarkerAtEnd(turn.blocks) } : turn))
}

const MARKERS = 2

const withMarkerAtEnd = (blocks: readonly Block[]): Block[] =>
  blocks.map((block, index) =>
    index === blocks.length - 1 && (block.kind === 'text' || block.kind === 'result')
      ? { ...block, cache: true }
      : block,
  )

const bytesOf = (blocks: readonly Block[]): number => tokenBound(JSON.stringify(blocks))
