import type { Bench, Checked, Kept } from '../agent/worker/bench.ts'
import type { TaskAssignment } from '../core/assignment.ts'
import type { Check } from '../core/conflict.ts'
import { matches } from '../core/glob.ts'
import type { Task } from '../core/plan.ts'
import { isProtected, protectedGlobs } from '../core/protected.ts'
import type { Settings } from '../core/settings.ts'
import type { CommitWords } from '../ports/repo.ts'
import { checkWork, commitWork } from './work-accept.ts'
import type { Stopwatch } from './work-commands.ts'
import type { WorkDeps } from './work-deps.ts'

interface Place {
  deps: Pick<WorkDeps, 'worktree' | 'redact'>
  assignment: TaskAssignment
  task: Task
  settings: Settings
  checks: readonly Check[]
  watch: Stopwatch
  words: CommitWords
}

/** Keeps what a worker has changed, and checks exactly that. */
export const benchFor = (place: Place): Bench => ({
  keep: () => keep(place),
  check: (kept) => check(place, kept),
})

/** Commands leave files all over the tree; a task hands over what it declared and may write, and nobody is asked about the rest. */
async function keep({ deps, assignment, task, settings, words }: Place): Promise<Kept> {
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

async function check({ deps, assignment, checks, watch }: Place, kept: Kept): Promise<Checked> {
  if (kept.failure !== null) return { failure: kept.failure, tree: null, log: '', seconds: 0 }
  if (kept.commit === null && !assignment.mayChangeNothing)
    return { failure: { reason: 'no-change' }, tree: null, log: '', seconds: 0 }
  return checkWork(deps, watch, checks, kept.commit)
}
