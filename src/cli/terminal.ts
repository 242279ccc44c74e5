/** Where a command of the terminal was typed, and where its words go. */
export interface Terminal {
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  /** The folder with action.yml, dist and examples. */
  home: string
  out(line: string): void
  error(line: string): void
  /** Fires when the person wants to stop. Who never asks is ended by the signal as any program is. */
  interruption(): AbortSignal
}

/** A mistake of the person at the terminal: said in one sentence with the fix, no trace. Exit code 2. */
export class Mistake extends Error {
  override name = 'Mistake'
  /** Whether the help of the subcommand would help: it was typed wrongly, and not in the wrong place. */
  readonly typing: boolean

  constructor(message: string, { typing = true }: { typing?: boolean } = {}) {
    super(message)
    this.typing = typing
  }
}

/** What the program stands on is broken: a network, a disk, a permission. One sentence, no trace. Exit code 1. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError'
}
