import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../core/ids.ts'
import { encodedToken } from './environment.ts'
import { missing } from './fetch.ts'
import { checkedSha, protocolOf, type Remote } from './place.ts'
import { runGit } from './plumbing.ts'
import type { Store } from './store.ts'

/** What is slower than this is asked again by git, which waits longer and knows what went wrong. */
const LIMIT_MS = 10_000
const FLUSH = '0000'
const DELIMITER = '0001'
const LENGTH = 4

/**
 * One request of git's protocol 2 over HTTP, without a process of git: it would start three, open a new connection, and ask
 * first what the server can do. The packets of the answer; null if none came that can be read: git itself is to be asked then.
 * https://git-scm.com/docs/protocol-v2
 */
async function ask(
  remote: Remote,
  command: 'ls-refs' | 'fetch',
  words: readonly string[],
  signal?: AbortSignal,
): Promise<Buffer[] | null> {
  if (protocolOf(remote.url) === 'file') return null
  const limit = AbortSignal.timeout(LIMIT_MS)
  try {
    const answer = await fetch(`${remote.url}/git-upload-pack`, {
      method: 'POST',
      headers: { ...HEADERS, ...authorization(remote) },
      body: [packet(`command=${command}`), DELIMITER, ...words.map(packet), FLUSH].join(''),
      redirect: 'error',
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    })
    return answer.ok ? packetsIn(Buffer.from(await answer.arrayBuffer())) : null
  } catch {
    signal?.throwIfAborted()
    return null
  }
}

const HEADERS = {
  'Content-Type': 'application/x-git-upload-pack-request',
  Accept: 'application/x-git-upload-pack-result',
  'Git-Protocol': 'version=2',
  // Some servers speak the protocol only to what calls itself git.
  'User-Agent': 'git/tributary',
}

const authorization = ({ token }: Remote): Record<string, string> =>
  token === '' ? {} : { Authorization: `basic ${encodedToken(token)}` }

const packet = (text: string): string =>
  `${(Buffer.byteLength(text) + LENGTH + 1).toString(16).padStart(LENGTH, '0')}${text}\n`

/** Null for what is cut short, or is no answer of git at all. */
function packetsIn(bytes: Buffer): Buffer[] | null {
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

/** How packets of a pack begin; progress and errors begin otherwise. */
const PACK = 1
const ERROR = 3

/**
 * Brings a commit and what it adds to one that is here: one request and one process, where `git fetch` takes two and six.
 * False if it did not come; `git fetch` then says why.
 */
export async function fetchPack(store: Store, want: Sha, have: Sha): Promise<boolean> {
  const { place, remote, network } = store
  const cut = (await readFile(join(place.gitDir, 'shallow'), 'utf8').catch(() => '')).split('\n').filter(isSome)
  const words = ['thin-pack', 'ofs-delta', 'no-progress', ...cut.map((sha) => `shallow ${sha}`)]
  const commits = [`want ${checkedSha(want)}`, `have ${checkedSha(have)}`, 'done']
  const pack = packIn(await ask(remote, 'fetch', [...words, ...commits], network.signal))
  if (pack === null) return false
  try {
    await runGit(place, ['unpack-objects', '-q', '--strict'], { input: pack })
  } catch {
    return false
  }
  return (await missing(store, [want])).length === 0
}

const isSome = (line: string): boolean => line !== ''

/** Null also if the remote would have commits cut off elsewhere: that is for git to write down. */
function packIn(packets: readonly Buffer[] | null): Buffer | null {
  const start = packets?.findIndex((packet) => packet.toString('latin1') === 'packfile\n') ?? -1
  const before = packets?.slice(0, Math.max(start, 0)) ?? []
  const pieces = packets?.slice(start + 1) ?? []
  if (start === -1 || before.some((packet) => /^(?:un)?shallow /.test(packet.toString('latin1')))) return null
  if (pieces.some((packet) => packet[0] === ERROR)) return null
  return Buffer.concat(pieces.filter((packet) => packet[0] === PACK).map((packet) => packet.subarray(1)))
}
