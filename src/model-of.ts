import * as core from '@actions/core'
import { readCredentials } from './adapters/anthropic/credentials.ts'
import { openModel } from './adapters/anthropic/model.ts'
import type { Environment } from './inputs.ts'
import { clock } from './job-ground.ts'
import type { Model } from './ports/model.ts'
import type { Secrets } from './secrets.ts'

/** Null where the workflow gives neither a key nor what leads to one. */
export function modelOf({ all, TRIBUTARY_SILENCE_SECONDS: seconds }: Environment, secrets: Secrets): Model | null {
  const credentials = readCredentials(all)
  if (credentials === null) return null
  return openModel({
    credentials,
    baseUrl: all.ANTHROPIC_BASE_URL || null,
    clock,
    log: (line) => core.info(secrets.redact(line)),
    onSecret: secrets.add,
    ...(seconds !== undefined && { silence: { start: seconds, stream: seconds } }),
  })
}
