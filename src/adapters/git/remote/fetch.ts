import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../../core/ids.ts'
import { checkedRef, checkedSha } from '../local-repo.ts'
import { infoOf, writeRef } from '../objects.ts'
import { gitLine, runGit } from '../plumbing.ts'
import { fetchInto, type GitStore } from '../store.ts'

/** A local ref for each fetched commit: git reports these to the remote, and so fetches nothing twice. */
const keptRef = (sha: Sha): string => `refs/fetched/${sha}`
const kept = (sha: Sha): string => `+${sha}:${keptRef(sha)}`

/**
 * Fetches commits with their history down to the horizon, the first commit of the store and the only shallow one. Its
 * descendants are fetched without a depth, so that git brings every commit in between: a depth, or deepening step by step,
 * would create another boundary, and merges would then use a wrong base.
 */
export async function fetchCommits(store: GitStore, shas: readonly Sha[], refs: readonly string[]): Promise<void> {
  const [first] = shas
  if (first === undefined) return
  if (!(await hasHorizon(store))) await makeHorizon(store, first)
  const wanted = await missingCommits(store, shas)
  if (wanted.length > 0) await fetchWhole(store, wanted, refs)
}

/** Depth 1, for commits of which only the trees are read. */
export async function fetchAlone(store: GitStore, shas: readonly Sha[]): Promise<void> {
  const wanted = await missingCommits(store, shas)
  if (wanted.length > 0) await fetchInto(store, ['--depth=1'], wanted.map(kept))
}

async function fetchWhole(store: GitStore, shas: readonly Sha[], refs: readonly string[]): Promise<void> {
  try {
    await fetchInto(store, [], shas.map(kept))
  } catch (error) {
    // Some servers serve only what refs point at, and refuse an id.
    if (refs.length === 0) throw error
    await fetchInto(
      store,
      [],
      refs.map(checkedRef).map((ref) => `+${ref}:refs/fetched/by-name/${ref}`),
    )
    if ((await missingCommits(store, shas)).length > 0) throw error
  }
}

/** The commits that the store does not have, in the order given. */
export async function missingCommits(store: GitStore, shas: readonly Sha[]): Promise<Sha[]> {
  const asked = [...new Set(shas.map(checkedSha))]
  const found = await infoOf(
    store.repo,
    asked.map((sha) => `${sha}^{commit}`),
  )
  return asked.filter((_, index) => found[index]?.type !== 'commit')
}

const HORIZON = 'refs/horizon'

async function hasHorizon({ repo }: GitStore): Promise<boolean> {
  if (!existsSync(join(repo.gitDir, HORIZON))) return false
  return (await gitLine(repo, ['for-each-ref', '--count=1', HORIZON])) !== ''
}

async function makeHorizon(store: GitStore, sha: Sha): Promise<void> {
  await fetchAlone(store, [sha])
  await writeRef(store.repo, `${HORIZON}/${sha}`, sha)
}

interface BundleHeader {
  heads: Sha[]
  /** Prerequisites: commits that the importing repository must have. */
  needs: Sha[]
  /** Offset of the pack, in bytes. */
  bytes: number
}

const HEADER_BYTES = 64 * 1024
const PACK_BYTES = 512 * 1024 * 1024
const MAGIC = '# v2 git bundle'

/**
 * Imports a slot's bundle. Not with `git fetch`, which checks no object of a bundle before git 2.46: `index-pack --strict`
 * refuses a tree with an entry `.git` and an object that refers to a missing one.
 */
export async function importBundle(store: GitStore, file: string, head: Sha): Promise<void> {
  try {
    await importPack(store, file, checkedSha(head))
  } catch (cause) {
    throw new Error(`the bundle cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

async function importPack(store: GitStore, file: string, head: Sha): Promise<void> {
  const { heads, needs, bytes } = await readHeader(file)
  if (!heads.includes(head)) throw new Error(`it holds ${heads.join(', ') || 'nothing'}, not ${head}`)
  const absent = await missingCommits(store, needs)
  if (absent.length > 0) throw new Error(`it builds on ${absent.join(', ')}, which is not here`)
  const index = ['index-pack', '--stdin', '--fix-thin', '--strict', `--max-input-size=${PACK_BYTES}`]
  await runGit(store.repo, index, { input: { file, from: bytes }, seconds: 300 })
  await requireCommit(store, head)
  await requireComplete(store, head)
  await writeRef(store.repo, `refs/intake/${head}`, head)
}

/** Git follows an annotated tag to its commit nearly everywhere, but no branch can be pushed to a tag. */
async function requireCommit({ repo }: GitStore, head: Sha): Promise<void> {
  const [found] = await infoOf(repo, [head])
  if (found?.type !== 'commit') throw new Error(`${head} is a ${found?.type ?? 'missing object'}, not a commit`)
}

/** Throws if an object that the head reaches is missing. */
async function requireComplete({ repo }: GitStore, head: Sha): Promise<void> {
  await runGit(repo, ['rev-list', '--objects', '--quiet', checkedSha(head), '--not', '--all'])
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
