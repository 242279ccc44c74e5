import type { Checker, CheckResult, CommitResult, WorkTreeState } from '../../agent/worker/checker.ts'
import type { TaskFailure } from '../../core/failure.ts'
import type { Sha } from '../../core/ids.ts'
import { matches } from '../../core/plan/glob.ts'
import type { Task } from '../../core/plan/plan.ts'
import { isProtected, protectedGlobs } from '../../core/plan/protected-paths.ts'
import type { TaskAssignment } from '../../core/schedule/assignment.ts'
import type { ConflictCheck } from '../../core/schedule/conflict.ts'
import type { Settings } from '../../core/settings.ts'
import type { CommitWords } from '../../ports/repo.ts'
import type { CommandRun } from '../../ports/sandbox.ts'
import type { Stopwatch } from './commands.ts'
import type { WorkDeps } from './work-deps.ts'

type WorkPlace = Pick<WorkDeps, 'worktree' | 'redact'>
type Command = Pick<ConflictCheck, 'argv'>

/** Everything that a worker left, as one commit; null where it changed nothing. A worker may leave what git cannot take. */
export async function commitWork(
  { worktree, redact }: WorkPlace,
  words: CommitWords,
): Promise<{ ok: true; commit: CommitResult | null } | { ok: false; why: string }> {
  const left = await trying(() => worktree.commitAll(words))
  return 'error' in left
    ? { ok: false, why: redact(`What was left cannot be committed: ${left.error}`) }
    : { ok: true, commit: left.value }
}

export const NO_ACCEPTANCE: TaskFailure = {
  reason: 'acceptance-failed',
  exitCode: 0,
  log: 'The task has no acceptance command: nothing shows that its work is good.',
}

/** Runs every check; all must pass, none at all is no pass, and none may see or change more than it passes. */
export async function checkWork(
  place: WorkPlace,
  watch: Stopwatch,
  checks: readonly Command[],
  commit: CommitResult | null,
): Promise<CheckResult> {
  if (checks.length === 0) return { failure: NO_ACCEPTANCE, tree: null, log: '', seconds: 0 }
  const tree = commit?.tree ?? (await place.worktree.treeHash())
  const cleared = await trying(() => place.worktree.removeUntracked())
  if ('error' in cleared) return { failure: leftBehind(place, cleared.error), tree, log: '', seconds: 0 }
  const { failure, log, seconds } = await runAll(watch, checks)
  return { failure: failure ?? (await changedSince(place, tree)), tree, log, seconds }
}

/** What is no part of the tree could be what makes the acceptance pass. */
const leftBehind = ({ redact }: WorkPlace, error: string): TaskFailure => ({
  reason: 'acceptance-failed',
  exitCode: 0,
  log: redact(`What was left beside the work cannot be removed: ${error}`),
})

async function runAll(watch: Stopwatch, checks: readonly Command[]): Promise<Omit<CheckResult, 'tree'>> {
  let log = ''
  let seconds = 0
  let failure: TaskFailure | null = null
  for (const { argv } of checks) {
    const ran = await watch.run(argv)
    seconds += ran.seconds
    log += checks.length === 1 ? ran.log : `$ ${argv.join(' ')}\n${ran.log.trimEnd()}\n`
    failure = watch.failureOf(ran) ?? exitOf(ran, 'acceptance-failed')
    if (failure !== null) break
  }
  return { failure, log, seconds }
}

/** What passed must be what is handed over: an acceptance that changes files has accepted something else. */
async function changedSince({ worktree, redact }: WorkPlace, tree: Sha): Promise<TaskFailure | null> {
  const after = await trying(() => worktree.treeHash())
  if ('error' in after) {
    const log = redact(`It left files that git cannot read: ${after.error}`)
    return { reason: 'acceptance-failed', exitCode: 0, log }
  }
  if (after.value === tree) return null
  return { reason: 'acceptance-changed-files', paths: await worktree.changedPaths(tree, after.value) }
}

export const exitOf = (
  { exitCode, log }: CommandRun,
  reason: 'program-failed' | 'acceptance-failed',
): TaskFailure | null => (exitCode === 0 ? null : { reason, exitCode, log })

const trying = <Value>(work: () => Promise<Value>): Promise<{ value: Value } | { error: string }> =>
  work().then(
    (value) => ({ value }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  )

interface CheckPlace {
  deps: Pick<WorkDeps, 'worktree' | 'redact'>
  assignment: TaskAssignment
  task: Task
  settings: Settings
  checks: readonly ConflictCheck[]
  watch: Stopwatch
  words: CommitWords
}

/** Keeps what a worker has changed, and checks exactly that. */
export const checkerFor = (place: CheckPlace): Checker => ({
  commit: () => keep(place),
  check: (kept) => check(place, kept),
})

/** Commands leave files all over the tree; a task hands over what it declared and may write, and nobody is asked about the rest. */
async function keep({ deps, assignment, task, settings, words }: CheckPlace): Promise<WorkTreeState> {
  const { worktree } = deps
  const globs = protectedGlobs(settings)
  const mayWrite = (path: string) => matches(task.writes, path) && !isProtected(path, globs)
  const putBack = await worktree.putBack(mayWrite).catch(() => [])
  const left = await commitWork(deps, words)
  if (!left.ok) {
    const failure = { reason: 'program-failed', exitCode: 0, log: left.why } as const
    return { commit: null, paths: [], putBack, failure }
  }
  const { commit } = left
  const paths = commit === null ? [] : await worktree.changedPaths(assignment.base, commit.head)
  return { commit, paths, putBack, failure: null }
}

async function check({ deps, assignment, checks, watch }: CheckPlace, kept: WorkTreeState): Promise<CheckResult> {
  if (kept.failure !== null) return { failure: kept.failure, tree: null, log: '', seconds: 0 }
  if (kept.commit === null && !assignment.mayChangeNothing)
    return { failure: { reason: 'no-change' }, tree: null, log: '', seconds: 0 }
  return checkWork(deps, watch, checks, kept.commit)
}
