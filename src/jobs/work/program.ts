import type { CommitResult } from '../../agent/worker/checker.ts'
import type { TaskFailure } from '../../core/failure.ts'
import type { RunId } from '../../core/ids.ts'
import type { Report } from '../../core/run/event.ts'
import { type TaskAssignment, taskEnvironment } from '../../core/schedule/assignment.ts'
import type { AttemptOutcome } from '../../core/schedule/slot-result.ts'
import type { CommitWords } from '../../ports/repo.ts'
import type { CommandRun, Sandbox } from '../../ports/sandbox.ts'
import { wordsFor } from '../commit-words.ts'
import { checkWork, commitWork, exitOf } from './check-work.ts'
import { emptyReport, lastLine, type Stopwatch, stopwatch } from './commands.ts'
import type { WorkDeps } from './work-deps.ts'

/** One attempt by the task's own program: the program, a commit of what it changed, and the acceptance on exactly that. */
export async function performProgram(
  deps: WorkDeps,
  run: RunId,
  task: TaskAssignment,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  await deps.worktree.prepare(task.base)
  const env = taskEnvironment(run, task)
  const watch = stopwatch({ sandbox, worktree: deps.worktree.path, minutes: task.minutes, signal, env })
  const program = task.program.length === 0 ? null : await watch.run(task.program)
  const report = { ...emptyReport(sandbox), workSeconds: program?.seconds ?? 0, summary: lastLine(program?.log ?? '') }
  return await commitAndAccept({ deps, task, watch, report }, program, wordsFor(run, task))
}

interface Attempt {
  deps: WorkDeps
  task: TaskAssignment
  watch: Stopwatch
  report: Report
}

async function commitAndAccept(
  attempt: Attempt,
  program: CommandRun | null,
  words: CommitWords,
): Promise<AttemptOutcome> {
  const { deps, task, watch, report } = attempt
  const left = await commitWork(deps, words)
  if (!left.ok) {
    const log = `${left.why}\n\n${program?.log ?? ''}`
    return programFailure({ reason: 'program-failed', exitCode: program?.exitCode ?? 0, log }, null, report)
  }
  const { commit } = left
  if (program !== null) {
    const failure = watch.failureOf(program) ?? exitOf(program, 'program-failed')
    if (failure !== null) return programFailure(failure, commit, report)
  }
  if (commit === null && !task.mayChangeNothing) return programFailure({ reason: 'no-change' }, null, report)
  return await accept(attempt, commit)
}

async function accept({ deps, task, watch, report }: Attempt, commit: CommitResult | null): Promise<AttemptOutcome> {
  const checks = task.acceptance.length === 0 ? [] : [{ argv: task.acceptance }]
  const { failure, tree, log, seconds } = await checkWork(deps, watch, checks, commit)
  const accepted = { ...report, acceptanceSeconds: seconds, acceptanceLog: log }
  if (failure !== null || tree === null) return programFailure(failure ?? { reason: 'no-change' }, commit, accepted)
  return { kind: 'done', head: commit?.head ?? task.base, tree, report: accepted }
}

export const programFailure = (failure: TaskFailure, commit: CommitResult | null, report: Report): AttemptOutcome => ({
  kind: 'failed',
  failure,
  head: commit?.head ?? null,
  tree: commit?.tree ?? null,
  report,
})
