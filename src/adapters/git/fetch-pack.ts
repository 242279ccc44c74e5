import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../core/ref.ts'
import { missing } from './fetch.ts'
import { checkedSha } from './place.ts'
import { runGit } from './plumbing.ts'
import { ask } from './protocol.ts'
import type { Store } from './store.ts'

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
