import type { PromptCache } from './cache.ts'
import type { IsToken } from './credentials.ts'
import type { SchemaCheck } from './fits.ts'
import type { Log } from './log.ts'
import type { ModelTable } from './models.ts'
import type { Script } from './script.ts'
import type { Signatures } from './signature.ts'

/** Time, as an argument. */
export interface ModelClock {
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
export interface World {
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
  nextTurn(): number
}
