import { remainingPath } from '../../src/core/plan/graph.ts'
import { lowerBounds } from '../../src/core/schedule/simulation.ts'
import { submitResult } from '../../src/jobs/orchestrate/session/stage-runner.ts'
import { type Member, minutesIn } from '../graphs/corpus.ts'
import { MINUTE } from '../machine/clock.ts'
import { type Costs, noCosts } from '../machine/conditions.ts'
import { heldToGraham } from '../machine/graham.ts'
import { runMachine } from '../machine/machine.ts'
import { asked, said } from './planner.ts'

/** What planning takes, as shares of the work. */
export const SHARES = [0.05, 0.1, 0.25, 0.5] as const

export interface Overlapped {
  member: Member
  slots: number
  share: number
  /** Minutes: plan first, then work; both at once; and what neither could beat. */
  sequential: number
  overlapped: number
  bound: number
  /** Minutes from the first planned task to the first work. */
  firstStart: number
}

/** One member on so many slots, for each share that planning may take. */
export async function overlaps(member: Member, slots: number, costs: Costs): Promise<Overlapped[]> {
  const alone = await runMachine(member.workload, { slots, costs })
  if (costs === noCosts) heldToGraham(alone, member, slots)
  const found: Overlapped[] = []
  for (const share of SHARES) found.push(await overlap({ member, slots, share, costs, alone: alone.makespan }))
  return found
}

interface Planned {
  member: Member
  slots: number
  share: number
  costs: Costs
  /** Minutes of the work alone, at the same costs. */
  alone: number
}

/** The planner says one task after another, evenly over its time, in the plan's order. */
async function overlap({ member, slots, share, costs, alone }: Planned): Promise<Overlapped> {
  const { workload } = member
  const { tasks } = workload.plan
  const takes = minutesIn(member.workload)
  const planning = share * tasks.reduce((sum, task) => sum + takes(task), 0)
  const saidAt = (index: number) => ((index + 1) / tasks.length) * planning
  const { makespan, spans } = await runMachine(workload, {
    slots,
    costs,
    begin: (clock) => asked(slots, costs.pushesPerMinute, clock),
    meanwhile: (session, clock) => {
      for (const [index] of tasks.entries())
        clock.after(saidAt(index) * MINUTE, () => submitResult(session.stageRunner, said(session, member, index)))
    },
  })
  const firstStart = Math.min(...spans.map(({ from }) => from)) / MINUTE - saidAt(0)
  const bound = boundWith(member, slots, saidAt)
  return { member, slots, share, sequential: planning + alone, overlapped: makespan, bound, firstStart }
}

/** No schedule ends sooner: paths and work count from when their tasks are known. */
function boundWith({ workload }: Member, slots: number, saidAt: (index: number) => number): number {
  const { tasks } = workload.plan
  const takes = minutesIn(workload)
  const remaining = remainingPath(tasks, takes)
  const [bound = 0] = lowerBounds(tasks, takes, [slots])
  const paths = tasks.map(({ id }, index) => saidAt(index) + (remaining.get(id) ?? 0))
  let left = 0
  const loads = tasks.map((_, back) => {
    const index = tasks.length - 1 - back
    const task = tasks[index]
    left += task === undefined ? 0 : takes(task)
    return saidAt(index) + left / slots
  })
  return Math.max(bound, ...paths, ...loads)
}
