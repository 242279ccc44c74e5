import type { TaskId } from '../../core/ids.ts'
import { type Planning, unanswered } from '../../core/plan/planning.ts'
import { taskOf } from '../../core/run/lookup.ts'
import type { ActiveRun, LiveRun } from '../../core/run/state.ts'
import { unapprovedPart } from '../../core/run/unapproved.ts'
import { isPlannedAgain, planWaitsForMoney } from '../../core/schedule/planning-stages.ts'
import { isPlanned, type PlannedRun } from '../plan/planned-run.ts'
import { displayStatuses, tasksShownAs } from './display-status.ts'
import { type TrunkFailure, trunkFailure } from './run-phase.ts'

/** What waits for a person: without it the run, or a part of it, does not go on. */
export type Need =
  | { kind: 'answers'; planning: Planning }
  /** A larger limit. */
  | { kind: 'money' }
  | { kind: 'approval'; part: 'all' | 'rest'; run: PlannedRun }
  /** The base moved in paths of a plan before any of it started. */
  | { kind: 'another-plan' }
  /** The run is paused, also since the base moved in its paths. */
  | { kind: 'resume' }
  /** Trunk fails its verification, and the search for the cause is over. */
  | { kind: 'verification'; failure: Exclude<TrunkFailure, { cause: 'searching' }> }
  | { kind: 'gate'; task: TaskId }
  /** The task is verified, and lands when a person says so. */
  | { kind: 'landing'; task: TaskId }
  /** The task failed for good, or people cancelled it: another attempt, or the run goes on without it. */
  | { kind: 'retry'; task: TaskId }
  /** The run is done: a person looks at the result and takes it over. */
  | { kind: 'result' }

/** All that waits for a person, most urgent first. What else goes on meanwhile does not matter. */
export function needsOf(run: LiveRun): Need[] {
  switch (run.phase) {
    case 'requested':
      return planningNeeds(run, planWaitsForMoney(run))
    case 'proposed':
      return [...planningNeeds(run, planWaitsForMoney(run)), ...planNeeds(run)]
    case 'active':
      return active(run)
    case 'ended':
      return run.conclusion === 'success' ? [{ kind: 'result' }] : []
  }
}

const planningNeeds = ({ planning }: LiveRun, wantsMoney: boolean): Need[] => [
  ...(planning !== null && unanswered(planning).length > 0 ? [{ kind: 'answers', planning } as const] : []),
  ...(wantsMoney ? [{ kind: 'money' } as const] : []),
]

function planNeeds(run: LiveRun): Need[] {
  const part = unapprovedPart(run)
  if (part === null || !isPlanned(run)) return []
  if (!run.work.baseSeen.stale) return [{ kind: 'approval', part, run }]
  // An active run is paused for that, and goes on with the old base if a person says so.
  return run.phase === 'proposed' ? [{ kind: 'another-plan' }] : []
}

function active(run: ActiveRun): Need[] {
  const { work, paused } = run
  const statuses = displayStatuses(work)
  const isGate = (id: TaskId) => taskOf(work, id).kind === 'gate'
  return [
    ...planningNeeds(run, paused?.cause === 'budget'),
    ...(work.baseSeen.stale || (paused !== null && paused.cause !== 'budget') ? [{ kind: 'resume' } as const] : []),
    ...planNeeds(run),
    ...verificationNeeds(run),
    ...tasksShownAs(statuses, 'waits for a person').map(
      (task): Need => ({ kind: isGate(task) ? 'gate' : 'landing', task }),
    ),
    ...tasksShownAs(statuses, 'failed', 'cancelled').flatMap((task): Need[] =>
      isPlannedAgain(run, taskOf(work, task)) ? [] : [{ kind: 'retry', task }],
    ),
  ]
}

function verificationNeeds({ work }: ActiveRun): Need[] {
  if (work.verification?.status !== 'failed') return []
  const failure = trunkFailure(work, work.verification)
  return failure.cause === 'searching' ? [] : [{ kind: 'verification', failure }]
}
