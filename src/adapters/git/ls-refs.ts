import type { Remote } from './place.ts'
import { ask } from './protocol.ts'

const ENTRY = /^([0-9a-f]{40}) (refs\/\S+)/

/**
 * The remote's refs whose names begin so; null if git is to be asked. `git ls-remote` is told every ref of the repository,
 * since it sends the remote no patterns.
 */
export async function lsRefs(
  remote: Remote,
  prefixes: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string> | null> {
  const words = prefixes.map((prefix) => `ref-prefix ${prefix}`)
  const packets = await ask(remote, 'ls-refs', words, signal)
  const entries = packets?.map((packet) => ENTRY.exec(packet.toString('utf8'))) ?? [null]
  const refs = new Map<string, string>()
  for (const entry of entries) {
    const [, sha, ref] = entry ?? []
    if (sha === undefined || ref === undefined) return null
    refs.set(ref, sha)
  }
  return refs
}
