import type { TaskFailure } from '../../core/failure.ts'
import type { RunId } from '../../core/ids.ts'
import type { Settings } from '../../core/settings.ts'
import type { VerifyAssignment } from '../../core/slots/assignment.ts'
import { type AttemptOutcome, VERIFY_TASK } from '../../core/slots/slot-result.ts'
import { cappedLog } from '../../core/text/capped-log.ts'
import { emptyReport, stopwatch, withoutSandbox } from './commands.ts'
import type { WorkDeps } from './work-deps.ts'

/** The plan's checks on trunk, one after another; all must pass, and none at all is no pass. */
export async function performVerification(
  deps: WorkDeps,
  run: RunId,
  { on, attempt, commands, minutes, sandbox: setting }: VerifyAssignment,
  { limits, network }: Pick<Settings, 'limits' | 'network'>,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  // What a task was allowed to reach for its acceptance, the whole may reach too.
  const probe = await deps.probe(setting, limits, network.allow)
  if (!probe.ok) return { kind: 'verification-failed', on, ...withoutSandbox(probe) }
  await deps.worktree.prepare(on)
  const { sandbox } = probe
  const env = { TRIBUTARY_RUN: run, TRIBUTARY_TASK: VERIFY_TASK, TRIBUTARY_ATTEMPT: `${attempt}` }
  const watch = stopwatch({ sandbox, worktree: deps.worktree.path, minutes, signal, env })
  const log = cappedLog(deps.redact)
  let seconds = 0
  let failure: TaskFailure | null = commands.length === 0 ? nothingVerified(on) : null
  for (const argv of commands) {
    const ran = await watch.run(argv)
    seconds += ran.seconds
    log.add(`$ ${argv.join(' ')}\n${ran.log.trimEnd()}\n`)
    failure = watch.failureOf(ran) ?? (ran.exitCode === 0 ? null : failureOn(on, ran.exitCode, ran.log))
    if (failure !== null) break
  }
  const report = { ...emptyReport(sandbox), acceptanceSeconds: seconds, acceptanceLog: log.text() }
  return failure === null ? { kind: 'verified', on, report } : { kind: 'verification-failed', on, failure, report }
}

const failureOn = (on: string, exitCode: number, log: string): TaskFailure => ({
  reason: 'verification-failed',
  on,
  exitCode,
  log,
})

const nothingVerified = (on: string): TaskFailure =>
  failureOn(on, 0, 'The plan has no verification and none of its tasks an acceptance: nothing was verified.')
