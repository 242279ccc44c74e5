import { criticalPath, work } from '../../src/core/plan/graph.ts'
import { type Member, minutesIn } from '../graphs/corpus.ts'
import type { Outcome } from './machine.ts'

/** Of floating-point numbers: times are whole milliseconds. */
const ROUNDING = 1e-6

/**
 * Upper bound, in minutes, of any schedule that leaves no slot idle while a task is ready (Graham 1966). It does not hold for
 * tasks that wait for each other because they write the same paths.
 */
export const grahamCeiling = (criticalPathMinutes: number, workMinutes: number, slots: number): number =>
  criticalPathMinutes * (1 - 1 / slots) + workMinutes / slots

export const overCeiling = (share: number): boolean => !(share <= 1 + ROUNDING)

/**
 * The makespan as a share of Graham's ceiling. Throws where it is above: a slot was idle while a task could have started.
 * For schedules that promise not to do so alone: no barriers, no costs, no failures, and no tasks that write the same paths.
 */
export function heldToGraham(
  { makespan }: Outcome,
  { workload, key }: Pick<Member, 'workload' | 'key'>,
  slots: number,
) {
  const { tasks } = workload.plan
  const takes = minutesIn(workload)
  const path = criticalPath(tasks, takes).reduce((sum, id) => sum + takes({ id }), 0)
  const share = makespan / grahamCeiling(path, work(tasks, takes), slots)
  if (overCeiling(share)) throw new Error(`${key} on ${slots} slots takes ${share} of Graham’s ceiling`)
  return share
}
