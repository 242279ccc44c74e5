import type { RefusedHost } from '../core/allowed-host.ts'
import type { Argv } from '../core/plan/plan.ts'

export interface CommandRun {
  exitCode: number
  /** stdout and stderr together, head and tail kept, redacted. */
  log: string
  seconds: number
  timedOut: boolean
}

export interface CommandOptions {
  worktree: string
  seconds: number
  signal?: AbortSignal
  env?: Readonly<Record<string, string>>
  /** Further files and folders that the command may read, also inside hidden folders. */
  readable?: readonly string[]
  /** Characters kept of each end of the output; if not set, as many as a person reads. */
  kept?: number
  /** Whether the command has the job's network access; false by default: it reaches the sandbox's allowed hosts, if there are any. */
  network?: boolean
  /** If not set, its home is empty, and goes with it. */
  home?: HomeFolder
  layers?: Layers
}

/** A folder that commands find as their home; what they change in it stays there, or goes with the command. */
export interface HomeFolder {
  folder: string
  changes: 'stay' | 'go'
}

/** Commands find the folders with `changes` laid over them, and change the second alone; only for a sandbox with `layers`. */
export interface Layers {
  /** Inside the work tree, none in another. */
  folders: readonly string[]
  /** A folder outside of the work tree, empty at first. */
  changes: string
}

/** Runs a task's commands in isolation. */
export interface Sandbox {
  /** `bubblewrap 0.8.0` or `off`; shown to people. */
  name: string
  /** Whether it is made to lay them; whether the system allows it, a command shows. */
  layers: boolean
  run(argv: Argv, options: CommandOptions): Promise<CommandRun>
  /** What its commands have asked for and not reached so far; each command's output says it too. */
  refusedHosts(): RefusedHost[]
}

/** If there is no sandbox: why, and the commands that make one available. */
export type SandboxProbe = { ok: true; sandbox: Sandbox } | { ok: false; detail: string; fix: string[] }
