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
  /** The first 200 characters of the user's last message. */
  readonly lastText: string
}

/** The state that all requests share. */
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
  /** The one valid key, as `x-api-key` or bearer token. */
  readonly apiKey: string
  readonly clock?: ModelClock
  /** Characters in a chunk of a stream; 24 if not given. */
  readonly chunk?: number
  /** Traits of models that differ from the table; an unknown id is added. */
  readonly models?: Readonly<Record<string, Partial<ModelTraits>>>
  /** Checks the script's answers against the request's schemas; without it, nothing is checked. */
  readonly check?: SchemaCheck
  /** Also accepts clients that exchange a job's identity for a token. */
  readonly federation?: FederationRule
  readonly port?: number
}

/** Creates the state of one server; two servers share nothing. */
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
