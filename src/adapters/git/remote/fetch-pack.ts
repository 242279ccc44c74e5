import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../../core/ids.ts'
import { checkedSha, type LocalRepo } from '../local-repo.ts'
import { runGit } from '../plumbing.ts'
import { type GitStore, noteOnRemote, oneAtATime } from '../store.ts'
import { missingCommits } from './fetch.ts'
import { requestPackets } from './protocol.ts'

interface Wanted {
  commit: Sha
  /** A commit of the store: only the difference from it is sent. */
  have: Sha | null
  /** `1`: without its parents. Null: with all commits that the store does not have. */
  depth: 1 | null
}

/**
 * Fetches a commit with one request and one process, where `git fetch` takes two and six. Returns false if that failed; the
 * caller's `git fetch` then reports why.
 */
export const fetchPack = (store: GitStore, wanted: Wanted): Promise<boolean> =>
  oneAtATime(store.repo.gitDir, async () => {
    const { repo, remote, network } = store
    const boundary = await shallowCommits(repo)
    const words = ['thin-pack', 'ofs-delta', 'no-progress', ...boundary.map((sha) => `shallow ${sha}`)]
    const depth = wanted.depth === null ? [] : [`deepen ${wanted.depth}`]
    const have = wanted.have === null ? [] : [`have ${checkedSha(wanted.have)}`]
    const asked = [...words, ...depth, `want ${checkedSha(wanted.commit)}`, ...have, 'done']
    const answer = answerIn(await requestPackets(remote, 'fetch', asked, network.signal))
    if (answer === null) return false
    try {
      await unpack(repo, answer.pack, [...new Set([...boundary, ...answer.shallow])])
    } catch {
      return false
    }
    if ((await missingCommits(store, [wanted.commit])).length > 0) return false
    noteOnRemote(repo, [wanted.commit])
    return true
  })

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
async function unpack(repo: LocalRepo, pack: Buffer, boundary: readonly Sha[]): Promise<void> {
  const isSmall = pack.readUInt32BE(COUNT_AT) <= LOOSE_OBJECTS
  const command = isSmall ? ['unpack-objects', '-q'] : ['index-pack', '--stdin', '--fix-thin']
  const file = join(repo.gitDir, `shallow-${randomUUID()}`)
  try {
    await writeFile(file, boundary.map((sha) => `${sha}\n`).join(''))
    await runGit({ gitDir: repo.gitDir }, ['--shallow-file', file, ...command, '--strict'], { input: pack })
    if (boundary.length > 0) await rename(file, join(repo.gitDir, 'shallow'))
  } finally {
    await rm(file, { force: true })
  }
}
