import type { Sha, TaskId } from '../../core/ids.ts'
import { suspects } from '../../core/landing/verification.ts'
import type { ActiveRun } from '../../core/run/state.ts'
import type { Work } from '../../core/run/work.ts'
import { wantedStages, wantsDescription } from '../../core/schedule/planning-stages.ts'
import { nextParked } from '../../core/schedule/ready.ts'
import { type PlanningStage, planningStage } from '../plan/planning-progress.ts'
import { type DisplayStatus, displayStatuses, tasksShownAs } from './display-status.ts'

/** Why the verification of trunk failed. `task`: the task whose merge broke trunk; `others` may have broken it too. */
export type TrunkFailure =
  | { cause: 'not-run' }
  | { cause: 'searching' }
  | { cause: 'base' }
  /** A commit that people made on trunk. */
  | { cause: 'adopted'; sha: Sha; author: string }
  | { cause: 'task'; task: TaskId; others: readonly TaskId[] }

/** What an active run is doing or waiting for. Its heading, its check and its next steps follow from this. */
export type RunPhase =
  | { kind: 'base-moved' }
  | { kind: 'out-of-money' }
  | { kind: 'paused'; by: string; why: string; refused: boolean }
  | { kind: 'running' }
  /** `rerun`: it failed, and runs once more on the same tree. */
  | { kind: 'verifying'; searching: boolean; rerun: boolean }
  | { kind: 'verification-failed'; failure: TrunkFailure }
  | { kind: 'planning'; stage: Exclude<PlanningStage, 'done'> }
  | { kind: 'describing' }
  | { kind: 'merging' }
  | { kind: 'waiting-for-person' }
  | { kind: 'stuck' }
  | { kind: 'waiting-for-approval' }
  | { kind: 'part-not-approved'; grew: boolean }
  | { kind: 'replanning' | 'expanding'; task: TaskId }
  | { kind: 'model-busy'; next: Date }
  | { kind: 'preparing' }

/** The first phase that applies: what stops the run comes before what the run is doing. */
export function phaseOf(run: ActiveRun): RunPhase {
  const { work, paused } = run
  if (work.baseSeen.stale) return { kind: 'base-moved' }
  if (paused?.cause === 'budget') return { kind: 'out-of-money' }
  if (paused !== null) return { kind: 'paused', by: paused.by, why: paused.why, refused: paused.cause === 'refused' }
  if (tasksShownAs(displayStatuses(work), 'at work', 'queued').length > 0) return { kind: 'running' }
  return verification(work) ?? planning(run) ?? idle(run)
}

function verification(work: Work): RunPhase | null {
  if (work.verification === null) return null
  switch (work.verification.status) {
    case 'queued':
    case 'in_progress':
      return {
        kind: 'verifying',
        searching: work.verification.on !== work.trunk.tip,
        rerun: work.failedOnce?.on === work.verification.on,
      }
    case 'failed':
      return { kind: 'verification-failed', failure: trunkFailure(work, work.verification) }
    case 'passed':
      return null
  }
}

/** A trunk can be broken while the run is paused or a task runs, so the next steps ask for this in every phase. */
export function trunkFailure(work: Work, { failure }: Work['verification'] & { status: 'failed' }): TrunkFailure {
  if (failure.reason !== 'verification-failed') return { cause: 'not-run' }
  if (work.culprit === null) return { cause: 'searching' }
  const adopted = work.trunk.adopted?.find(({ sha }) => sha === work.culprit?.adopted)
  if (adopted !== undefined) return { cause: 'adopted', ...adopted }
  const [task, ...others] = suspects(work)
  return task === undefined ? { cause: 'base' } : { cause: 'task', task, others }
}

/** The plan, or another version of it, is being written, and no task is running. */
function planning(run: ActiveRun): RunPhase | null {
  const stage = planningStage(run)
  return stage === 'done' ? null : { kind: 'planning', stage }
}

/** No task, verification or planning is running. */
function idle(run: ActiveRun): RunPhase {
  const { work } = run
  const statuses = displayStatuses(work)
  const some = (...wanted: DisplayStatus[]) => tasksShownAs(statuses, ...wanted).length > 0
  if (wantsDescription(run)) return { kind: 'describing' }
  if (some('verified', 'in review')) return { kind: 'merging' }
  if (some('waits for a person')) return { kind: 'waiting-for-person' }
  const stages = wantedStages(run)
  const isReplanning = stages.some(({ name }) => name === 'replan')
  if (some('failed', 'cancelled') && !isReplanning) return { kind: 'stuck' }
  if (some('waits for approval') && !some('waits for its needs')) return { kind: 'waiting-for-approval' }
  if (some('not approved') && !some('waits for its needs'))
    return { kind: 'part-not-approved', grew: work.amendments.some(({ within }) => !within) }
  // After all that a person can decide: the headline would hide it.
  const parked = nextParked(work)
  if (parked !== null) return { kind: 'model-busy', next: parked }
  const stage = stages.find(({ name }) => name === 'replan' || name === 'expand' || name === 'scope')
  if (stage?.task == null) return { kind: 'preparing' }
  return { kind: stage.name === 'replan' ? 'replanning' : 'expanding', task: stage.task }
}

/** What keeps the run from going on: nothing, a person who must act, or a trunk that fails its verification. */
export function runBlocker(phase: RunPhase): 'none' | 'person' | 'broken' {
  switch (phase.kind) {
    case 'verification-failed':
      return 'broken'
    case 'base-moved':
    case 'out-of-money':
    case 'waiting-for-person':
    case 'stuck':
    case 'waiting-for-approval':
    case 'part-not-approved':
      return 'person'
    case 'planning':
      return phase.stage === 'questions' ? 'person' : 'none'
    case 'paused':
      // A person who paused it knows that it waits for a person.
      return phase.by === 'tributary' ? 'person' : 'none'
    case 'running':
    case 'verifying':
    case 'describing':
    case 'merging':
    case 'replanning':
    case 'expanding':
    case 'model-busy':
    case 'preparing':
      return 'none'
  }
}
