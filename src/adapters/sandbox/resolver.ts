import { realpath } from 'node:fs/promises'

/** What a name server is looked up in. On many machines it is a link into `/run`, which commands do not see. */
const RESOLVER = '/etc/resolv.conf'

/** Files that a command with a network needs besides the system's own. */
export async function resolverFiles(): Promise<string[]> {
  const target = await realpath(RESOLVER).catch(() => RESOLVER)
  return target === RESOLVER ? [] : [target]
}
