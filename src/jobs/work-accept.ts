import type { Checked, Commit } from '../agent/worker/bench.ts'
import type { Check } from '../core/conflict.ts'
import type { TaskFailure } from '../core/failure.ts'
import type { Sha } from '../core/ref.ts'
import type { CommitWords } from '../ports/repo.ts'
import type { CommandRun } from '../ports/sandbox.ts'
import type { Stopwatch } from './work-commands.ts'
import type { WorkDeps } from './work-deps.ts'

type Place = Pick<WorkDeps, 'worktree' | 'redact'>
type Command = Pick<Check, 'argv'>

/** Everything that a worker left, as one commit; null where it changed nothing. A worker may leave what git cannot take. */
export async function commitWork(
  { worktree, redact }: Place,
  words: CommitWords,
): Promise<{ ok: true; commit: Commit | null } | { ok: false; why: string }> {
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
  place: Place,
  watch: Stopwatch,
  checks: readonly Command[],
  commit: Commit | null,
): Promise<Checked> {
  if (checks.length === 0) return { failure: NO_ACCEPTANCE, tree: null, log: '', seconds: 0 }
  const tree = commit?.tree ?? (await place.worktree.treeHash())
  const cleared = await trying(() => place.worktree.removeUntracked())
  if ('error' in cleared) return { failure: leftBehind(place, cleared.error), tree, log: '', seconds: 0 }
  const { failure, log, seconds } = await runAll(watch, checks)
  return { failure: failure ?? (await changedSince(place, tree)), tree, log, seconds }
}

/** What is no part of the tree could be what makes the acceptance pass. */
const leftBehind = ({ redact }: Place, error: string): TaskFailure => ({
  reason: 'acceptance-failed',
  exitCode: 0,
  log: redact(`What was left beside the work cannot be removed: ${error}`),
})

async function runAll(watch: Stopwatch, checks: readonly Command[]): Promise<Omit<Checked, 'tree'>> {
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
async function changedSince({ worktree, redact }: Place, tree: Sha): Promise<TaskFailure | null> {
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
