import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import * as core from '@actions/core'
import { systemClock } from './clock.ts'
import type { Environment, Inputs } from './inputs.ts'
import { keepSecrets, type Secrets } from './secrets.ts'

export const clock = systemClock

/** What no log, comment, artifact or journal may hold. */
export const secretsOf = (inputs: Inputs, env: Environment): Secrets =>
  keepSecrets([...tokensOf(inputs, env), env.all.ANTHROPIC_API_KEY ?? ''], core.setSecret)

/** With these one can speak for the job. */
export const tokensOf = (inputs: Inputs, { all, ACTIONS_RUNTIME_TOKEN }: Environment): string[] => [
  inputs.token,
  ACTIONS_RUNTIME_TOKEN,
  all.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? '',
]

export const storeOf = (inputs: Inputs, env: Environment) => ({
  gitDir: join(scratch(env), 'run.git'),
  remoteUrl: `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}.git`,
  token: inputs.token,
  clock,
})

let folder: string | null = null
/** A folder of this process alone: a job that runs twice on one machine finds nothing of the first. */
export function scratch(env: Environment): string {
  folder ??= mkdtempSync(join(env.RUNNER_TEMP, 'tributary-'))
  return folder
}
