/** Where a command of the terminal was typed, and where its words go. */
export interface Terminal {
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  /** The folder with action.yml, dist and examples. */
  home: string
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

/** A mistake of the person at the terminal: said in one sentence, no trace. */
export class Mistake extends Error {
  override name = 'Mistake'
}
