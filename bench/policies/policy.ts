import type { OrchestratorStep } from '../../src/jobs/orchestrate/session/session.ts'
import type { TimedWorkload } from '../graphs/workload.ts'
import type { Costs } from '../machine/conditions.ts'

/** A policy for running a plan in the same machine. */
export interface Policy {
  name: string
  steps(workload: TimedWorkload): readonly OrchestratorStep[]
  /** Its costs, if they differ from ours. */
  costs?(costs: Costs): Costs
  /** How many slots it makes use of, of those it may have. */
  slots?(allowed: number): number
}
