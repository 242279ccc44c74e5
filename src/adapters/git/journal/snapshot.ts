import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunId, Sha } from '../../../core/ids.ts'
import { parseState, type RunState, workOf } from '../../../core/run/state.ts'
import { canonical } from '../../../core/text/digest.ts'
import { checkedSha } from '../local-repo.ts'
import { contentOf, writeBlob, writeRef, writeTree } from '../objects.ts'
import { runGit } from '../plumbing.ts'
import { missingCommits } from '../remote/fetch.ts'
import { requestPackets } from '../remote/protocol.ts'
import { fetchInto, type GitStore, oneAtATime } from '../store.ts'

const STATE = 'state.json'
const PLAN = 'plan.json'
const STATE_BYTES = 64 * 1024 * 1024

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** Writes the tree of a journal commit: the state after it, and the plan as a separate file for people who use plain git. */
export async function writeSnapshot({ repo }: GitStore, state: RunState): Promise<Sha> {
  const plan = workOf(state)?.plan
  const files = [
    { path: STATE, text: json(state) },
    ...(plan === undefined ? [] : [{ path: PLAN, text: `${canonical(plan)}\n` }]),
  ]
  const written = await Promise.all(files.map(async ({ path, text }) => ({ path, sha: await writeBlob(repo, text) })))
  return writeTree(repo, written)
}

export async function readSnapshot({ repo }: GitStore, tip: Sha): Promise<RunState> {
  const [file] = await contentOf(repo, [`${checkedSha(tip)}:${STATE}`], STATE_BYTES)
  if (file?.type !== 'blob') throw new Error(`journal commit ${tip} holds no ${STATE}`)
  try {
    return parseState(file.content.toString('utf8'))
  } catch (cause) {
    throw new Error(`journal commit ${tip} holds no state that can be read`, { cause })
  }
}

const localRef = (run: RunId): string => `refs/journal/${run}`

/** Fetches a journal's tip: with depth 1 the first time, later with every commit since, so that git can compare them. */
export async function fetchJournal(store: GitStore, run: RunId, tip: Sha): Promise<void> {
  if ((await missingCommits(store, [tip])).length === 0) return
  const known = await readFile(join(store.repo.gitDir, localRef(run)), 'utf8').catch(() => null)
  if (known !== null && (await fetchPack(store, tip, known.trim()))) return void (await remember(store, run, tip))
  await fetchInto(store, known === null ? ['--depth=1'] : [], [`+${checkedSha(tip)}:${localRef(run)}`])
}

/** Fetches the journal as far back as this store may read: whole if nothing of it was fetched before. */
export const fetchFullJournal = async (store: GitStore, run: RunId, tip: Sha): Promise<unknown> =>
  fetchInto(store, [], [`+${checkedSha(tip)}:${localRef(run)}`])

export const remember = (store: GitStore, run: RunId, tip: Sha): Promise<unknown> =>
  oneAtATime(store.repo.gitDir, () => writeRef(store.repo, localRef(run), tip))

/** First byte of a packet: the side-band channels of pack data and of errors. */
const PACK = 1
const ERROR = 3

/**
 * Fetches a commit and its difference from one that the store has, with one request and one process, where `git fetch`
 * takes two and six. Returns false if that failed; the caller's `git fetch` then reports why.
 */
async function fetchPack(store: GitStore, want: Sha, have: Sha): Promise<boolean> {
  const { repo, remote, network } = store
  const shallow = (await readFile(join(repo.gitDir, 'shallow'), 'utf8').catch(() => '')).split('\n').filter(isNotEmpty)
  const words = ['thin-pack', 'ofs-delta', 'no-progress', ...shallow.map((sha) => `shallow ${sha}`)]
  const commits = [`want ${checkedSha(want)}`, `have ${checkedSha(have)}`, 'done']
  const pack = packIn(await requestPackets(remote, 'fetch', [...words, ...commits], network.signal))
  if (pack === null) return false
  try {
    await runGit(repo, ['unpack-objects', '-q', '--strict'], { input: pack })
  } catch {
    return false
  }
  return (await missingCommits(store, [want])).length === 0
}

const isNotEmpty = (line: string): boolean => line !== ''

/** Null also if the remote changes the shallow boundary: only git can record that. */
function packIn(packets: readonly Buffer[] | null): Buffer | null {
  const start = packets?.findIndex((packet) => packet.toString('latin1') === 'packfile\n') ?? -1
  const before = packets?.slice(0, Math.max(start, 0)) ?? []
  const pieces = packets?.slice(start + 1) ?? []
  if (start === -1 || before.some((packet) => /^(?:un)?shallow /.test(packet.toString('latin1')))) return null
  if (pieces.some((packet) => packet[0] === ERROR)) return null
  return Buffer.concat(pieces.filter((packet) => packet[0] === PACK).map((packet) => packet.subarray(1)))
}
