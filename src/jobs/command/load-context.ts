import type { Person } from '../../core/command/authority.ts'
import type { Failure } from '../../core/failure.ts'
import { issueOf, parseBranch, type RunId, type Sha, type TaskId } from '../../core/ids.ts'
import { err, ok, type Result } from '../../core/result.ts'
import { emptyRun, type RunState } from '../../core/run/state.ts'
import type { Settings } from '../../core/settings.ts'
import type { PullRequest } from '../../ports/forge.ts'
import { type Journal, JournalUnreadable } from '../../ports/journal.ts'
import type { CommandComment, CommandDeps } from '../deps.ts'
import { readSettingsNow } from '../settings-now.ts'

/** The run of an issue or pull request, as the journal has it now. */
export interface RunThread {
  run: RunId | null
  task: TaskId | null
  state: RunState
  tip: Sha | null
  /** Runs that the issue has had. */
  count: number
  issue: number
  /** The pull request on which the command was typed, as it is now. */
  pull: PullRequest | null
  again(): Promise<RunThread>
}

export interface LoadedContext {
  person: Person
  settings: Settings
  thread: RunThread
}

/** Loads settings and the run's state at the same time: all that a decision depends on, besides who types. */
export async function loadContext(
  deps: CommandDeps,
  comment: CommandComment,
  person: Person,
): Promise<Result<LoadedContext, Failure>> {
  const [settings, thread] = await Promise.all([readSettingsNow(deps), threadOf(deps, comment).then(ok, unreadable)])
  if (!thread.ok) return thread
  if (!settings.ok) return err({ reason: 'bad-settings', problems: settings.error })
  return ok({ person, settings: settings.value, thread: thread.value })
}

function unreadable(error: unknown): Result<never, Failure> {
  if (!(error instanceof JournalUnreadable)) throw error
  return err({ reason: 'journal-unreadable', run: error.run, detail: error.message })
}

export async function threadOf(deps: CommandDeps, comment: CommandComment): Promise<RunThread> {
  if (!comment.issue.isPull) return latestRun(deps.journal, comment.issue.number)
  const pull = await deps.forge.pull(comment.issue.number)
  const branch = pull?.headBranch == null ? null : parseBranch(pull.headBranch)
  if (branch === null) return { ...noRun(comment.issue.number), pull, again: () => threadOf(deps, comment) }
  return runThread(deps.journal, branch.run, branch.task === 'trunk' ? null : branch.task, pull)
}

const noRun = (issue: number): Omit<RunThread, 'again'> => ({
  run: null,
  task: null,
  state: emptyRun,
  tip: null,
  count: 0,
  issue,
  pull: null,
})

export async function latestRun(journal: Journal, issue: number): Promise<RunThread> {
  const { runs } = await journal.runsOf(issue)
  const last = runs.at(-1)
  const again = () => latestRun(journal, issue)
  if (last === undefined) return { ...noRun(issue), again }
  const read = await journal.read(last.run)
  return {
    ...noRun(issue),
    run: last.run,
    state: read?.state ?? emptyRun,
    tip: read?.tip ?? null,
    count: runs.length,
    again,
  }
}

async function runThread(
  journal: Journal,
  run: RunId,
  task: TaskId | null,
  pull: PullRequest | null,
): Promise<RunThread> {
  const read = await journal.read(run)
  const again = () => runThread(journal, run, task, pull)
  const issue = issueOf(run)
  const { runs } = await journal.runsOf(issue)
  if (read === null) return { ...noRun(issue), again }
  return { run, task, state: read.state, tip: read.tip, count: runs.length, issue, pull, again }
}
