import { type TaskAssignment, taskEnvironment } from '../core/assignment.ts'
import { commitSubject } from '../core/commit-words.ts'
import type { Report } from '../core/event.ts'
import type { TaskFailure } from '../core/failure.ts'
import type { RunId, Sha } from '../core/ref.ts'
import type { Outcome } from '../core/result-file.ts'
import type { CommitWords } from '../ports/repo.ts'
import type { CommandRun } from '../ports/sandbox.ts'
import { type Stopwatch, stopwatch } from './work-commands.ts'
import type { WorkDeps } from './work-deps.ts'
import { emptyReport, lastLine, withoutSandbox } from './work-report.ts'

interface Commit {
  head: Sha
  tree: Sha
}

/** One attempt: the program, a commit of what it changed, and the acceptance on exactly that. */
export async function performTask(
  deps: WorkDeps,
  run: RunId,
  task: TaskAssignment,
  signal: AbortSignal,
): Promise<Outcome> {
  const probe = await deps.probe(task.sandbox)
  if (!probe.ok) return { kind: 'failed', head: null, tree: null, ...withoutSandbox(probe.detail) }
  await deps.worktree.prepare(task.base)
  const { sandbox } = probe
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

async function commitAndAccept(attempt: Attempt, program: CommandRun | null, words: CommitWords): Promise<Outcome> {
  const { deps, task, watch, report } = attempt
  const left = await trying(() => deps.worktree.commitAll(words))
  if ('error' in left) {
    const log = deps.redact(`What the program left cannot be committed: ${left.error}\n\n${program?.log ?? ''}`)
    return failed({ reason: 'program-failed', exitCode: program?.exitCode ?? 0, log }, null, report)
  }
  const commit = left.value
  if (program !== null) {
    const failure = watch.failureOf(program) ?? exitOf(program, 'program-failed')
    if (failure !== null) return failed(failure, commit, report)
  }
  if (commit === null && !task.mayChangeNothing) return failed({ reason: 'no-change' }, null, report)
  return await accept(attempt, commit)
}

async function accept(attempt: Attempt, commit: Commit | null): Promise<Outcome> {
  const { deps, task, watch } = attempt
  if (task.acceptance.length === 0) {
    const log = 'The task has no acceptance command: nothing shows that its work is good.'
    return failed({ reason: 'acceptance-failed', exitCode: 0, log }, commit, attempt.report)
  }
  const tree = commit?.tree ?? (await deps.worktree.treeHash())
  const acceptance = await watch.run(task.acceptance)
  const report = { ...attempt.report, acceptanceSeconds: acceptance.seconds, acceptanceLog: acceptance.log }
  const failure = watch.failureOf(acceptance) ?? exitOf(acceptance, 'acceptance-failed')
  if (failure !== null) return failed(failure, commit, report)
  const changed = await changedSince(deps, tree)
  if (changed !== null) return failed(changed, commit, report)
  return { kind: 'done', head: commit?.head ?? task.base, tree, report }
}

/** What passed must be what is handed over: an acceptance that changes files has accepted something else. */
async function changedSince({ worktree, redact }: WorkDeps, tree: Sha): Promise<TaskFailure | null> {
  const after = await trying(() => worktree.treeHash())
  if ('error' in after)
    return {
      reason: 'acceptance-failed',
      exitCode: 0,
      log: redact(`It left files that git cannot read: ${after.error}`),
    }
  if (after.value === tree) return null
  return { reason: 'acceptance-changed-files', paths: await worktree.changedPaths(tree, after.value) }
}

const failed = (failure: TaskFailure, commit: Commit | null, report: Report): Outcome => ({
  kind: 'failed',
  failure,
  head: commit?.head ?? null,
  tree: commit?.tree ?? null,
  report,
})

const exitOf = ({ exitCode, log }: CommandRun, reason: 'program-failed' | 'acceptance-failed'): TaskFailure | null =>
  exitCode === 0 ? null : { reason, exitCode, log }

/** A program may leave what git cannot take (files that nobody may read): its failure, not the slot's. */
const trying = <Value>(work: () => Promise<Value>): Promise<{ value: Value } | { error: string }> =>
  work().then(
    (value) => ({ value }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  )

const wordsFor = (run: RunId, { task, attempt, title }: TaskAssignment): CommitWords => ({
  subject: commitSubject(title, `Task ${task}`),
  trailers: { 'Tributary-Run': run, 'Tributary-Task': task, 'Tributary-Attempt': `${attempt}` },
})
