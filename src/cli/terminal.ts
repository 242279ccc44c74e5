/** Where a command of the terminal was typed, and where its words go. */
export interface Terminal {
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  /** The folder with action.yml, dist and examples. */
  home: string
  /** How this command was started, to be typed again: `node ../tributary/dist/cli.js`. */
  command: string
  out(line: string): void
  error(line: string): void
  /** The window that `out` goes to; none if that is a file or a pipe. */
  screen?: Screen
  /** Fires when the person wants to stop. The reason is the signal's name. Who never asks is ended by it as any program is. */
  interruption(): AbortSignal
}

export interface Screen {
  columns(): number
  /** Without an end of the line. */
  write(text: string): void
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
