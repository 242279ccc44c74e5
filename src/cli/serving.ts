import { createHash } from 'node:crypto'
import { constants, homedir } from 'node:os'
import { basename, isAbsolute, join } from 'node:path'
import { Mistake, type Terminal } from './subcommand.ts'

/** Where a hub keeps everything about a repository: outside the checkout, so that it is not committed and no tool reads it. */
export function ownFolder(kind: 'hub' | 'up', repository: string, { env }: Pick<Terminal, 'env'>): string {
  // By the XDG specification, an empty or relative value counts as none.
  const asked = env.XDG_STATE_HOME ?? ''
  const state = isAbsolute(asked) ? asked : join(env.HOME ?? homedir(), '.local', 'state')
  const hash = createHash('sha256').update(repository).digest('hex').slice(0, 12)
  return join(state, 'tributary', kind, `${basename(repository)}-${hash}`)
}

export function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port < 65_536) return port
  throw new Mistake(`'${text}' is not a port; use a number from 0 to 65535, or 0 for any free port`)
}

export const interrupted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** As a shell names the end by a signal. */
export function exitCodeOf({ reason }: AbortSignal): number {
  const isSignal = typeof reason === 'string' && Object.hasOwn(constants.signals, reason)
  return 128 + constants.signals[isSignal ? (reason as NodeJS.Signals) : 'SIGINT']
}
