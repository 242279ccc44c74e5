import { join } from 'node:path'
import { issueOf, type RunId, runOfJournalRef, type Sha } from '../../../core/ids.ts'
import type { RunState } from '../../../core/run/state.ts'
import { fetchInto, type GitStore, listRefs, openGitStore } from '../store.ts'
import { bothRefs } from './journal-format.ts'
import { readSnapshot } from './snapshot.ts'

const PATTERNS = bothRefs('1').map((ref) => ref.replace('/1/', '/*/'))

/**
 * The states of the runs with the highest issue numbers. One request lists them and one brings the tips, at depth 1, into a
 * repository of their own: the one that merges must not know of further shallow commits.
 */
export async function readOthers(store: GitStore, run: RunId, most: number): Promise<RunState[]> {
  const tips = newestIn(await listRefs(store, PATTERNS), run, most)
  if (tips.length === 0) return []
  const apart = await openGitStore({
    gitDir: join(store.repo.gitDir, 'others'),
    remoteUrl: store.remote.url,
    token: store.remote.token,
    clock: store.clock,
    ...store.network,
  })
  await fetchInto(
    apart,
    ['--depth=1'],
    tips.map((tip) => `+${tip}:refs/others/${tip}`),
  )
  const read = await Promise.all(tips.map((tip) => readSnapshot(apart, tip).catch(() => null)))
  return read.filter((state) => state !== null)
}

function newestIn(refs: ReadonlyMap<string, Sha>, run: RunId, most: number): Sha[] {
  const found = new Map<RunId, Sha>()
  for (const [ref, tip] of refs) {
    const other = runOfJournalRef(ref)
    if (other !== null && other !== run) found.set(other, tip)
  }
  const newestFirst = [...found].toSorted(([one], [other]) => issueOf(other) - issueOf(one))
  return [...new Set(newestFirst.slice(0, most).map(([, tip]) => tip))]
}
