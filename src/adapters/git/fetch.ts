import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../core/ids.ts'
import { infoOf, writeRef } from './objects.ts'
import { checkedRef, checkedSha } from './place.ts'
import { gitLine, runGit } from './plumbing.ts'
import { fetchInto, type GitStore } from './store.ts'

/** What a fetch brought in is kept under refs of the repository's own: git tells the remote of these, and gets nothing twice. */
const keptRef = (sha: Sha): string => `refs/fetched/${sha}`
const kept = (sha: Sha): string => `+${sha}:${keptRef(sha)}`

/**
 * The horizon is the only commit that is cut off from its parents. Whatever descends from it is fetched without a depth, so
 * that git brings every commit down to it: a depth, or deepening step by step, would cut somewhere else, and merges would
 * then be made against a wrong base.
 */
export async function fetchCommits(store: GitStore, shas: readonly Sha[], refs: readonly string[]): Promise<void> {
  const [first] = shas
  if (first === undefined) return
  if (!(await hasHorizon(store))) await makeHorizon(store, first)
  const wanted = await missingCommits(store, shas)
  if (wanted.length > 0) await fetchWhole(store, wanted, refs)
}

/** Depth 1: trees to look at. */
export async function fetchAlone(store: GitStore, shas: readonly Sha[]): Promise<void> {
  const wanted = await missingCommits(store, shas)
  if (wanted.length > 0) await fetchInto(store, ['--depth=1'], wanted.map(kept))
}

async function fetchWhole(store: GitStore, shas: readonly Sha[], refs: readonly string[]): Promise<void> {
  try {
    await fetchInto(store, [], shas.map(kept))
  } catch (error) {
    // Some servers hand out what refs point at, and nothing by its id.
    if (refs.length === 0) throw error
    await fetchInto(
      store,
      [],
      refs.map(checkedRef).map((ref) => `+${ref}:refs/fetched/by-name/${ref}`),
    )
    if ((await missingCommits(store, shas)).length > 0) throw error
  }
}

/** Those of the commits that are not here, in the order given. */
export async function missingCommits(store: GitStore, shas: readonly Sha[]): Promise<Sha[]> {
  const asked = [...new Set(shas.map(checkedSha))]
  const found = await infoOf(
    store.place,
    asked.map((sha) => `${sha}^{commit}`),
  )
  return asked.filter((_, index) => found[index]?.type !== 'commit')
}

const HORIZON = 'refs/horizon'

async function hasHorizon({ place }: GitStore): Promise<boolean> {
  if (!existsSync(join(place.gitDir, HORIZON))) return false
  return (await gitLine(place, ['for-each-ref', '--count=1', HORIZON])) !== ''
}

async function makeHorizon(store: GitStore, sha: Sha): Promise<void> {
  await fetchAlone(store, [sha])
  await writeRef(store.place, `${HORIZON}/${sha}`, sha)
}

interface BundleHeader {
  heads: Sha[]
  /** Commits that the one who takes the bundle must have. */
  needs: Sha[]
  /** Where the pack begins. */
  bytes: number
}

const HEADER_BYTES = 64 * 1024
const PACK_BYTES = 512 * 1024 * 1024
const MAGIC = '# v2 git bundle'

/**
 * Takes a slot's bundle in. Not by `git fetch`, which looks into no object of a bundle before git 2.46: index-pack is
 * told to be strict, so a tree with an entry `.git`, or an object that names one that is not there, comes to nothing.
 */
export async function takeBundle(store: GitStore, file: string, head: Sha): Promise<void> {
  try {
    await take(store, file, checkedSha(head))
  } catch (cause) {
    throw new Error(`the bundle cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

async function take(store: GitStore, file: string, head: Sha): Promise<void> {
  const { heads, needs, bytes } = await readHeader(file)
  if (!heads.includes(head)) throw new Error(`it holds ${heads.join(', ') || 'nothing'}, not ${head}`)
  const absent = await missingCommits(store, needs)
  if (absent.length > 0) throw new Error(`it builds on ${absent.join(', ')}, which is not here`)
  const index = ['index-pack', '--stdin', '--fix-thin', '--strict', `--max-input-size=${PACK_BYTES}`]
  await runGit(store.place, index, { input: { file, from: bytes }, seconds: 300 })
  await mustBeWhole(store, head)
  await writeRef(store.place, `refs/intake/${head}`, head)
}

/** Every object that the head needs is here, down to what was here before. */
async function mustBeWhole({ place }: GitStore, head: Sha): Promise<void> {
  await runGit(place, ['rev-list', '--objects', '--quiet', checkedSha(head), '--not', '--all'])
}

async function readHeader(path: string): Promise<BundleHeader> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
    return parseHeader(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

function parseHeader(start: Buffer): BundleHeader {
  const end = start.indexOf('\n\n')
  const [magic, ...lines] = start.subarray(0, Math.max(end, 0)).toString('utf8').split('\n')
  if (magic !== MAGIC) throw new Error('it is no git bundle')
  const named = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[1] ?? [])
  return { heads: named(/^([0-9a-f]{40}) /), needs: named(/^-([0-9a-f]{40})(?: |$)/), bytes: end + 2 }
}
