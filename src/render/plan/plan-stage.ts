import { unapprovedPart } from '../../core/run/unapproved.ts'
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
  /** The base moved in its paths before all of it was approved. */
  | 'stale'
  | 'approved'
  /** Mode `off`: it needs no approval. */
  | 'ungated'
  | 'ended'

export function planStage(run: PlannedRun): PlanStage {
  const { work } = run
  // Where all of it was done, the plan stands as it did: to say so once more would be a write for nothing.
  if (run.phase === 'ended' && run.conclusion !== 'success' && run.conclusion !== 'merged') return 'ended'
  if (work.open) return 'written'
  if (planningStage(run) !== 'done') return 'replaced'
  if (work.mode === 'off') return 'ungated'
  if (unapprovedPart(run) === null) return 'approved'
  return work.baseSeen.stale ? 'stale' : 'waits'
}
