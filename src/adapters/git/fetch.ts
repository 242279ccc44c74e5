import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Sha } from '../../core/ref.ts'
import { infoOf } from './batch.ts'
import { writeRef } from './loose.ts'
import { checkedRef, checkedSha } from './place.ts'
import { gitLine } from './plumbing.ts'
import { fetchInto, type Store } from './store.ts'

/** What a fetch brought in is kept under refs of the repository's own: git tells the remote of these, and gets nothing twice. */
const keptRef = (sha: Sha): string => `refs/fetched/${sha}`
const kept = (sha: Sha): string => `+${sha}:${keptRef(sha)}`

/**
 * The horizon is the only commit that is cut off from its parents. Whatever descends from it is fetched without a depth, so
 * that git brings every commit down to it: a depth, or deepening step by step, would cut somewhere else, and merges would
 * then be made against a wrong base.
 */
export async function fetchCommits(store: Store, shas: readonly Sha[], refs: readonly string[]): Promise<void> {
  const [first] = shas
  if (first === undefined) return
  if (!(await hasHorizon(store))) await makeHorizon(store, first)
  const wanted = await missing(store, shas)
  if (wanted.length > 0) await fetchWhole(store, wanted, refs)
}

/** Depth 1: trees to look at. */
export async function fetchAlone(store: Store, shas: readonly Sha[]): Promise<void> {
  const wanted = await missing(store, shas)
  if (wanted.length > 0) await fetchInto(store, ['--depth=1'], wanted.map(kept))
}

async function fetchWhole(store: Store, shas: readonly Sha[], refs: readonly string[]): Promise<void> {
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
    if ((await missing(store, shas)).length > 0) throw error
  }
}

/** Those of the commits that are not here, in the order given. */
export async function missing(store: Store, shas: readonly Sha[]): Promise<Sha[]> {
  const asked = [...new Set(shas.map(checkedSha))]
  const found = await infoOf(
    store.place,
    asked.map((sha) => `${sha}^{commit}`),
  )
  return asked.filter((_, index) => found[index]?.type !== 'commit')
}

const HORIZON = 'refs/horizon'

async function hasHorizon({ place }: Store): Promise<boolean> {
  if (!existsSync(join(place.gitDir, HORIZON))) return false
  return (await gitLine(place, ['for-each-ref', '--count=1', HORIZON])) !== ''
}

async function makeHorizon(store: Store, sha: Sha): Promise<void> {
  await fetchAlone(store, [sha])
  await writeRef(store.place, `${HORIZON}/${sha}`, sha)
}
