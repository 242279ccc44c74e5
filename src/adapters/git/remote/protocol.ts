import { withinSeconds } from '../../system/time-limit.ts'
import { encodedToken } from '../environment.ts'
import { type GitRemote, protocolOf } from '../local-repo.ts'

/** After this, the caller falls back to git, which waits longer and reports errors. */
const LIMIT_SECONDS = 10
const FLUSH = '0000'
const DELIMITER = '0001'
const LENGTH = 4

/**
 * Sends one request of git's protocol 2 over HTTP. Git itself would start three processes, open a new connection and first
 * ask for the server's capabilities. Returns the packets of the response, or null if it is unusable; the caller then runs git.
 * https://git-scm.com/docs/protocol-v2
 */
export async function requestPackets(
  remote: GitRemote,
  command: 'ls-refs' | 'fetch',
  words: readonly string[],
  { signal, seconds = LIMIT_SECONDS }: { signal?: AbortSignal | undefined; seconds?: number | undefined } = {},
): Promise<Buffer[] | null> {
  if (protocolOf(remote.url) === 'file') return null
  const headers = { ...HEADERS, ...authorization(remote) }
  const body = [packet(`command=${command}`), DELIMITER, ...words.map(packet), FLUSH].join('')
  const address = `${remote.url}/git-upload-pack`
  try {
    return await withinSeconds(seconds, signal, async (limit) => {
      const answer = await fetch(address, { method: 'POST', headers, body, redirect: 'error', signal: limit })
      return answer.ok ? packetsIn(Buffer.from(await answer.arrayBuffer())) : null
    })
  } catch {
    signal?.throwIfAborted()
    return null
  }
}

const HEADERS = {
  'Content-Type': 'application/x-git-upload-pack-request',
  Accept: 'application/x-git-upload-pack-result',
  'Git-Protocol': 'version=2',
  // Some servers speak the protocol only to a user agent that begins with `git/`.
  'User-Agent': 'git/tributary',
}

export const authorization = ({ token }: GitRemote): Record<string, string> =>
  token === '' ? {} : { Authorization: `basic ${encodedToken(token)}` }

/** A line as git's protocol frames it. */
export const packet = (text: string): string =>
  `${(Buffer.byteLength(text) + LENGTH + 1).toString(16).padStart(LENGTH, '0')}${text}\n`

/** Null if the response is truncated or not git's. */
export function packetsIn(bytes: Buffer): Buffer[] | null {
  const packets: Buffer[] = []
  for (let at = 0; ; ) {
    const length = bytes.toString('latin1', at, at + LENGTH)
    if (length === FLUSH) return packets
    if (length === DELIMITER) {
      at += LENGTH
      continue
    }
    const size = /^[0-9a-f]{4}$/.test(length) ? Number.parseInt(length, 16) : 0
    if (size <= LENGTH || at + size > bytes.length) return null
    packets.push(bytes.subarray(at + LENGTH, at + size))
    at += size
  }
}

const ENTRY = /^([0-9a-f]{40}) (refs\/\S+)/

/**
 * The remote's refs whose names have one of the prefixes; null if git has to be run instead. `git ls-remote` receives every
 * ref of the repository, since it sends no patterns to the remote.
 */
export async function lsRefs(
  remote: GitRemote,
  prefixes: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string> | null> {
  const words = prefixes.map((prefix) => `ref-prefix ${prefix}`)
  const packets = await requestPackets(remote, 'ls-refs', words, { signal })
  const entries = packets?.map((packet) => ENTRY.exec(packet.toString('utf8'))) ?? [null]
  const refs = new Map<string, string>()
  for (const entry of entries) {
    const [, sha, ref] = entry ?? []
    if (sha === undefined || ref === undefined) return null
    refs.set(ref, sha)
  }
  return refs
}
