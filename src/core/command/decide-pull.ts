import type { Failure } from '../failure.ts'
import { type Sha, type TaskId, taskBranch, trunkBranch } from '../ids.ts'
import { ownOf } from '../own.ts'
import { ok, type Result } from '../result.ts'
import type { RunEvent } from '../run/event.ts'
import { recordOf } from '../run/lookup.ts'
import { locatedPull } from '../run/projection-name.ts'
import { type ActiveRun, type LiveRun, type RunState, workOf } from '../run/state.ts'
import type { TaskState } from '../run/task-record.ts'
import type { Settings } from '../settings.ts'
import { askersOf, mayApprove, mayCommand, type Person } from './authority.ts'

/** What a person did to a pull request whose head is a branch of this repository. */
export interface PullAction {
  action: 'merged' | 'closed' | 'reopened'
  number: number
  headBranch: string
  baseBranch: string
  head: Sha
}

/** Whether the run has its end already, and a final pull request that is closed or merged changes nothing. */
export const isPullOver = (state: RunState, merged: boolean): boolean => {
  if (state.phase === 'empty') return true
  if (state.phase !== 'ended' || state.conclusion === 'success') return false
  return !merged || state.conclusion === 'merged'
}

/** Whether it is the run's final pull request. People may open others from trunk, which end nothing. */
export function isFinalPull(state: LiveRun, pull: Omit<PullAction, 'action'>): boolean {
  if (pull.headBranch !== trunkBranch(state.run)) return false
  const known = locatedPull(state, 'trunk')
  return known === undefined ? pull.baseBranch === workOf(state)?.baseBranch : known.number === pull.number
}

function isWorkerPull(state: LiveRun, task: TaskId, pull: PullAction): boolean {
  const known = locatedPull(state, task)
  if (known !== undefined) return known.number === pull.number
  return pull.headBranch === taskBranch(state.run, task) && pull.baseBranch === trunkBranch(state.run)
}

/** What is said on a worker pull request after a person closed, merged or reopened it. */
export type PullAnswer =
  | { code: 'landing-approved'; run: string; task: TaskId }
  /** Trunk has it, but the task has not landed. */
  | { code: 'merged-unverified'; task: TaskId; status: TaskState['status'] }
  | { code: 'skip-asked'; task: TaskId }
  | { code: 'pull-reopened'; task: TaskId }

interface PullDecision {
  events: RunEvent[]
  answer: PullAnswer
}

/** Null: it is none of the run's business, or changes nothing. */
export function decideWorkerPull(
  state: LiveRun,
  task: TaskId,
  pull: PullAction,
  { person, settings, at }: { person: Person; settings: Settings; at: string },
): Result<PullDecision, Failure> | null {
  if (state.phase !== 'active' || !isWorkerPull(state, task, pull)) return null
  if (ownOf(state.work.tasks, task) === undefined || person.type !== 'User') return null
  if (!isOpen(recordOf(state.work, task).state)) return null
  const stamp = { at, by: person.login }
  const allowed =
    pull.action === 'merged' ? mayApprove(person, settings, askersOf(state)) : mayCommand(person, settings)
  if (!allowed.ok) return allowed
  switch (pull.action) {
    case 'merged':
      return ok(decideMerged(state, task, pull, stamp))
    case 'closed':
      return ok({ events: [{ type: 'worker_pull_closed', ...stamp, task }], answer: { code: 'skip-asked', task } })
    case 'reopened':
      return decideReopened(state, task, stamp)
  }
}

/** Whether anything of it can still land. */
const isOpen = ({ status }: TaskState): boolean => !['landed', 'expanded', 'skipped', 'cancelled'].includes(status)

type Stamp = Pick<RunEvent, 'at' | 'by'>

/** A merge is an approval of what was verified, and of nothing else. */
function decideMerged({ run, work }: ActiveRun, task: TaskId, { head }: PullAction, stamp: Stamp): PullDecision {
  const { state } = recordOf(work, task)
  if (state.status !== 'verified' || state.head !== head)
    return { events: [], answer: { code: 'merged-unverified', task, status: state.status } }
  const landed: RunEvent = { type: 'task_landed', ...stamp, task, attempt: state.attempt }
  return { events: [landed], answer: { code: 'landing-approved', run, task } }
}

function decideReopened({ work }: ActiveRun, task: TaskId, stamp: Stamp): Result<PullDecision, Failure> | null {
  const { state, pullClosed } = recordOf(work, task)
  if (pullClosed === undefined) return null
  const events: RunEvent[] = [{ type: 'worker_pull_reopened', ...stamp, task }]
  // It would have landed by itself, had the pull request been open.
  if (state.status === 'verified' && work.settings.merge === 'auto' && state.review === undefined)
    events.push({ type: 'task_landed', ...stamp, task, attempt: state.attempt })
  return ok({ events, answer: { code: 'pull-reopened', task } })
}
