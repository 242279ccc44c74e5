import type { RunId } from '../../core/ids.ts'
import type { BaselineCheck } from '../../core/run/baseline.ts'
import type { Settings } from '../../core/settings.ts'
import type { BaselineAssignment } from '../../core/slots/assignment.ts'
import { BASELINE_MINUTES, CHECK_MINUTES } from '../../core/slots/baseline-slot.ts'
import { type AttemptOutcome, BASELINE_TASK } from '../../core/slots/slot-result.ts'
import type { CommandRun } from '../../ports/sandbox.ts'
import { emptyReport, stopwatch, withoutSandbox } from './commands.ts'
import type { WorkDeps } from './work-deps.ts'

/** The checks of a plan that waits for its approval, each on a fresh tree of the base, without any host: none has been allowed yet. */
export async function performBaseline(
  deps: WorkDeps,
  run: RunId,
  { on, attempt, commands, sandbox: setting }: BaselineAssignment,
  { limits }: Pick<Settings, 'limits'>,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const probe = await deps.probe(setting, limits, [])
  if (!probe.ok) return { kind: 'failed', head: null, tree: null, ...withoutSandbox(probe) }
  const { sandbox } = probe
  const env = { TRIBUTARY_RUN: run, TRIBUTARY_TASK: BASELINE_TASK, TRIBUTARY_ATTEMPT: `${attempt}` }
  const watch = stopwatch({ sandbox, worktree: deps.worktree.path, minutes: BASELINE_MINUTES, signal, env })
  const checks: BaselineCheck[] = []
  for (const argv of commands) {
    const isOver = watch.left() <= 0
    if (!isOver) await deps.worktree.prepare(on)
    checks.push(isOver ? NOT_REACHED : checkOf(await watch.run(argv, { seconds: CHECK_MINUTES * 60 }), deps.redact))
  }
  return { kind: 'baseline', checks, report: emptyReport(sandbox) }
}

const NOT_REACHED: BaselineCheck = { outcome: 'not-reached', exitCode: 0, seconds: 0, log: '' }

/** How a shell ends that finds no such program, or none that it may run. */
const CANNOT_RUN: readonly number[] = [126, 127]

/** Characters of output that people see of a check. */
const MOST_LOG = 600

function checkOf({ exitCode, timedOut, seconds, log }: CommandRun, redact: (text: string) => string): BaselineCheck {
  if (timedOut) return { outcome: 'timed-out', exitCode, seconds, log: endOf(redact(log)) }
  if (exitCode === 0) return { outcome: 'passed', exitCode, seconds, log: '' }
  return { outcome: CANNOT_RUN.includes(exitCode) ? 'missing' : 'failed', exitCode, seconds, log: endOf(redact(log)) }
}

const endOf = (log: string): string => log.trim().slice(-MOST_LOG)
