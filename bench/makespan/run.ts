import type { Member } from '../graphs/corpus.ts'
import { noCosts } from '../machine/conditions.ts'
import { heldToGraham } from '../machine/graham.ts'
import { runMachine } from '../machine/machine.ts'
import { measuredCosts } from '../machine/measured.ts'
import type { Policy } from '../policies/policy.ts'

export const B1 = 'B1'

/** Minutes of a run under a policy, costs counted in: each policy meets the same draws of them. */
export async function minutesWithCosts(policy: Policy, member: Member, slots: number): Promise<number> {
  const costs = measuredCosts(member.key)
  const { makespan } = await runMachine(member.workload, {
    slots: policy.slots?.(slots) ?? slots,
    steps: policy.steps(member.workload),
    costs: policy.costs?.(costs) ?? costs,
  })
  return makespan
}

/** A run that costs nothing but its work. */
const freeRun = (policy: Policy, { workload }: Member, slots: number) =>
  runMachine(workload, { slots, steps: policy.steps(workload), costs: noCosts })

/** Minutes of a run without costs. For policies with barriers, which Graham's ceiling does not hold for. */
export const minutesFree = async (policy: Policy, member: Member, slots: number): Promise<number> =>
  (await freeRun(policy, member, slots)).makespan

export interface Held {
  makespan: number
  /** The makespan as a share of Graham's ceiling. */
  ofCeiling: number
}

/** A run without costs of a policy that keeps no slot idle while a task could start: held to Graham's ceiling. */
export async function heldRun(policy: Policy, member: Member, slots: number): Promise<Held> {
  const outcome = await freeRun(policy, member, slots)
  return { makespan: outcome.makespan, ofCeiling: heldToGraham(outcome, member, slots) }
}
