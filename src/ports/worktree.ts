import type { Sha } from '../core/ids.ts'
import type { SecretSearch, SecretsFound } from '../core/landing/secrets.ts'
import type { CommitWords } from './repo.ts'
import type { Files } from './sources.ts'

/**
 * A slot's checked-out files, in which commands of tasks run. What they leave there is hostile:
 * no file of it may make git run something, here or later.
 */
export interface Worktree {
  /** The folder of the files. */
  path: string
  /** Fetch the commit and make the files those of it; only what git ignored before any task (installed dependencies) stays. */
  prepare(sha: Sha): Promise<void>
  /** Everything that was changed since `prepare`, as one commit on top of that; null where nothing was. */
  commitAll(words: CommitWords): Promise<{ head: Sha; tree: Sha } | null>
  /** Undoes what was changed since `prepare` in paths that are not to be kept; answers with those paths. */
  putBack(keeps: (path: string) => boolean): Promise<string[]>
  /** Removes what is in no commit: what git ignores, but for what it ignored before any task, and folders without a file. */
  removeUntracked(): Promise<void>
  /** The tree of the files as they are now, without a commit. */
  treeHash(): Promise<Sha>
  /** Paths in which two trees, or commits, differ. */
  changedPaths(from: Sha, to: Sha): Promise<string[]>
  /** Searches for secrets in all that the second has and the first has not, names of files among it. */
  findSecrets(from: Sha, to: Sha, search: SecretSearch): Promise<SecretsFound>
  /** A bundle of the commits from `base` (not in it) to `head`. */
  bundle(head: Sha, base: Sha, file: string): Promise<void>
  /** The files as an agent reads and changes them; `diff` and `log` speak of the commit of the last `prepare`. */
  files(): Files
  /**
   * What a commit that the ref holds, such as that of an earlier attempt, changed against its first parent: a diff of at
   * most so many characters, its middle left out where it is longer. Null where commit or parent cannot be had.
   */
  diffOf(ref: string, head: Sha, most: number): Promise<string | null>
}

/** A folder for one piece of work; nothing else knows of it, and it goes with the work. */
export interface ScratchFolder {
  path: string
  /** Where a file of this name lies, or will. */
  file(name: string): string
  write(name: string, text: string): Promise<void>
  bytes(name: string): Promise<number>
}

export interface Scratch {
  use<Value>(work: (folder: ScratchFolder) => Promise<Value>): Promise<Value>
}
