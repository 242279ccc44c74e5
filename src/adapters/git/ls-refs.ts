import { encodedToken } from './environment.ts'
import { protocolOf, type Remote } from './place.ts'

/** What is slower than this is asked again by git, which waits longer and knows what went wrong. */
const LIMIT_MS = 10_000
const FLUSH = '0000'
const DELIMITER = '0001'

/**
 * The remote's refs whose names begin so, by one request of git's protocol 2. `git ls-remote` is two processes, two requests and
 * a new connection, and is told every ref of the repository, since it sends the remote no patterns.
 * Null where the remote gave no answer that can be read: git itself is to be asked then.
 * https://git-scm.com/docs/protocol-v2#_ls_refs
 */
export async function lsRefs(
  remote: Remote,
  prefixes: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string> | null> {
  if (protocolOf(remote.url) === 'file') return null
  const limit = AbortSignal.timeout(LIMIT_MS)
  try {
    const answer = await fetch(`${remote.url}/git-upload-pack`, {
      method: 'POST',
      headers: { ...headers, ...authorization(remote) },
      body: question(prefixes),
      redirect: 'error',
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    })
    return answer.ok ? refsIn(await answer.text()) : null
  } catch {
    signal?.throwIfAborted()
    return null
  }
}

const headers = {
  'Content-Type': 'application/x-git-upload-pack-request',
  Accept: 'application/x-git-upload-pack-result',
  'Git-Protocol': 'version=2',
  // Some servers speak the protocol only to what calls itself git.
  'User-Agent': 'git/tributary',
}

const authorization = ({ token }: Remote): Record<string, string> =>
  token === '' ? {} : { Authorization: `basic ${encodedToken(token)}` }

function question(prefixes: readonly string[]): string {
  const wanted = prefixes.map((prefix) => line(`ref-prefix ${prefix}`))
  return [line('command=ls-refs'), DELIMITER, ...wanted, FLUSH].join('')
}

const line = (text: string): string => `${(Buffer.byteLength(text) + 5).toString(16).padStart(4, '0')}${text}\n`

const ENTRY = /^([0-9a-f]{40}) (refs\/\S+)/

/** Null for what is cut short, or is no list of refs at all. */
function refsIn(text: string): Map<string, string> | null {
  const refs = new Map<string, string>()
  const bytes = Buffer.from(text)
  for (let at = 0; ; ) {
    const length = bytes.toString('latin1', at, at + 4)
    if (length === FLUSH) return refs
    const size = /^[0-9a-f]{4}$/.test(length) ? Number.parseInt(length, 16) : 0
    const [, sha, ref] = ENTRY.exec(bytes.toString('utf8', at + 4, at + size)) ?? []
    if (sha === undefined || ref === undefined || at + size > bytes.length) return null
    refs.set(ref, sha)
    at += size
  }
}
