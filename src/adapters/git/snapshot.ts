import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunId, Sha } from '../../core/ids.ts'
import { parseState, type RunState, workOf } from '../../core/run/state.ts'
import { canonical } from '../../core/text/digest.ts'
import { missingCommits } from './fetch.ts'
import { contentOf, writeBlob, writeRef, writeTree } from './objects.ts'
import { checkedSha } from './place.ts'
import { runGit } from './plumbing.ts'
import { requestPackets } from './protocol.ts'
import { fetchInto, type GitStore, oneAtATime } from './store.ts'

const STATE = 'state.json'
const PLAN = 'plan.json'
const STATE_BYTES = 64 * 1024 * 1024

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** The tree of a journal commit: the state after it, and the plan by itself for whoever looks for it with plain git. */
export async function writeSnapshot({ place }: GitStore, state: RunState): Promise<Sha> {
  const plan = workOf(state)?.plan
  const files = [
    { path: STATE, text: json(state) },
    ...(plan === undefined ? [] : [{ path: PLAN, text: `${canonical(plan)}\n` }]),
  ]
  const written = await Promise.all(files.map(async ({ path, text }) => ({ path, sha: await writeBlob(place, text) })))
  return writeTree(place, written)
}

export async function readSnapshot({ place }: GitStore, tip: Sha): Promise<RunState> {
  const [file] = await contentOf(place, [`${checkedSha(tip)}:${STATE}`], STATE_BYTES)
  if (file?.type !== 'blob') throw new Error(`journal commit ${tip} holds no ${STATE}`)
  try {
    return parseState(file.content.toString('utf8'))
  } catch (cause) {
    throw new Error(`journal commit ${tip} holds no state that can be read`, { cause })
  }
}

const localRef = (run: RunId): string => `refs/journal/${run}`

/** Fetches a journal's tip: alone the first time, later with all that was written since, so that git can compare commits. */
export async function bring(store: GitStore, run: RunId, tip: Sha): Promise<void> {
  if ((await missingCommits(store, [tip])).length === 0) return
  const known = await readFile(join(store.place.gitDir, localRef(run)), 'utf8').catch(() => null)
  if (known !== null && (await fetchPack(store, tip, known.trim()))) return void (await remember(store, run, tip))
  await fetchInto(store, known === null ? ['--depth=1'] : [], [`+${checkedSha(tip)}:${localRef(run)}`])
}

/** The journal as far as it reaches, for a run that was new a moment ago. */
export const bringWhole = async (store: GitStore, run: RunId, tip: Sha): Promise<unknown> =>
  fetchInto(store, [], [`+${checkedSha(tip)}:${localRef(run)}`])

export const remember = (store: GitStore, run: RunId, tip: Sha): Promise<unknown> =>
  oneAtATime(store.place.gitDir, () => writeRef(store.place, localRef(run), tip))

/** How packets of a pack begin; progress and errors begin otherwise. */
const PACK = 1
const ERROR = 3

/**
 * Brings a commit and what it adds to one that is here: one request and one process, where `git fetch` takes two and six.
 * False if it did not come; `git fetch` then says why.
 */
async function fetchPack(store: GitStore, want: Sha, have: Sha): Promise<boolean> {
  const { place, remote, network } = store
  const cut = (await readFile(join(place.gitDir, 'shallow'), 'utf8').catch(() => '')).split('\n').filter(isSome)
  const words = ['thin-pack', 'ofs-delta', 'no-progress', ...cut.map((sha) => `shallow ${sha}`)]
  const commits = [`want ${checkedSha(want)}`, `have ${checkedSha(have)}`, 'done']
  const pack = packIn(await requestPackets(remote, 'fetch', [...words, ...commits], network.signal))
  if (pack === null) return false
  try {
    await runGit(place, ['unpack-objects', '-q', '--strict'], { input: pack })
  } catch {
    return false
  }
  return (await missingCommits(store, [want])).length === 0
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
