/** The files of one commit, to read. Nothing that reads them can change them. Paths are as git writes them. */
export interface Sources {
  /**
   * Null where there is no such file, or it is none that can be read (a symlink, a submodule). Throws nothing for odd paths.
   * `bytes` is the whole size; `text` is the first mebibyte of it, and empty where the file is binary.
   */
  read(path: string): Promise<{ text: string; binary: boolean; bytes: number } | null>
  /** Paths of files that the glob matches, sorted; at most `most`. Not what git ignores. */
  list(glob: string, most: number): Promise<{ paths: string[]; more: boolean }>
  /**
   * Lines that hold the pattern, at most `most`, by path and line. A pattern is a literal text or a regular expression as
   * `core/search-pattern.ts` reads it; one that is not understood, or takes too long, is refused with the reason.
   */
  search(
    pattern: string,
    options: { literal: boolean; glob: string | null; most: number },
  ): Promise<
    { ok: true; lines: { path: string; line: number; text: string }[]; more: boolean } | { ok: false; why: string }
  >
  /** The commits of a path, or of all, as `<short id> <subject>`, newest first, where history is there; else empty. */
  log(path: string | null, most: number): Promise<string[]>
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

export type Edited = { ok: true } | { ok: false; why: EditFailure; detail: string }

/**
 * The files of a slot's work tree, to read and to change. What commands of a task left there is hostile: no symlink, hard
 * link or special file is ever followed, whatever swaps them in between. What git ignores is not changed: it is in no commit.
 */
export interface Files extends Sources {
  /** Replaces `old`, which must be there exactly once. */
  replace(path: string, old: string, by: string): Promise<Edited>
  /** A new file, with the folders that it needs. */
  create(path: string, text: string): Promise<Edited>
  /** What was changed since the base, as a diff of at most so many characters. */
  diff(most: number): Promise<string>
}

/** What git knows of the files of a work tree. It names paths; what is in a file is read by who follows no link. */
export interface Tracked {
  /** Paths of all files but those that git ignores. Some may be gone, or be links or folders by now. */
  paths(): Promise<string[]>
  /** Paths of files that seem to hold the pattern: a first sieve, which may also let others through. */
  holding(
    pattern: string,
    options: { literal: boolean; glob: string | null },
  ): Promise<{ ok: true; paths: string[] } | { ok: false; why: string }>
  log(path: string | null, most: number): Promise<string[]>
  /** Whether git would leave a file of that name out of every commit. */
  ignores(path: string): Promise<boolean>
  diff(most: number): Promise<string>
}
