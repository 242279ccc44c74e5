import { lowerBounds } from '../src/core/bound.ts'
import { replay } from '../src/core/evolve.ts'
import { remainingPath } from '../src/core/graph.ts'
import { planIdOf } from '../src/core/plan-id.ts'
import { record } from '../src/jobs/draft.ts'
import { tell } from '../src/jobs/planning/desk.ts'
import { nowOf, type Session } from '../src/jobs/session.ts'
import { atLeast, atMost, type Benchmark, type Figure, type Line } from './benchmark.ts'
import { type Member, minutesIn, worthwhile } from './graphs/corpus.ts'
import { askedFor, BASE, live, settingsFor, TRUNK } from './machine/begin.ts'
import type { VirtualClock } from './machine/clock.ts'
import { runMachine } from './machine/machine.ts'
import { mean, summary } from './statistics.ts'

/** What planning takes, as shares of the work. */
const SHARES = [0.05, 0.1, 0.25, 0.5] as const
const MINUTE = 60_000

interface Overlapped {
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

/** The planner says one task after another, evenly over its time, in the plan's order. */
async function overlap(member: Member, slots: number, share: number, alone: number): Promise<Overlapped> {
  const { workload } = member
  const { tasks } = workload.plan
  const takes = minutesIn(member.workload)
  const planning = share * tasks.reduce((sum, task) => sum + takes(task), 0)
  const saidAt = (index: number) => ((index + 1) / tasks.length) * planning
  const { makespan, spans } = await runMachine(workload, {
    slots,
    begin: (clock) => asked(slots, clock),
    meanwhile: (session, clock) => {
      for (const [index] of tasks.entries())
        clock.after(saidAt(index) * MINUTE, () => tell(session.desk, said(session, member, index)))
    },
  })
  const firstStart = Math.min(...spans.map(({ from }) => from)) / MINUTE - saidAt(0)
  const bound = boundWith(member, slots, saidAt)
  return { member, slots, share, sequential: planning + alone, overlapped: makespan, bound, firstStart }
}

/** A run in mode `off`, where tasks start and land while the plan is being written. */
function asked(slots: number, clock: VirtualClock) {
  const at = clock.now().toISOString()
  const settings = settingsFor(slots, 1e9)
  const frozen = { base: BASE, baseBranch: 'main', settings, settingsBlob: '', mode: 'off', limit: 10 } as const
  return { state: live(replay([askedFor(at), { type: 'planning_begun', at, by: 'tributary', ...frozen }])), events: [] }
}

/** What the planner has found: the plan's head with the first task, each task, and the whole plan with the last one. */
function said(session: Session, { workload: { plan } }: Member, index: number) {
  const task = plan.tasks[index]
  return {
    stage: 'design#1',
    last: false,
    into(draft: Parameters<typeof record>[0]) {
      const at = nowOf(session)
      const { settings } = draft.state.planning ?? {}
      if (task === undefined || settings === undefined) return draft
      const planId = planIdOf({ plan, base: BASE, settingsBlob: '', settings })
      let next = draft
      if (index === 0)
        next = record(next, at, { type: 'plan_begun', plan: { ...plan, tasks: [] }, planId, trunk: TRUNK })
      next = record(next, at, { type: 'task_planned', planned: task, notes: [] })
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
      return record(next, at, { type: 'plan_proposed', ...proposal, mode: 'off' })
    },
  }
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

export const overlapping: Benchmark = {
  name: 'B2',
  summary: 'planning and working at once, against one after the other',
  async measure(quick, say) {
    const members = worthwhile(quick ? [24] : [24, 100], () => 1)
    const found: Overlapped[] = []
    for (const member of members) {
      for (const slots of [4, 8]) {
        const { makespan: alone } = await runMachine(member.workload, { slots })
        for (const share of SHARES) found.push(await overlap(member, slots, share, alone))
      }
      say(`${member.family} of ${member.n}, sigma ${member.sigma}`)
    }
    return { figures: figuresOf(found), lines: found.map(lineOf), charts: [chartOf(found)] }
  },
}

const removed = ({ sequential, overlapped, bound }: Overlapped): number =>
  (sequential - overlapped) / (sequential - bound)

function figuresOf(found: readonly Overlapped[]): Figure[] {
  const some = (slots: number) => found.filter((one) => one.slots === slots)
  const figure = (slots: number, target: number): Figure => {
    const { mean: value, p50, count } = summary(some(slots).map(removed))
    const worst = Math.min(...some(slots).map(removed))
    const bySeq = mean(some(slots).map((one) => one.sequential / one.overlapped))
    return {
      benchmark: 'B2',
      figure: `avoidable time removed, ${slots} slots`,
      value,
      unit: '',
      target: atLeast(target),
      basis: `${count} runs: p50 ${p50.toFixed(3)}, least ${worst.toFixed(3)}; sequential / ours ${bySeq.toFixed(2)}`,
    }
  }
  const late = Math.max(...found.map(({ firstStart }) => firstStart))
  return [
    figure(4, 0.85),
    figure(8, 0.95),
    {
      benchmark: 'B2',
      figure: 'first task starts after its brief',
      value: late,
      unit: 'min',
      target: atMost(0.001),
      basis: `latest of ${found.length}`,
    },
  ]
}

const lineOf = ({ member, slots, share, sequential, overlapped, bound, firstStart }: Overlapped): Line => ({
  benchmark: 'B2',
  family: member.family,
  name: member.workload.name,
  n: member.n,
  sigma: member.sigma,
  slots,
  share,
  sequential,
  overlapped,
  bound,
  firstStart,
})

const chartOf = (found: readonly Overlapped[]) => ({
  title: 'Share of the avoidable time that overlap removes',
  x: 'planning over work',
  y: 'share removed (mean)',
  points: [4, 8].flatMap((slots) =>
    SHARES.map((x) => ({
      x,
      series: `${slots} slots`,
      y: mean(found.filter((one) => one.slots === slots && one.share === x).map(removed)),
    })),
  ),
})
