import type { Checker, CheckResult, WorkTreeState } from '../../agent/worker/checker.ts'
import type { TaskFailure } from '../../core/failure.ts'
import type { Sha } from '../../core/ids.ts'
import { noChange } from '../../core/landing/verdict.ts'
import { matches } from '../../core/plan/glob.ts'
import type { Argv, Task } from '../../core/plan/plan.ts'
import { isProtected, protectedGlobs } from '../../core/plan/protected-paths.ts'
import type { Report } from '../../core/run/report.ts'
import type { ConflictCheck } from '../../core/schedule/conflict.ts'
import { RERUN_SHARE } from '../../core/schedule/retry-ladder.ts'
import type { Settings } from '../../core/settings.ts'
import type { TaskAssignment } from '../../core/slots/assignment.ts'
import type { AttemptOutcome } from '../../core/slots/slot-result.ts'
import type { CommitWords } from '../../ports/repo.ts'
import type { CommandRun } from '../../ports/sandbox.ts'
import type { Stopwatch } from './commands.ts'
import type { WorkDeps } from './work-deps.ts'

type WorkPlace = Pick<WorkDeps, 'worktree' | 'redact'>
type Check = Pick<ConflictCheck, 'argv'>

export const NO_ACCEPTANCE: TaskFailure = {
  reason: 'acceptance-failed',
  exitCode: 0,
  log: 'The task has no acceptance command: nothing shows that its work is good.',
}

/** The acceptance may pass only because of files that are not part of the commit. */
const leftBehind = ({ redact }: WorkPlace, error: string): TaskFailure => ({
  reason: 'acceptance-failed',
  exitCode: 0,
  log: redact(`What was left beside the work cannot be removed: ${error}`),
})

async function runAll(place: CheckPlace, tree: Sha): Promise<Omit<CheckResult, 'tree'>> {
  const { watch, checks } = place
  let log = ''
  let seconds = 0
  let failure: TaskFailure | null = null
  const flaky: string[] = []
  for (const { argv } of checks) {
    const { ran, first } = await runTwice(place, argv, tree)
    seconds += ran.seconds + (first?.seconds ?? 0)
    const passed = !ran.timedOut && ran.exitCode === 0
    if (first !== null && passed) flaky.push(argv.join(' '))
    const output = first !== null && passed ? withFirst(first, ran) : ran.log
    log += checks.length === 1 ? output : `$ ${argv.join(' ')}\n${output.trimEnd()}\n`
    failure = watch.failureOf(ran) ?? exitOf(ran, 'acceptance-failed')
    if (failure !== null) break
  }
  return { failure, log, seconds, ...(flaky.length > 0 && { flaky }) }
}

/** `first`: the run that failed, if the check ran again. */
async function runTwice(place: CheckPlace, argv: Argv, tree: Sha) {
  const ran = await place.watch.run(argv)
  return (await mayBeChance(place, ran, tree)) ? { ran: await place.watch.run(argv), first: ran } : { ran, first: null }
}

const withFirst = (first: CommandRun, again: CommandRun): string =>
  `${first.log.trimEnd()}\n[exit code ${first.exitCode}; it ran again on the same tree and passed:]\n${again.log}`

/** Whether a failed check runs again: if that is cheap, and the tree is what it was before. */
async function mayBeChance({ deps, watch, assignment }: CheckPlace, ran: CommandRun, tree: Sha): Promise<boolean> {
  if (ran.timedOut || ran.exitCode === 0) return false
  if (ran.seconds > assignment.minutes * 60 * RERUN_SHARE || watch.left() < ran.seconds) return false
  const cleared = await trying(() => deps.worktree.removeUntracked())
  return !('error' in cleared) && (await changedSince(deps, tree)) === null
}

/** The checks must have passed on what is handed over, not on files that they changed themselves. */
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
  deps: WorkPlace
  assignment: TaskAssignment
  checks: readonly Check[]
  watch: Stopwatch
  words: CommitWords
  /**
   * Changes of other paths are undone before the commit. Null: no change is undone, the audit refuses what is outside, and
   * the paths are not listed.
   */
  mayWrite: ((path: string) => boolean) | null
}

/** Commits what a worker has changed, and checks exactly that: the one way of every attempt, of a program or an agent. */
export const checkerFor = (place: CheckPlace): Checker => ({
  putBack: () => putBack(place),
  commit: () => commitWork(place),
  check: (workTree) => check(place, workTree),
})

/** Commands leave files all over the tree; an agent hands over what its task declares and may write. */
export function writableBy(task: Task, settings: Settings): (path: string) => boolean {
  const globs = protectedGlobs(settings)
  return (path) => matches(task.writes, path) && !isProtected(path, globs)
}

const putBack = async ({ deps: { worktree, redact }, mayWrite }: CheckPlace): Promise<string[]> =>
  mayWrite === null ? [] : (await worktree.putBack(mayWrite)).map(redact)

async function commitWork(place: CheckPlace): Promise<WorkTreeState> {
  const { deps, assignment, words, mayWrite } = place
  const { worktree, redact } = deps
  const restored = await putBack(place).catch(() => [])
  // A worker may leave what git cannot commit.
  const left = await trying(() => worktree.commitAll(words))
  if ('error' in left) {
    const log = redact(`What was left cannot be committed: ${left.error}`)
    return { commit: null, paths: [], putBack: restored, failure: { reason: 'program-failed', exitCode: 0, log } }
  }
  const commit = left.value
  const paths = commit === null || mayWrite === null ? [] : await worktree.changedPaths(assignment.base, commit.head)
  return { commit, paths, putBack: restored, failure: null }
}

/** Runs every check. All must pass, no check at all is a failure, and none may see or change anything but the commit. */
async function check(place: CheckPlace, workTree: WorkTreeState): Promise<CheckResult> {
  const { deps, assignment, checks } = place
  if (workTree.failure !== null) return unchecked(workTree.failure)
  const idle = noChange({ changed: workTree.commit !== null, mayChangeNothing: assignment.mayChangeNothing })
  if (idle !== null) return unchecked(idle)
  if (checks.length === 0) return unchecked(NO_ACCEPTANCE)
  const tree = workTree.commit?.tree ?? (await deps.worktree.treeHash())
  const cleared = await trying(() => deps.worktree.removeUntracked())
  if ('error' in cleared) return unchecked(leftBehind(deps, cleared.error), tree)
  const ran = await runAll(place, tree)
  return { ...ran, failure: ran.failure ?? (await changedSince(deps, tree)), tree }
}

const unchecked = (failure: TaskFailure, tree: Sha | null = null): CheckResult => ({
  failure,
  tree,
  log: '',
  seconds: 0,
})

/** How an attempt ended. `check`: null if its failure came before the checks. */
interface AttemptEnd {
  assignment: Pick<TaskAssignment, 'task' | 'base'>
  workTree: Pick<WorkTreeState, 'commit'>
  failure: TaskFailure | null
  check: CheckResult | null
  report: Report
}

/** What is handed over: a failed attempt's commit too, so that its branch can show it. */
export function outcomeOf({ assignment, workTree: { commit }, failure, check, report }: AttemptEnd): AttemptOutcome {
  if (failure !== null)
    return { kind: 'failed', failure, head: commit?.head ?? null, tree: commit?.tree ?? null, report }
  const tree = check?.tree
  if (tree == null) throw new Error(`${assignment.task} was accepted without a tree`)
  return { kind: 'done', head: commit?.head ?? assignment.base, tree, report }
}
