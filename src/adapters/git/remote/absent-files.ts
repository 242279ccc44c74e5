import type { Sha } from '../../../core/ids.ts'
import { checkedSha, type LocalRepo } from '../local-repo.ts'
import { infoOf } from '../objects.ts'
import { fetchInto, type GitStore } from '../store.ts'
import { fetchPack } from './fetch-pack.ts'

/*
 * Commits that were fetched without their files. What a run costs must not grow with a repository's files, and landing reads
 * few of them: those that a task changed. Each reader of a file first brings it, or runs again with all of them.
 */

interface Absent {
  store: GitStore
  commits: Set<Sha>
}

/** By the folder of the repository: several stores of this process may use the same one. */
const absent = new Map<string, Absent>()

export const lacksFiles = ({ gitDir }: LocalRepo): boolean => absent.has(gitDir)

/** Fetches a commit with its trees alone; false: the remote cannot do that. */
export async function fetchTrees(store: GitStore, commit: Sha, haves: readonly Sha[]): Promise<boolean> {
  if (!(await fetchPack(store, { objects: [commit], haves, depth: 1, files: 'none' }))) return false
  const { gitDir } = store.repo
  const { commits } = absent.get(gitDir) ?? { commits: new Set() }
  absent.set(gitDir, { store, commits: commits.add(commit) })
  return true
}

/** Brings those of the files that are not here, with one request. */
export async function bringFiles(repo: LocalRepo, shas: readonly Sha[]): Promise<void> {
  const known = absent.get(repo.gitDir)
  if (known === undefined) return
  const asked = [...new Set(shas.map(checkedSha))]
  const found = await infoOf(repo, asked)
  const missing = asked.filter((_, index) => found[index] === null)
  if (missing.length === 0) return
  if (!(await fetchPack(known.store, { objects: missing, haves: [], depth: null }))) await bringAllFiles(repo)
}

/** Fetches again what was fetched without its files, for what needs them all. */
export async function bringAllFiles(repo: LocalRepo): Promise<void> {
  const known = absent.get(repo.gitDir)
  if (known === undefined) return
  const refspecs = [...known.commits].map((sha) => `+${sha}:refs/fetched/${sha}`)
  await fetchInto(known.store, ['--depth=1', '--refetch'], refspecs)
  absent.delete(repo.gitDir)
}

/** Works with the files that are here; if that fails, with those that it is `likely` to need; then with all. */
export async function withFiles<Value>(
  repo: LocalRepo,
  work: () => Promise<Value>,
  likely?: () => Promise<readonly Sha[]>,
): Promise<Value> {
  if (!lacksFiles(repo)) return work()
  const withLikely = async () => {
    if (likely === undefined) throw new Error('it is not known which files are needed')
    await bringFiles(repo, await likely())
    return work()
  }
  return work()
    .catch(withLikely)
    .catch(async () => {
      await bringAllFiles(repo)
      return work()
    })
}
