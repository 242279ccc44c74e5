import type { TaskId } from '../../core/ids.ts'
import type { ActiveRun, Work } from '../../core/run/state.ts'
import { wantedStages, wantsDescription } from '../../core/schedule/planning-stages.ts'
import { type PlanningStage, planningStage } from '../plan/planning-progress.ts'
import { type Standing, standingAs, standingsOf } from './task-standing.ts'

/** What an active run is at, or what it waits for. Its heading, its check and what it asks of people follow from this. */
export type RunPhase =
  | { kind: 'base-moved' }
  | { kind: 'out-of-money' }
  | { kind: 'paused'; by: string }
  | { kind: 'running' }
  | { kind: 'verifying'; searching: boolean }
  | { kind: 'verification-failed' }
  | { kind: 'planning'; stage: Exclude<PlanningStage, 'done'> }
  | { kind: 'describing' }
  | { kind: 'merging' }
  | { kind: 'waiting-for-person' }
  | { kind: 'stuck' }
  | { kind: 'waiting-for-approval' }
  | { kind: 'part-not-approved'; grew: boolean }
  | { kind: 'replanning' | 'expanding'; task: TaskId }
  | { kind: 'preparing' }

/** The first that applies: what stops the run comes before what it is at. */
export function phaseOf(run: ActiveRun): RunPhase {
  const { work, paused } = run
  if (work.baseSeen.stale) return { kind: 'base-moved' }
  if (paused !== null) return paused.cause === 'budget' ? { kind: 'out-of-money' } : { kind: 'paused', by: paused.by }
  if (standingAs(standingsOf(work), 'at work', 'queued').length > 0) return { kind: 'running' }
  return verification(work) ?? planning(run) ?? between(run)
}

function verification({ verification: found, trunk }: Work): RunPhase | null {
  switch (found?.status) {
    case 'queued':
    case 'in_progress':
      return { kind: 'verifying', searching: found.on !== trunk.tip }
    case 'failed':
      return { kind: 'verification-failed' }
    default:
      return null
  }
}

/** The plan, or another version of it, is being written, and no task is at work meanwhile. */
function planning(run: ActiveRun): RunPhase | null {
  const stage = planningStage(run)
  return stage === 'done' ? null : { kind: 'planning', stage }
}

/** Nothing is at work. */
function between(run: ActiveRun): RunPhase {
  const { work } = run
  const standings = standingsOf(work)
  const some = (...wanted: Standing[]) => standingAs(standings, ...wanted).length > 0
  if (wantsDescription(run)) return { kind: 'describing' }
  if (some('verified')) return { kind: 'merging' }
  if (some('waits for a person')) return { kind: 'waiting-for-person' }
  const stages = wantedStages(run)
  const isReplanning = stages.some(({ name }) => name === 'replan')
  if (some('failed', 'cancelled') && !isReplanning) return { kind: 'stuck' }
  if (some('waits for approval') && !some('waits for its needs')) return { kind: 'waiting-for-approval' }
  if (some('not approved') && !some('waits for its needs'))
    return { kind: 'part-not-approved', grew: work.amendments.some(({ within }) => !within) }
  const stage = stages.find(({ name }) => name === 'replan' || name === 'expand' || name === 'scope')
  if (stage?.task == null) return { kind: 'preparing' }
  return { kind: stage.name === 'replan' ? 'replanning' : 'expanding', task: stage.task }
}

/** What the run's check has to say of it: the machine goes on by itself, a person must act, or trunk is broken. */
export function standstill(phase: RunPhase): 'none' | 'person' | 'broken' {
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
    case 'running':
    case 'verifying':
    case 'describing':
    case 'merging':
    case 'replanning':
    case 'expanding':
    case 'preparing':
      return 'none'
  }
}
