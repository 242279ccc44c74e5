import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { gitEnvironment } from './environment.ts'

/** `merge-tree --write-tree` came with it. */
export const OLDEST_GIT = '2.38'

/** Null if it is new enough; else what is wrong, as a sentence. `said`: what `git version` said. */
export function whyTooOld(said: string): string | null {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(said) ?? []
  const [least = 0, leastMinor = 0] = OLDEST_GIT.split('.').map(Number)
  if (Number(major) > least || (Number(major) === least && Number(minor) >= leastMinor)) return null
  return `This machine has ${said.trim()}, and Tributary needs git ${OLDEST_GIT} or later: update git on the runner, or choose another with \`runs-on\`.`
}

let asked: Promise<string> | null = null

/** Throws if this machine's git cannot do what is needed. */
export async function requireGit(): Promise<void> {
  asked ??= promisify(execFile)('git', ['version'], { env: gitEnvironment({ gitDir: '' }) }).then(
    ({ stdout }) => stdout,
  )
  const why = whyTooOld(await asked)
  if (why !== null) throw new Error(why)
}
