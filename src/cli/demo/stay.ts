import type { Hub } from '../../hub/hub.ts'
import type { Display } from '../display.ts'

/** The hub to look around in, after the result. Ctrl-C is how it ends, so it is no failure. */
export async function stay(
  hub: Pick<Hub, 'url' | 'api' | 'git' | 'tokens'>,
  { line }: Pick<Display, 'line'>,
  signal: AbortSignal,
): Promise<void> {
  line(`\nThe hub stays until Ctrl-C: ${hub.url}`)
  line(`  REST ${hub.api}\n  git  ${hub.git}`)
  for (const [login, token] of Object.entries(hub.tokens)) line(`  ${login.padEnd(9)} ${token}`)
  if (!signal.aborted) await new Promise((done) => signal.addEventListener('abort', done, { once: true }))
}
