import type { TaskFailure } from '../core/failure.ts'
import type { Argv } from '../core/plan.ts'
import type { CommandOptions, CommandRun, Sandbox } from '../ports/sandbox.ts'

/** Commands that share one budget of time. */
export interface Stopwatch {
  /** `more.seconds`: a bound of this command alone, below what is left for all. */
  run(argv: Argv, more?: Partial<CommandOptions>): Promise<CommandRun>
  /** Why this command's run ends the attempt; null where it passed. */
  failureOf(run: CommandRun): Extract<TaskFailure, { reason: 'timed-out' }> | null
  /** Seconds. */
  left(): number
}

export interface Place {
  sandbox: Sandbox
  worktree: string
  minutes: number
  signal: AbortSignal
  env: Readonly<Record<string, string>>
  /** Seconds since the attempt began, where not only its commands take time. */
  elapsed?: () => number
}

export function stopwatch({ sandbox, worktree, minutes, signal, env, elapsed = () => 0 }: Place): Stopwatch {
  let used = 0
  const left = () => minutes * 60 - Math.max(used, elapsed())
  return {
    left,
    async run(argv, more = {}) {
      const seconds = Math.min(left(), more.seconds ?? Number.POSITIVE_INFINITY)
      if (seconds <= 0) return { exitCode: 0, log: '', seconds: 0, timedOut: true }
      const run = await sandbox.run(argv, { worktree, signal, env, ...more, seconds })
      used += run.seconds
      return run
    },
    failureOf: (run) => (run.timedOut ? { reason: 'timed-out', minutes, log: run.log } : null),
  }
}
