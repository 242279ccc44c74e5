import { createCache } from './cache.ts'
import type { Federation, FederationRule } from './federation.ts'
import type { SchemaCheck } from './fits.ts'
import { createLog } from './log.ts'
import { type ModelTraits, modelTable } from './models.ts'
import type { Script } from './script.ts'
import { createSignatures } from './signature.ts'
import type { ModelClock, World } from './world.ts'

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
export function worldOf(
  options: ModelServerOptions,
  clock: ModelClock,
  { isToken }: Federation,
  closing: AbortSignal,
): World {
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
    nextTurn: () => {
      turns += 1
      return turns
    },
  }
}
