import { attemptRef, branchRef, type RunId, type Sha, taskBranch, trunkBranch } from '../ids.ts'
import { isAssembled, nextVerdict } from '../landing/verification.ts'
import { stageAllowance } from '../money/allowance.ts'
import type { NewEvent } from '../run/event.ts'
import { type ActiveRun, type LiveRun, workOf } from '../run/state.ts'
import type { TaskRecord } from '../run/task-record.ts'
import { tasksWithStatus } from '../run/task-status.ts'
import type { Work } from '../run/work.ts'
import { awaitsBaseline } from './baseline.ts'
import { planTry } from './plan-command.ts'
import { wantedStages, wantsDescription } from './planning-stages.ts'
import { nextParked } from './ready.ts'
import { tasksAwaitingReview } from './review-reasons.ts'

/** Verifies an assembled trunk, then finishes the run or searches for the merge that broke it; null: there is nothing to decide. */
export function nextTowardsEnd(run: ActiveRun, hasModel: boolean): NewEvent | null {
  const { work, paused } = run
  if (paused !== null || !isAssembled(work)) return null
  const verdict = nextVerdict(work)
  switch (verdict.next) {
    case 'wait':
      return null
    case 'verify':
      return { type: 'verification_queued', on: verdict.on, attempt: work.verifications + 1 }
    case 'passed':
      // The description of the change comes before the end: no stage runs after it.
      if (hasModel && wantsDescription(run) && canPayForDescription(run)) return null
      return { type: 'run_finished', sha: work.trunk.tip }
    case 'culprit':
      if (work.culprit !== null) return null
      return { type: 'culprit_found', task: verdict.task, ...(verdict.adopted && { adopted: verdict.adopted }) }
  }
}

const canPayForDescription = (run: ActiveRun): boolean =>
  wantedStages(run).some(
    (stage) => stage.name === 'synthesis' && (stage.key in run.ledger.reserved || stageAllowance(run, stage) !== null),
  )

/** Only a person can move the run on: no task is at work, ready or being reviewed, no verification is due, and no baseline is taken. A paused run starts nothing. */
export function isIdle(state: LiveRun): boolean {
  if (planTry(state) !== null) return false
  if (state.phase !== 'active') return !awaitsBaseline(state)
  const { verification } = state.work
  if (verification?.status === 'in_progress') return false
  if (state.paused !== null) return tasksWithStatus(state.work, 'in_progress').length === 0
  if (nextParked(state.work) !== null || tasksAwaitingReview(state.work).length > 0) return false
  return verification?.status !== 'queued' && tasksWithStatus(state.work, 'in_progress', 'queued').length === 0
}

/** A ref that is to go, and the commit at which it is known to be. */
interface LeftoverRef {
  ref: string
  from: Sha
}

/**
 * Refs that an ended run leaves behind for nothing: of a merged one all but the journal, of a closed one the task branches,
 * of one without a result the branches without work. None, if the settings keep them.
 */
export function leftoverBranches(state: LiveRun): LeftoverRef[] {
  const work = workOf(state)
  if (state.phase !== 'ended' || work === null || state.conclusion === 'success' || work.settings.keep_branches)
    return []
  const isClosed = state.conclusion === 'merged' || state.conclusion === 'closed'
  const { tip, merges } = work.trunk
  const ofTasks = Object.entries(work.tasks).flatMap(([id, record]) => {
    const last = record.attempts.at(-1)
    if (last === undefined || (!isClosed && hasWork(record))) return []
    return [{ ref: branchRef(taskBranch(state.run, id)), from: last.head ?? last.base }]
  })
  const trunk = { ref: branchRef(trunkBranch(state.run)), from: state.head ?? tip }
  if (state.conclusion === 'merged') return [...ofTasks, ...keptAttempts(state.run, work), trunk]
  return !isClosed && merges.length === 0 ? [...ofTasks, trunk] : ofTasks
}

/** Where attempts are kept that were followed by another one, or whose branch others moved. */
const keptAttempts = (run: RunId, { tasks }: Work): LeftoverRef[] =>
  Object.entries(tasks).flatMap(([id, { attempts }]) =>
    attempts.flatMap(({ attempt, head }) => (head === null ? [] : [{ ref: attemptRef(run, id, attempt), from: head }])),
  )

function hasWork({ state, attempts }: TaskRecord): boolean {
  const last = attempts.at(-1)
  return state.status === 'landed' || (last !== undefined && last.head !== null && last.head !== last.base)
}
