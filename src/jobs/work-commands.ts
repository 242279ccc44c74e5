import type { TaskFailure } from '../core/failure.ts'
import type { Argv } from '../core/plan.ts'
import type { CommandRun, Sandbox } from '../ports/sandbox.ts'

/** Commands that share one budget of time. */
export interface Stopwatch {
  run(argv: Argv): Promise<CommandRun>
  /** Why this command's run ends the attempt; null where it passed. */
  failureOf(run: CommandRun): Extract<TaskFailure, { reason: 'timed-out' }> | null
}

export interface Place {
  sandbox: Sandbox
  worktree: string
  minutes: number
  signal: AbortSignal
  env: Readonly<Record<string, string>>
}

export function stopwatch({ sandbox, worktree, minutes, signal, env }: Place): Stopwatch {
  let left = minutes * 60
  return {
    async run(argv) {
      if (left <= 0) return { exitCode: 0, log: '', seconds: 0, timedOut: true }
      const run = await sandbox.run(argv, { worktree, seconds: left, signal, env })
      left -= run.seconds
      return run
    },
    failureOf: (run) => (run.timedOut ? { reason: 'timed-out', minutes, log: run.log } : null),
  }
}
