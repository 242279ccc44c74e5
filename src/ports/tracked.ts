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
