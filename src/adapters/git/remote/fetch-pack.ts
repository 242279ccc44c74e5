import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../../core/ids.ts'
import { checkedSha, type LocalRepo } from '../local-repo.ts'
import { infoOf } from '../objects.ts'
import { runGit } from '../plumbing.ts'
import { type GitStore, noteOnRemote, oneAtATime } from '../store.ts'
import { requestPackets } from './protocol.ts'

interface Wanted {
  /** Ids of commits; of files too, for a store that was fetched without them. */
  objects: readonly Sha[]
  /** Commits of the store: only the difference from them is sent. */
  haves: readonly Sha[]
  /** `1`: without their parents. Null: with all commits that the store does not have. */
  depth: 1 | null
  /** Not all files: none, or only those that the haves do not have. What links to the others is not checked. */
  files?: 'none' | 'new'
}

/**
 * Fetches objects with one request and one process, where `git fetch` takes two and six. Returns false if that failed; the
 * caller's `git fetch` then reports why.
 */
export const fetchPack = (store: GitStore, wanted: Wanted): Promise<boolean> =>
  oneAtATime(store.repo.gitDir, async () => {
    const { repo, remote, network } = store
    const boundary = await shallowCommits(repo)
    const seconds = wanted.files === 'none' ? WHOLE_TREE_SECONDS : undefined
    const packets = await requestPackets(remote, 'fetch', wordsOf(wanted, boundary), { ...network, seconds })
    const answer = answerIn(packets)
    if (answer === null) return false
    try {
      await unpack(repo, answer.pack, [...new Set([...boundary, ...answer.shallow])], wanted)
    } catch {
      return false
    }
    const found = await infoOf(repo, wanted.objects)
    if (found.includes(null)) return false
    noteOnRemote(
      repo,
      found.flatMap((info) => (info?.type === 'commit' ? [info.sha] : [])),
    )
    return true
  })

/** Of a large repository, the server first has to find the trees. */
const WHOLE_TREE_SECONDS = 60

function wordsOf(wanted: Wanted, boundary: readonly Sha[]): string[] {
  return [
    // The difference from a file that is not here would be of no use.
    ...(wanted.files === undefined ? ['thin-pack'] : []),
    'ofs-delta',
    'no-progress',
    ...boundary.map((sha) => `shallow ${sha}`),
    ...(wanted.depth === null ? [] : [`deepen ${wanted.depth}`]),
    ...(wanted.files === 'none' ? ['filter blob:none'] : []),
    ...wanted.objects.map((sha) => `want ${checkedSha(sha)}`),
    ...wanted.haves.map((sha) => `have ${checkedSha(sha)}`),
    'done',
  ]
}

async function shallowCommits({ gitDir }: LocalRepo): Promise<string[]> {
  const text = await readFile(join(gitDir, 'shallow'), 'utf8').catch(() => '')
  return text.split('\n').filter((line) => line !== '')
}

/** First byte of a packet: the side-band channels of pack data and of errors. */
const PACK = 1
const ERROR = 3

/** Null also if commits that were shallow are no longer: only git can record that. */
function answerIn(packets: readonly Buffer[] | null): { pack: Buffer; shallow: Sha[] } | null {
  const start = packets?.findIndex((packet) => packet.toString('latin1') === 'packfile\n') ?? -1
  const before = (packets?.slice(0, Math.max(start, 0)) ?? []).map((packet) => packet.toString('latin1').trim())
  const pieces = packets?.slice(start + 1) ?? []
  if (start === -1 || before.some((line) => line.startsWith('unshallow '))) return null
  if (pieces.some((packet) => packet[0] === ERROR)) return null
  const pack = Buffer.concat(pieces.filter((packet) => packet[0] === PACK).map((packet) => packet.subarray(1)))
  return { pack, shallow: before.flatMap((line) => /^shallow ([0-9a-f]{40})$/.exec(line)?.[1] ?? []) }
}

/** As git does, keeps a pack of more objects as it is. The count stands at this offset. */
const LOOSE_OBJECTS = 100
const COUNT_AT = 8

/** The objects are checked, links included, with the new boundary; then it holds for all. */
async function unpack(
  repo: LocalRepo,
  pack: Buffer,
  boundary: readonly Sha[],
  { objects, files }: Wanted,
): Promise<void> {
  const isSmall = pack.readUInt32BE(COUNT_AT) <= LOOSE_OBJECTS
  const whole = isSmall ? ['unpack-objects', '-q', '--strict'] : ['index-pack', '--stdin', '--fix-thin', '--strict']
  // Checks each object. Links to files that are not here would fail, so what the commits reach is looked at afterwards.
  const command = files === undefined ? whole : ['index-pack', '--stdin', '--fsck-objects']
  const file = join(repo.gitDir, `shallow-${randomUUID()}`)
  const within = ['--shallow-file', file]
  try {
    await writeFile(file, boundary.map((sha) => `${sha}\n`).join(''))
    await runGit({ gitDir: repo.gitDir }, [...within, ...command], { input: pack })
    if (files !== undefined) await runGit(repo, [...within, ...reach(files), ...objects, '--not', '--all'])
    if (boundary.length > 0) await rename(file, join(repo.gitDir, 'shallow'))
  } finally {
    await rm(file, { force: true })
  }
}

/** Fails if an object that is reached is missing, and no commit that was fetched before has it. */
const reach = (files: 'none' | 'new'): string[] => [
  'rev-list',
  '--objects',
  '--quiet',
  ...(files === 'none' ? ['--filter=blob:none'] : []),
]
