import type { Sha, TaskId } from '../../src/core/ids.ts'
import { noFaults } from '../../src/core/landing/tree-faults.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Repo } from '../../src/ports/repo.ts'

/** A repository in which slots work, as the machine sees it. */
export interface WorkedRepo extends Repo {
  /** A commit on the base by who works on the task, as a slot would write it. */
  work(base: Sha, task: TaskId, attempt: number): { head: Sha; tree: Sha }
}

interface Commit {
  parents: readonly Sha[]
  path: string | null
}

/** Commits without files: what the orchestrator decides rests on who their parents are. Every merge is clean and takes so long. */
export function memoryRepo(clock: Clock, mergeSeconds: number): WorkedRepo {
  const commits = new Map<Sha, Commit>()
  let count = 0
  function commit(parents: readonly Sha[], path: string | null = null): Sha {
    count += 1
    const sha = count.toString(16).padStart(40, '0')
    commits.set(sha, { parents, path })
    return sha
  }
  const parentsOf = (sha: Sha) => commits.get(sha)?.parents ?? []
  return {
    fetch: async () => {},
    fetchAlone: async () => {},
    tip: async () => null,
    treeOf: async (sha) => treeOf(sha),
    authorOf: async () => 'Somebody',
    parentsOf: async (sha) => [...parentsOf(sha)],
    isWrittenAs: async () => true,
    unbundle: async () => {},
    commit: async (_tree, parents) => commit(parents),
    treeWithFolder: async (sha) => treeOf(sha),
    merge: async (ours, theirs) => {
      if (mergeSeconds > 0) await clock.wait(mergeSeconds)
      const sha = commit([ours, theirs])
      return { ok: true, sha, tree: treeOf(sha) }
    },
    changes: async (_from, to) => changesOf(commits.get(to)),
    treeFaults: async () => noFaults,
    addedLines: async () => new Map(),
    diff: async () => '',
    findSecrets: async () => ({ paths: [], unread: [] }),
    readFile: async () => null,
    blobOf: async () => null,
    lineChangedBy: async () => null,
    isAncestor: async (ancestor, descendant) => isAncestor(parentsOf, ancestor, descendant),
    sources: () => {
      throw new Error('a memory repository holds no files')
    },
    work(base, task) {
      const head = commit([base], `${task}/done.txt`)
      return { head, tree: treeOf(head) }
    },
  }
}

/** Any name will do, as long as each commit has its own. */
const treeOf = (sha: Sha): Sha => `f${sha.slice(1)}`

const changesOf = (commit: Commit | undefined) =>
  commit?.path == null
    ? []
    : [{ path: commit.path, status: 'A' as const, oldMode: '000000', newMode: '100644', bytes: 1 }]

function isAncestor(parentsOf: (sha: Sha) => readonly Sha[], ancestor: Sha, descendant: Sha): boolean {
  const seen = new Set([descendant])
  for (const sha of seen) {
    if (sha === ancestor) return true
    // Ids are given in order: nothing older than the ancestor can have it among its parents.
    if (sha > ancestor) for (const parent of parentsOf(sha)) seen.add(parent)
  }
  return false
}
