import type { TaskId } from '../../core/ids.ts'
import { recordOf } from '../../core/run/lookup.ts'
import type { AttemptRecord } from '../../core/run/task-record.ts'
import type { PlannedRun } from '../plan/planned-run.ts'
import { displayStatus } from '../status/display-status.ts'

/** What the pull request of a task says at its top, and what a person can do with it. */
export type WorkerStage =
  | { kind: 'at work'; attempt: number; before: AttemptRecord | null }
  /** Its work is verified: `review` by a person, by a `model`, or `next` in line to land. */
  | { kind: 'verified'; waitsFor: 'review' | 'model' | 'approval' | 'next' }
  | { kind: 'failed' }
  | { kind: 'landed' }
  | { kind: 'left'; how: 'skipped' | 'cancelled' | 'run ended' }

export function workerStage(run: PlannedRun, id: TaskId): WorkerStage {
  if (run.work.trunk.merges.some(({ task }) => task === id) && isLanded(run, id)) return { kind: 'landed' }
  const status = displayStatus(run.work, id)
  switch (status) {
    case 'failed':
      return { kind: 'failed' }
    case 'skipped':
    case 'cancelled':
      return { kind: 'left', how: status }
    case 'landed':
      return { kind: 'verified', waitsFor: 'next' }
    case 'waits for a person':
      return { kind: 'verified', waitsFor: 'review' }
    case 'in review':
      return { kind: 'verified', waitsFor: 'model' }
    case 'waits for approval':
      return { kind: 'verified', waitsFor: 'approval' }
    case 'verified':
      return { kind: 'verified', waitsFor: 'next' }
    case 'at work':
    case 'queued':
    case 'waits for its needs':
    case 'waits for the model':
    case 'not approved':
    case 'blocked':
    case 'expanded':
      return run.phase === 'ended' ? { kind: 'left', how: 'run ended' } : atWork(run, id)
  }
}

/** A task that was merged and is worked on again has not landed. */
const isLanded = (run: PlannedRun, id: TaskId): boolean => recordOf(run.work, id).state.status === 'landed'

function atWork(run: PlannedRun, id: TaskId): WorkerStage {
  const { attempts } = recordOf(run.work, id)
  const last = attempts.at(-1)
  const isOver = last !== undefined && last.outcome !== 'open'
  return {
    kind: 'at work',
    attempt: isOver ? last.attempt + 1 : (last?.attempt ?? 1),
    before: (isOver ? last : attempts.at(-2)) ?? null,
  }
}
