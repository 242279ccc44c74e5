import { remainingPath } from '../../src/core/plan/graph.ts'
import { planIdOf } from '../../src/core/plan/plan-id.ts'
import { lowerBounds } from '../../src/core/prediction/simulation.ts'
import { replay } from '../../src/core/run/evolve.ts'
import { type Draft, recordEvents } from '../../src/jobs/orchestrate/session/event-draft.ts'
import { nowOf, type Session } from '../../src/jobs/orchestrate/session/session.ts'
import { type StageResult, submitResult } from '../../src/jobs/orchestrate/session/stage-runner.ts'
import { type Member, minutesIn } from '../graphs/corpus.ts'
import { askedFor, BASE, live, settingsFor, TRUNK } from '../machine/approved-run.ts'
import { MINUTE, type VirtualClock } from '../machine/clock.ts'
import { type Costs, noCosts } from '../machine/conditions.ts'
import { heldToGraham } from '../machine/graham.ts'
import { runMachine } from '../machine/machine.ts'

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

/**
 * A run in mode `off`, where tasks start and land while the plan is being written. In the other modes a person approves in
 * between, and their time cannot be measured.
 */
export function asked(slots: number, pushesPerMinute: number, clock: VirtualClock) {
  const at = clock.now().toISOString()
  const settings = settingsFor(slots, pushesPerMinute)
  const frozen = { base: BASE, baseBranch: 'main', settings, settingsBlob: '', mode: 'off', limit: 10 } as const
  return { state: live(replay([askedFor(at), { type: 'planning_begun', at, by: 'tributary', ...frozen }])), events: [] }
}

/**
 * What the planner has found: the plan's head with the first task, each task, and the whole plan with the last one. No model
 * answers here, so that neither the parsing of its stream nor the stages before the design are in it: the events that those
 * write are written at the times at which they would be.
 */
export function said(session: Session, { workload: { plan } }: Member, index: number): StageResult {
  const task = plan.tasks[index]
  return {
    stage: 'design#1',
    last: false,
    into(draft: Draft) {
      const at = nowOf(session)
      const { settings } = draft.state.planning ?? {}
      if (task === undefined || settings === undefined) return draft
      const planId = planIdOf({ plan, base: BASE, settingsBlob: '', settings })
      let next = draft
      if (index === 0)
        next = recordEvents(next, at, { type: 'plan_begun', plan: { ...plan, tasks: [] }, planId, trunk: TRUNK })
      next = recordEvents(next, at, { type: 'task_planned', planned: task, notes: [] })
      if (index < plan.tasks.length - 1) return next
      const proposal = {
        plan,
        planId,
        base: BASE,
        baseBranch: 'main',
        settings,
        settingsBlob: '',
        trunk: TRUNK,
        notes: [],
      }
      return recordEvents(next, at, { type: 'plan_proposed', ...proposal, mode: 'off' })
    },
  }
}
