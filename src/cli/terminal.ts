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
  /** Fires when the person wants to stop. Who never asks is ended by the signal as any program is. */
  interruption(): AbortSignal
}

/** A mistake of the person at the terminal: said in one sentence, no trace. */
export class Mistake extends Error {
  override name = 'Mistake'
}
