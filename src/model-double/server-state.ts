import type { SchemaCheck } from './answer-check.ts'
import { createSignatures, type Signatures } from './assistant-content.ts'
import { createCache, type PromptCache } from './cache.ts'
import type { IsToken } from './credentials.ts'
import type { FederationRule, FederationServer } from './federation.ts'
import { createLog, type Log } from './log.ts'
import { type ModelTable, type ModelTraits, modelTable } from './models.ts'
import type { Script } from './script.ts'

/** Time, as an argument. */
interface ModelClock {
  now(): Date
  /** Resolves after so many seconds, or at once when the signal fires. */
  wait(seconds: number, signal?: AbortSignal): Promise<void>
}

/** A request that no rule of the script matched. */
export interface Unmatched {
  readonly n: number
  readonly model: string
  /** The first 200 characters of what the user said last. */
  readonly lastText: string
}

/** All that a request can reach. */
export interface DoubleState {
  readonly apiKey: string
  readonly clock: ModelClock
  readonly script: Script
  readonly models: ModelTable
  /** Characters in a chunk of a stream. */
  readonly chunk: number
  readonly check: SchemaCheck
  readonly cache: PromptCache
  readonly signatures: Signatures
  readonly isToken: IsToken
  readonly log: Log
  readonly unmatched: Unmatched[]
  readonly mistakes: string[]
  /** Fires when the server is closed. */
  readonly closing: AbortSignal
  /** Numbers of accepted requests, from 1. */
  nextNumber(): number
}

export interface ModelServerOptions {
  readonly script: Script
  /** The one key that is let in, as `x-api-key` or as a bearer. */
  readonly apiKey: string
  readonly clock?: ModelClock
  /** Characters in a chunk of a stream; 24 if not given. */
  readonly chunk?: number
  /** Traits of models that differ from the table; an unknown id is added. */
  readonly models?: Readonly<Record<string, Partial<ModelTraits>>>
  /** Holds what the script says against the schemas of the request; nothing is checked without it. */
  readonly check?: SchemaCheck
  /** Lets clients in that exchange a job's identity for a token, beside those with the key. */
  readonly federation?: FederationRule
  readonly port?: number
}

/** What requests share, all of it new: two servers know nothing of each other. */
export function createDoubleState(
  options: ModelServerOptions,
  clock: ModelClock,
  { isToken }: FederationServer,
  closing: AbortSignal,
): DoubleState {
  let turns = 0
  return {
    apiKey: options.apiKey,
    clock,
    script: options.script,
    models: modelTable(options.models),
    chunk: options.chunk ?? 24,
    check: options.check ?? (() => []),
    cache: createCache(clock.now),
    signatures: createSignatures(options.apiKey),
    isToken,
    log: createLog(clock.now),
    unmatched: [],
    mistakes: [],
    closing,
    nextNumber: () => {
      turns += 1
      return turns
    },
  }
}

export const realClock: ModelClock = {
  now: () => new Date(),
  wait: (seconds, signal) =>
    new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, seconds * 1000)
      signal?.addEventListener('abort', wake)
      if (signal?.aborted === true) wake()
    }),
}
