import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Sha } from '../../../core/ids.ts'
import { checkedRef, checkedSha } from '../local-repo.ts'
import { infoOf, writeRef } from '../objects.ts'
import { gitLine } from '../plumbing.ts'
import { commitsOnRemote, fetchInto, type GitStore } from '../store.ts'
import { fetchTrees, lacksFiles, withFiles } from './absent-files.ts'
import { fetchPack } from './fetch-pack.ts'

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
  if (wanted.length === 0 || (await fetchNew(store, wanted))) return
  await withFiles(store.repo, () => fetchWhole(store, wanted, refs))
}

/** What commits add to those that are here, with few requests; false: git has to fetch them. */
async function fetchNew(store: GitStore, wanted: readonly Sha[]): Promise<boolean> {
  if (!lacksFiles(store.repo)) return false
  const haves = commitsOnRemote(store.repo)
  if (!(await fetchPack(store, { objects: wanted, haves, depth: null, files: 'new' }))) return false
  await keep(store, wanted)
  return true
}

/** Depth 1, for commits of which the trees are read, and few files. */
export async function fetchAlone(store: GitStore, shas: readonly Sha[]): Promise<void> {
  const wanted = await missingCommits(store, shas)
  const left: Sha[] = []
  for (const sha of wanted) if (!(await fetchTrees(store, sha, commitsOnRemote(store.repo)))) left.push(sha)
  await keep(
    store,
    wanted.filter((sha) => !left.includes(sha)),
  )
  if (left.length > 0) await withFiles(store.repo, () => fetchInto(store, ['--depth=1'], left.map(kept)))
}

const keep = async (store: GitStore, shas: readonly Sha[]): Promise<void> => {
  for (const sha of shas) await writeRef(store.repo, keptRef(sha), sha)
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
