import type { Usage } from '../core/money/usage.ts'
import type { Effort } from '../core/settings.ts'

/** JSON Schema as the model's API accepts it. */
export type JsonSchema = Readonly<Record<string, unknown>>

export interface ToolSpec {
  name: string
  description: string
  input: JsonSchema
}

/** A piece of a message. `opaque`: data for the model's API only (thinking), to be sent back unchanged and in place. */
export type Block =
  | { kind: 'text'; text: string; cache?: boolean }
  | { kind: 'call'; id: string; name: string; input: unknown }
  | { kind: 'result'; id: string; text: string; failed: boolean; cache?: boolean }
  | { kind: 'opaque'; data: unknown }

export interface ModelMessage {
  role: 'user' | 'assistant'
  blocks: readonly Block[]
}

/** One call. `cache` on a block: later calls have the same content up to the end of this block. */
export interface ModelRequest {
  model: string
  system: readonly { text: string; cache?: boolean }[]
  tools: readonly ToolSpec[]
  turns: readonly ModelMessage[]
  /** No tool may be called any more; they are still named, since earlier turns hold calls of them. */
  withoutCalls?: boolean
  /** Maximum number of tokens of the answer, including thinking. */
  maxTokens: number
  /** How long marked content stays in the cache after its last use: an hour, or five minutes if absent. An hour costs more to write. */
  cacheLife?: 'hour' | undefined
  /** The answer must be JSON of this schema; if null, text and tool calls. */
  schema: JsonSchema | null
  /** How much the model thinks; absent: its own default. */
  effort?: Effort
  signal: AbortSignal
  /** Gets the text as it streams in. If the call is retried, `onRestart` is called before the text starts again. */
  onText?: (piece: string) => void
  onRestart?: () => void
  /** Called at most once, when the answer begins to stream: from then on other calls can read what this one cached. */
  onStart?: () => void
  /**
   * Called after a failed try that has cost something, or may have. True if its cost is recorded (the answer will not include
   * it) and money for another try is reserved. If false or absent, there is no further try.
   */
  mayRetry?: (tried: CallUsage) => boolean
  /** Seconds from the first failure for which errors that may pass are retried, if that is longer than the usual tries. */
  retrySeconds?: number
  /** Called before each pause between two tries. */
  onPause?: (pause: { seconds: number; failure: ModelFailure }) => void
}

/** What a call has used; `unsure`: the API did not report all of it. */
export interface CallUsage {
  usage: Usage
  unsure: boolean
}

/** The model's service is at its limit or cannot be reached: that passes, and says nothing about the request. */
export type BusyReason = 'overloaded' | 'unreachable'

/** Why the model could not answer, after all retries. */
export type ModelFailure =
  | { reason: 'not-authorised'; detail: string }
  | { reason: 'no-credit'; detail: string }
  /** `since`: when the first try of the call failed. */
  | { reason: BusyReason; detail: string; since: string }
  | { reason: 'unknown-model'; detail: string }
  | { reason: 'too-long'; detail: string }
  | { reason: 'rejected'; detail: string }
  | { reason: 'aborted'; detail: string }

/**
 * `usage` is that of the last try, as far as the API reported it (for earlier tries see `mayRetry`); `unsure`: it ended
 * without its full usage, so that its cost is bounded only by the reservation. `length` is any incomplete answer. If a
 * call's `input` is text, the model's JSON was malformed.
 */
export type ModelAnswer =
  | { ok: true; stop: 'end' | 'calls' | 'length' | 'refused'; blocks: readonly Block[]; usage: Usage; unsure: boolean }
  | { ok: false; failure: ModelFailure; usage: Usage; unsure: boolean }

/** A model behind an API. Retries by itself and enforces idle time-outs; throws only for bugs. */
export interface Model {
  ask(request: ModelRequest): Promise<ModelAnswer>
  /** Tokens of the prompt, as the API estimates them for nothing; null if it gives no answer. */
  count?(request: ModelRequest): Promise<number | null>
}

export const textOfBlocks = (blocks: readonly Block[]): string =>
  blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : [])).join('')
