import { failureLog, type TaskFailure } from '../../core/failure.ts'
import { workflowRunOf } from '../../core/slots/slot-jobs.ts'
import { failingPlaces } from '../markdown/failing-lines.ts'
import type { PlannedRun } from '../plan/planned-run.ts'
import type { CheckOutput } from './check-state.ts'

/** The job that a check links as its details. `slot`: null if none worked on it; `job`: absent if it is not known. */
export const detailsOf = (
  run: PlannedRun,
  { slot, job }: { slot: string | null; job?: number | undefined },
): Pick<CheckOutput, 'workflowRun' | 'job'> => ({
  ...(slot === null ? {} : { workflowRun: workflowRunOf(run, slot) }),
  ...(job !== undefined && { job }),
})

/** The lines of the commit that the output of a failure names. */
export function annotationsOf(failure: TaskFailure | null): Pick<CheckOutput, 'annotations'> {
  const places = failure === null ? [] : failingPlaces(failureLog(failure))
  return places.length === 0 ? {} : { annotations: places }
}
