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
  /** Files and folders besides the work tree that the command may read, wherever they lie. */
  readable?: readonly string[]
  /** Whether it reaches what the job reaches; not, where nothing is said. */
  network?: boolean
}

/** Runs a task's commands where they can do no harm. */
export interface Sandbox {
  /** `bubblewrap 0.8.0` or `off`; shown to people. */
  name: string
  run(argv: Argv, options: CommandOptions): Promise<CommandRun>
}

/** If there is none: why, and the commands that bring one to this machine. */
export type SandboxProbe = { ok: true; sandbox: Sandbox } | { ok: false; detail: string; fix: string[] }
