import type { CheckResult } from '../../agent/worker/checker.ts'
import type { TaskFailure } from '../../core/failure.ts'
import type { Argv } from '../../core/plan/plan.ts'
import type { Report } from '../../core/run/report.ts'
import { escapeForPattern } from '../../core/text/redact.ts'
import type { CommandOptions, CommandRun, Sandbox } from '../../ports/sandbox.ts'

/** Commands that share one budget of time. */
export interface Stopwatch {
  /** `more.seconds`: a bound of this command alone, below what is left for all. */
  run(argv: Argv, more?: Partial<CommandOptions>): Promise<CommandRun>
  /** The time-out that ends the attempt; null: the command ended in time. */
  failureOf(run: CommandRun): Extract<TaskFailure, { reason: 'timed-out' }> | null
  /** Seconds. */
  left(): number
  /** Adds seconds that are spent on waiting for a model that is busy: they are no time of the task. */
  pause(seconds: number): void
  paused(): number
}

interface Place {
  sandbox: Sandbox
  worktree: string
  minutes: number
  signal: AbortSignal
  env: Readonly<Record<string, string>>
  /** Seconds since the attempt began, if more than its commands takes time. */
  elapsed?: () => number
}

export function stopwatch({ sandbox, worktree, minutes, signal, env, elapsed = () => 0 }: Place): Stopwatch {
  let used = 0
  let paused = 0
  const left = () => minutes * 60 - Math.max(used, elapsed() - paused)
  return {
    left,
    pause: (seconds) => {
      paused += seconds
    },
    paused: () => paused,
    async run(argv, more = {}) {
      const seconds = Math.min(left(), more.seconds ?? Number.POSITIVE_INFINITY)
      if (seconds <= 0) return { exitCode: 0, log: '', seconds: 0, timedOut: true }
      const run = await sandbox.run(argv, { worktree, signal, env, ...more, seconds })
      used += run.seconds
      return { ...run, log: withRelativePaths(run.log, worktree) }
    },
    failureOf: (run) => (run.timedOut ? { reason: 'timed-out', minutes, log: run.log } : null),
  }
}

/**
 * Names files as the repository does: only then can an annotation name them, and the folder of a slot tells a reader nothing. Within a
 * longer path or word it stays: what is left would be joined, and could be what was redacted.
 */
function withRelativePaths(log: string, worktree: string): string {
  // Behind a sign that ends a word, or behind a color.
  const start = '(?<=^|[^\\w./-]|\\u001b\\[[\\d;]*m)'
  return log.replaceAll(new RegExp(`${start}(?:file://)?${escapeForPattern(worktree)}/`, 'g'), '')
}

/** What a report says of the checks. */
export const checkReport = (check: CheckResult | null, redact: (text: string) => string) => ({
  acceptanceSeconds: check?.seconds ?? 0,
  acceptanceLog: redact(check?.log ?? ''),
  ...(check?.flaky !== undefined && { flaky: check.flaky.map(redact) }),
})

/** What every report says of the sandbox; the rest of it is still to come. Made when the last command has run. */
export function emptyReport(sandbox: Sandbox | null): Report {
  const refusedHosts = sandbox?.refusedHosts() ?? []
  return {
    workSeconds: 0,
    acceptanceSeconds: 0,
    acceptanceLog: '',
    summary: '',
    sandbox: sandbox?.name ?? 'none',
    ...(refusedHosts.length > 0 && { refusedHosts }),
  }
}

/** No command runs without a sandbox. */
export const withoutSandbox = ({
  detail,
  fix,
}: {
  detail: string
  fix: string[]
}): { failure: TaskFailure; report: Report } => ({
  failure: { reason: 'sandbox-unavailable', detail, fix },
  report: emptyReport(null),
})

const LONGEST_SUMMARY = 200

/** The last line of a program's output most often says what it has done. */
export const lastLine = (log: string): string => (log.trim().split('\n').at(-1) ?? '').slice(0, LONGEST_SUMMARY)
