export interface SearchOptions {
  literal: boolean
  ignoreCase?: boolean
  glob: string | null
}

/** Read-only access to files. Paths are as git writes them. */
export interface Readable {
  /**
   * Null if there is no such regular file (a symlink or submodule is none). Does not throw for invalid paths.
   * `bytes` is the whole size; `text` is the first mebibyte, and empty if the file is binary.
   */
  read(path: string): Promise<{ text: string; binary: boolean; bytes: number } | null>
  /** Paths of files that the glob matches, sorted; at most `most`. Without files that git ignores. */
  list(glob: string, most: number): Promise<{ paths: string[]; more: boolean }>
  /**
   * Lines that match the pattern, at most `most`, by path and line. A pattern is a literal text or a regular expression as
   * `core/text/search-pattern.ts` reads it; one that is invalid or takes too long is refused with the reason.
   */
  search(
    pattern: string,
    options: SearchOptions & { most: number },
  ): Promise<
    { ok: true; lines: { path: string; line: number; text: string }[]; more: boolean } | { ok: false; why: string }
  >
}

/** Read-only access to the files of one commit, and to its history. */
export interface Sources extends Readable {
  /** The commits of a path, or all commits, as `<short id> <subject>`, newest first; empty without history. */
  log(path: string | null, most: number): Promise<string[]>
}

/** The files of a commit as git's objects hold them: nothing that ran in a work tree can have changed them. */
export interface CommitSources extends Sources {
  /** Every path: files, symbolic links and submodules, in the order of git; at most `most`. */
  tree(most: number): Promise<{ paths: string[]; more: boolean }>
  /** Symbolic links that the glob matches, sorted, with the path that each holds; at most `most`. */
  links(glob: string, most: number): Promise<{ path: string; target: string }[]>
  /** Paths that the newest commits changed, with how many of them changed each; empty without history. */
  changedLately(): Promise<ReadonlyMap<string, number>>
}

export type EditFailure =
  | 'outside-the-folder'
  | 'no-such-file'
  | 'not-a-file'
  | 'symlink'
  | 'hard-link'
  | 'not-text'
  | 'exists'
  | 'not-found'
  | 'not-unique'
  | 'too-large'
  | 'ignored'

/** One replacement in a file: `old` must occur exactly once. */
export interface Edit {
  old: string
  by: string
}

/** `edit`: the index of the edit that failed. */
export type Edited = { ok: true } | { ok: false; why: EditFailure; detail: string; edit?: number }

export type FileContent =
  | { kind: 'file'; bytes: Uint8Array; executable: boolean }
  | { kind: 'nothing' }
  | { kind: 'other' }

/**
 * The files of a slot's work tree, to read and to change. Files that commands of a task left are hostile: no symlink, hard
 * link or special file is ever followed, even if it is swapped in between. Ignored files are not changed: no commit has them.
 */
export interface Files extends Readable {
  /** What stands at a path, also while a command runs: a file of at most `most` bytes, nothing, or anything else. */
  content(path: string, most: number): Promise<FileContent>
  /** Makes the edits one after the other, each in what the ones before it left; all of them or none. */
  replace(path: string, edits: readonly Edit[]): Promise<Edited>
  /** Replaces a file as a whole, or creates it with the folders that it needs. */
  write(path: string, text: string): Promise<Edited>
  /** Removes a file, or the link of that name, and folders that are empty then. */
  remove(path: string): Promise<Edited>
  /** Moves a file, or a link itself, to a path at which there is nothing. */
  move(from: string, to: string): Promise<Edited>
  /** The path itself, or the paths below it if it is a folder: files and links that git does not ignore. */
  at(path: string): Promise<string[]>
  /** The changes since the base, as a diff of at most `most` characters. */
  diff(most: number): Promise<string>
}

/** What git knows about a work tree. Only names of files: their contents are read elsewhere, without following links. */
export interface Tracked {
  /** Paths of all files, without ignored ones. Some may have been deleted, or be links or folders by now. */
  paths(): Promise<string[]>
  /** Paths of files that may match the pattern: a superset, to be searched again. */
  candidates(
    pattern: string,
    options: SearchOptions,
  ): Promise<{ ok: true; paths: string[] } | { ok: false; why: string }>
  /** Whether git ignores the path. */
  ignores(path: string): Promise<boolean>
  diff(most: number): Promise<string>
}
