import type { Usage } from '../core/money/usage.ts'

/** JSON Schema as the model's API takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>

export interface ToolSpec {
  name: string
  description: string
  input: JsonSchema
}

/** A piece of a message. `opaque`: what only the model's API reads (thinking), given back as it came, in place. */
export type Block =
  | { kind: 'text'; text: string; cache?: boolean }
  | { kind: 'call'; id: string; name: string; input: unknown }
  | { kind: 'result'; id: string; text: string; failed: boolean; cache?: boolean }
  | { kind: 'opaque'; data: unknown }

export interface ModelMessage {
  role: 'user' | 'assistant'
  blocks: readonly Block[]
}

/** One call. `cache` on a block: what stands before and in it is the same in later calls. */
export interface ModelRequest {
  model: string
  system: readonly { text: string; cache?: boolean }[]
  tools: readonly ToolSpec[]
  turns: readonly ModelMessage[]
  /** Tokens that the answer may have at most, thinking among them. */
  maxTokens: number
  /** The answer must be JSON of this schema; null: text and calls of tools. */
  schema: JsonSchema | null
  signal: AbortSignal
  /** Text as it streams in, piece by piece. A call that is tried again has begun anew: `onRestart` says so first. */
  onText?: (piece: string) => void
  onRestart?: () => void
  /** The answer begins to stream: from now on others can read from the cache what this call has written to it. Once at most. */
  onStart?: () => void
  /**
   * A try broke off that has cost something, or may have. True: this is accounted for, it is not told again in the answer,
   * and another try is paid for. False, or nobody to ask: it was the last one.
   */
  mayRetry?: (tried: CallUsage) => boolean
}

/** What the API took; `unsure`: it did not say all of it. */
export interface CallUsage {
  usage: Usage
  unsure: boolean
}

/** Why the model could not answer, after every retry that makes sense. */
export type ModelFailure =
  | { reason: 'not-authorised'; detail: string }
  | { reason: 'no-credit'; detail: string }
  | { reason: 'overloaded'; detail: string }
  | { reason: 'unreachable'; detail: string }
  | { reason: 'unknown-model'; detail: string }
  | { reason: 'too-long'; detail: string }
  | { reason: 'rejected'; detail: string }
  | { reason: 'aborted'; detail: string }

/**
 * `usage` is what the last try has cost, as far as the API told (for those before it see `mayRetry`); `unsure`: it broke off
 * without a word on all of its usage, so what it cost is only bounded by the reservation. `length` is any answer that ended
 * before its end. A call whose `input` is text is one that the model wrote wrongly: the text is no JSON.
 */
export type ModelAnswer =
  | { ok: true; stop: 'end' | 'calls' | 'length' | 'refused'; blocks: readonly Block[]; usage: Usage; unsure: boolean }
  | { ok: false; failure: ModelFailure; usage: Usage; unsure: boolean }

/** A model behind an API. It waits, retries and watches the stream itself; it throws only for bugs. */
export interface Model {
  ask(request: ModelRequest): Promise<ModelAnswer>
}

export const textOfBlocks = (blocks: readonly Block[]): string =>
  blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : [])).join('')
