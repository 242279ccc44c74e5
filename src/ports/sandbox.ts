import type { Argv } from '../core/plan.ts'

export interface CommandRun {
  exitCode: number
  /** stdout and stderr together, head and tail kept, redacted. */
  log: string
  seconds: number
  timedOut: boolean
}

/** Runs a task's commands where they can do no harm. */
export interface Sandbox {
  /** `bubblewrap 0.8.0` or `off`; shown to people. */
  name: string
  run(
    argv: Argv,
    options: { worktree: string; seconds: number; signal?: AbortSignal; env?: Readonly<Record<string, string>> },
  ): Promise<CommandRun>
}

export type SandboxProbe = { ok: true; sandbox: Sandbox } | { ok: false; detail: string }
