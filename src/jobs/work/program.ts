import type { TaskFailure } from '../../core/failure.ts'
import type { RunId } from '../../core/ids.ts'
import { type TaskAssignment, taskEnvironment } from '../../core/slots/assignment.ts'
import type { AttemptOutcome } from '../../core/slots/slot-result.ts'
import type { CommandRun, Sandbox } from '../../ports/sandbox.ts'
import { wordsFor } from '../commit-words.ts'
import { checkerFor, exitOf, outcomeOf } from './check-work.ts'
import { checkReport, emptyReport, lastLine, type Stopwatch, stopwatch } from './commands.ts'
import type { WorkDeps } from './work-deps.ts'

/** One attempt by the task's own program: the program, a commit of what it changed, and the acceptance on exactly that. */
export async function performProgram(
  deps: WorkDeps,
  run: RunId,
  assignment: TaskAssignment,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const { base, program, acceptance, minutes } = assignment
  await deps.worktree.prepare(base)
  const env = taskEnvironment(run, assignment)
  const watch = stopwatch({ sandbox, worktree: deps.worktree.path, minutes, signal, env })
  const checks = acceptance.length === 0 ? [] : [{ argv: acceptance }]
  const words = wordsFor(run, assignment)
  const checker = checkerFor({ deps, assignment, checks, watch, words, mayWrite: null })
  const ran = program.length === 0 ? null : await watch.run(program)
  const workTree = await checker.commit()
  const failed = withProgramLog(workTree.failure, ran) ?? failureOf(ran, watch)
  const check = failed === null ? await checker.check(workTree) : null
  const report = {
    ...emptyReport(sandbox),
    workSeconds: ran?.seconds ?? 0,
    summary: lastLine(ran?.log ?? ''),
    ...checkReport(check, deps.redact),
  }
  return outcomeOf({ assignment, workTree, failure: failed ?? check?.failure ?? null, check, report })
}

const failureOf = (ran: CommandRun | null, watch: Stopwatch): TaskFailure | null =>
  ran === null ? null : (watch.failureOf(ran) ?? exitOf(ran, 'program-failed'))

/** If the work cannot be committed, the program's output says more about the reason. */
function withProgramLog(failure: TaskFailure | null, ran: CommandRun | null): TaskFailure | null {
  if (failure?.reason !== 'program-failed') return failure
  return { ...failure, exitCode: ran?.exitCode ?? 0, log: `${failure.log}\n\n${ran?.log ?? ''}` }
}
