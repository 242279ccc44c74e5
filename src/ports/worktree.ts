import type { Sha } from '../core/ids.ts'
import type { SecretSearch, SecretsFound } from '../core/landing/secrets.ts'
import type { CommitWords } from './repo.ts'
import type { CommitSources, Files } from './sources.ts'

/**
 * A slot's checked-out files, in which commands of tasks run. Files that they leave are hostile: none may make git run a
 * program, now or later.
 */
export interface Worktree {
  /** The folder of the files. */
  path: string
  /** What people should know of the checkout that it was opened on, a sentence each. */
  notices: readonly string[]
  /** Fetches and checks out the commit. Of other files, only those stay that were there before any task (dependencies). */
  prepare(sha: Sha): Promise<void>
  /**
   * Prepares the commit without what an earlier set-up left, and lets `work` make what tasks need, such as installed
   * dependencies. If it succeeds, what git ignores of that stays from now on; all else that it did goes with the next `prepare`.
   */
  setUp(sha: Sha, work: () => Promise<boolean>): Promise<boolean>
  /**
   * The folders that were there before any task, or that the set-up made, which git ignores as a whole at this moment: full paths,
   * those nearest to the root first.
   */
  keptFolders(): Promise<string[]>
  /**
   * After `prepare`: brings in what a commit of the ref had changed, such as that of an attempt that was interrupted. False, and
   * nothing changes, if it cannot be fetched or started from other files.
   */
  resume(ref: string, head: Sha): Promise<boolean>
  /** Commits all changes since `prepare` as one commit on top of it; null if there are none. */
  commitAll(words: CommitWords): Promise<{ head: Sha; tree: Sha } | null>
  /**
   * Commits a part of the changes since `prepare` as they are at this moment, and leaves index, HEAD and files alone: a command may
   * run meanwhile. Null if there are none.
   */
  checkpoint(words: CommitWords, part: CheckpointPart): Promise<{ head: Sha; tree: Sha } | null>
  /** Reverts changes since `prepare` in paths for which `keeps` is false; returns these paths. */
  putBack(keeps: (path: string) => boolean): Promise<string[]>
  /** Removes untracked and ignored files and empty folders, except for what was there before any task. */
  removeUntracked(): Promise<void>
  /** Writes the tree of the current files, without a commit. */
  treeHash(): Promise<Sha>
  /** Paths in which two trees or commits differ. */
  changedPaths(from: Sha, to: Sha): Promise<string[]>
  /** Searches what the second commit adds to the first for secrets, including names of files. */
  findSecrets(from: Sha, to: Sha, search: SecretSearch): Promise<SecretsFound>
  /** Writes a bundle of the commits from `base` (exclusive) to `head`. */
  bundle(head: Sha, base: Sha, file: string): Promise<void>
  /** The files for an agent; `diff` and `log` relate to the commit of the last `prepare`. */
  files(): Files
  /** The files of a commit from git's objects, whatever stands in the folder; the commit is fetched if it is not here. */
  sources(commit: Sha): Promise<CommitSources>
  /**
   * The diff of a commit of the ref, such as that of an earlier attempt, with its first parent: at most `most` characters,
   * without its middle if it is longer. Null if the commit or its parent cannot be fetched.
   */
  diffOf(ref: string, head: Sha, most: number): Promise<string | null>
}

/** What a checkpoint takes in; it throws for more files. A file with more bytes is left out. */
export interface CheckpointPart {
  takes(path: string): boolean
  files: number
  mostBytes(path: string): number
}

/** A temporary folder for one piece of work, deleted after it. */
export interface ScratchFolder {
  path: string
  /** The path of a file of this name. */
  file(name: string): string
  write(name: string, text: string): Promise<void>
  bytes(name: string): Promise<number>
  read(name: string): Promise<Uint8Array>
  /** The path of a folder of this name, made or emptied. */
  emptyFolder(name: string): Promise<string>
}

export interface Scratch {
  use<Value>(work: (folder: ScratchFolder) => Promise<Value>): Promise<Value>
  /** Adds a line to a file that stays as long as the job, for those who look on. One that cannot be written is left out. */
  append(name: string, line: string): void
}
