import type { Sha } from '../core/ids.ts'
import type { SecretSearch, SecretsFound } from '../core/landing/secrets.ts'
import type { TreeFaults } from '../core/landing/tree-faults.ts'
import type { CommitSources } from './sources.ts'

export interface CommitWords {
  subject: string
  body?: string
  trailers?: Readonly<Record<string, string>>
  /** Author and committer, as `Name <address>`; GitHub's bot if it is not said. */
  author?: string
}

export interface ChangedPath {
  path: string
  /** git's letters: A added, M modified, D deleted, T type changed. Renames are a D and an A. */
  status: 'A' | 'M' | 'D' | 'T'
  /** `100644`, `100755`, `120000` (symlink), `160000` (submodule), `000000` (absent). */
  oldMode: string
  newMode: string
  /** Bytes of the new blob; 0 when deleted or not a blob. */
  bytes: number
}

export type Merged = { ok: true; sha: Sha; tree: Sha } | { ok: false; paths: string[] }

/**
 * The orchestrator's bare repository. It only ever fetched objects: no checkout, and no command of a task ran in it.
 * Objects created here reach the remote with the journal's next push.
 */
export interface Repo {
  /**
   * Fetches commits with their history down to the horizon: the first commit that the repository ever fetches (so name the
   * run's base first), which is fetched at depth 1. `refs` contain the commits, for a server that does not serve ids.
   */
  fetch(shas: readonly Sha[], refs?: readonly string[]): Promise<void>
  /** Fetches each commit at depth 1, to read its tree. Not for commits that are merged later. */
  fetchAlone(shas: readonly Sha[]): Promise<void>
  /** The ref's current value at the remote; null if it does not exist. */
  tip(ref: string): Promise<Sha | null>
  treeOf(commit: Sha): Promise<Sha>
  parentsOf(commit: Sha): Promise<Sha[]>
  /** The author's name; it is what the commit says, and proves nothing. */
  authorOf(commit: Sha): Promise<string>
  /** Whether a commit has these words' author, exactly this message, and no other header. */
  isWrittenAs(commit: Sha, words: CommitWords): Promise<boolean>
  /** Imports a slot's bundle; throws if it is damaged or not a bundle of that commit. */
  unbundle(file: string, head: Sha): Promise<void>
  /** Creates a commit, not yet on any ref, with an existing tree. */
  commit(tree: Sha, parents: readonly Sha[], words: CommitWords): Promise<Sha>
  /** The tree of a commit with one folder as it is in another commit, of which the trees and blobs are here. */
  treeWithFolder(commit: Sha, folder: string, from: Sha): Promise<Sha>
  /** Merges two commits without a checkout. Always creates a commit with both as parents, also for a fast-forward. */
  merge(ours: Sha, theirs: Sha, words: CommitWords): Promise<Merged>
  changes(from: Sha, to: Sha): Promise<ChangedPath[]>
  /** What is wrong with the files that `head` adds to `base`: links, names, and files for Git LFS. */
  treeFaults(base: Sha, head: Sha): Promise<TreeFaults>
  /** Lines that the diff adds, by path (text files only, each capped), for display. */
  addedLines(from: Sha, to: Sha): Promise<ReadonlyMap<string, string>>
  /** The diff as text; of a longer one than `most` characters, the beginning and the end. */
  diff(from: Sha, to: Sha, most: number): Promise<string>
  /** Searches what the second commit adds to the first for secrets, including names of files. */
  findSecrets(from: Sha, to: Sha, search: SecretSearch): Promise<SecretsFound>
  readFile(commit: Sha, path: string): Promise<string | null>
  blobOf(commit: Sha, path: string): Promise<Sha | null>
  /**
   * The commit that last changed a line of a file, along first parents: on trunk, the merge that landed it. The line is counted in
   * the given commit. Null: there is no such line.
   */
  lineChangedBy(commit: Sha, path: string, line: number): Promise<Sha | null>
  isAncestor(ancestor: Sha, descendant: Sha): Promise<boolean>
  /** The files of a fetched commit, for exploration. Their log is fetched on first use, into a separate repository. */
  sources(commit: Sha): CommitSources
}
