import type { Sha } from '../core/ids.ts'
import type { SecretSearch, SecretsFound } from '../core/landing/secrets.ts'
import type { Sources } from './sources.ts'

export interface CommitWords {
  subject: string
  body?: string
  trailers?: Readonly<Record<string, string>>
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
 * The orchestrator's own bare repository. It only ever fetched objects; nothing ran in it, nothing is checked out.
 * Objects made here reach the remote with the journal's next push.
 */
export interface Repo {
  /**
   * Bring these commits in, with every commit down to the horizon: the first commit that the repository ever fetches (so name
   * the run's base first), which is fetched at depth 1. `refs` are where a server that gives nothing by its id has them.
   */
  fetch(shas: readonly Sha[], refs?: readonly string[]): Promise<void>
  /** Bring each of these in at depth 1, to look at its tree; nothing that is to be merged may come in this way. */
  fetchAlone(shas: readonly Sha[]): Promise<void>
  /** Where the remote has the ref now. */
  tip(ref: string): Promise<Sha | null>
  treeOf(commit: Sha): Promise<Sha>
  parentsOf(commit: Sha): Promise<Sha[]>
  /** Whether a commit says these words and nothing else, and is by nobody but us. */
  isWrittenAs(commit: Sha, words: CommitWords): Promise<boolean>
  /** Bring a slot's bundle in; throws where it is torn or not a bundle of that commit. */
  unbundle(file: string, head: Sha): Promise<void>
  /** A commit with a tree that is there, not on any ref yet. */
  commit(tree: Sha, parents: readonly Sha[], words: CommitWords): Promise<Sha>
  /** Merge two commits without a checkout; the commit has both as parents. Fast-forwards are made into merge commits too. */
  merge(ours: Sha, theirs: Sha, words: CommitWords): Promise<Merged>
  changes(from: Sha, to: Sha): Promise<ChangedPath[]>
  /** Lines that the diff adds, by path (text files only, each capped), for somebody to read. */
  addedLines(from: Sha, to: Sha): Promise<ReadonlyMap<string, string>>
  /** Searches for secrets in all that the second has and the first has not, names of files among it. */
  findSecrets(from: Sha, to: Sha, search: SecretSearch): Promise<SecretsFound>
  readFile(commit: Sha, path: string): Promise<string | null>
  blobOf(commit: Sha, path: string): Promise<Sha | null>
  isAncestor(ancestor: Sha, descendant: Sha): Promise<boolean>
  /** The files of a commit that was brought in, to explore. Their log is fetched on first use, beside all that is merged. */
  sources(commit: Sha): Sources
}
