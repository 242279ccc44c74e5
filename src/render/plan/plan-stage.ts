import type { PlannedRun } from './planned-run.ts'
import { planningStage } from './planning-progress.ts'

/** What a plan waits for, or what has become of it. */
export type PlanStage =
  /** It is still being written. */
  | 'written'
  /** Another version was asked for. */
  | 'replaced'
  /** For an approval, of all of it or of the rest. */
  | 'waits'
  | 'approved'
  /** Mode `off`: it needs no approval. */
  | 'ungated'
  | 'ended'

export function planStage(run: PlannedRun): PlanStage {
  const { work } = run
  if (run.phase === 'ended') return 'ended'
  if (work.open) return 'written'
  if (planningStage(run) !== 'done') return 'replaced'
  if (work.mode === 'off') return 'ungated'
  return run.phase === 'proposed' || work.approved !== null ? 'waits' : 'approved'
}

/** Whether the plan, or a part of it, can be approved now. */
export const waitsForApproval = (run: PlannedRun): boolean => planStage(run) === 'waits'
