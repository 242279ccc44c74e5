import { locatedPull } from '../../core/run/projection-name.ts'
import type { ActiveRun, EndedRun, LiveRun, ProposedRun } from '../../core/run/state.ts'
import type { Work } from '../../core/run/work.ts'

/** A run that has a plan to show. */
export type PlannedRun = ProposedRun | ActiveRun | (EndedRun & { work: Work })

export const isPlanned = (run: LiveRun): run is PlannedRun => run.phase !== 'requested' && run.work !== null

/** `#51`, which GitHub links; null if the pull request does not exist. `name`: `trunk` or a task's id. */
export function pullOf(run: LiveRun, name: string): string | null {
  const found = locatedPull(run, name)
  return found === undefined ? null : `#${found.number}`
}
