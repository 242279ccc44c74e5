import { atMost, type Figure, type Line } from '../benchmark.ts'
import { spread } from '../figures.ts'
import { type Member, nameOf } from '../graphs/corpus.ts'
import { type Costs, noCosts } from '../machine/conditions.ts'
import { runMachine } from '../machine/machine.ts'
import { jobPerTask, ours } from '../policies/rivals.ts'
import { mean } from '../statistics.ts'

const B3 = 'B3'
const START_UPS = [0, 30, 60, 120] as const
const SLOTS = 4

export interface Started {
  member: Member
  startUp: number
  policy: string
  makespan: number
  /** The same where slots are there at once. */
  free: number
}

/** Slots that leave after an idle minute and are asked for again, as they ship, against a job for each task. */
export async function measureStarts(members: readonly Member[]): Promise<Started[]> {
  const found: Started[] = []
  for (const member of members) {
    const minutesBy = async (policy: typeof ours, startUp: number) => {
      const costs: Costs = { ...noCosts, startUp: () => startUp, idle: 60 }
      const steps = policy.steps(member.workload)
      return (await runMachine(member.workload, { slots: SLOTS, steps, costs: policy.costs?.(costs) ?? costs }))
        .makespan
    }
    const free = await minutesBy(ours, 0)
    for (const startUp of START_UPS)
      for (const policy of [ours, jobPerTask])
        found.push({ member, startUp, policy: policy.name, free, makespan: await minutesBy(policy, startUp) })
  }
  return found
}

export function startFigures(found: readonly Started[]): Figure[] {
  const figure = (of: typeof ours, name: string, which: (one: Started) => boolean, target: Figure['target']) => {
    const chosen = found.filter((one) => one.policy === of.name && which(one))
    const ratios = chosen.map(({ makespan, free }) => makespan / free)
    return spread(B3, `${name} / no start-up`, ratios, target, `runs on ${SLOTS} slots`)
  }
  const delays = START_UPS.slice(1)
  const first = (seconds: number) => {
    const ratios = found.filter((one) => one.startUp === seconds && one.policy === ours.name)
    const values = ratios.map(({ free }) => (free + seconds / 60) / free)
    return spread(B3, `the first start alone, ${seconds} s / no start-up: no rule saves it`, values, null)
  }
  return [
    ...figure(ours, 'warm slots, 30 to 120 s', ({ startUp }) => startUp > 0, atMost(1.03)),
    ...delays.flatMap((seconds) =>
      figure(ours, `warm slots, ${seconds} s`, ({ startUp }) => startUp === seconds, atMost(1.03)),
    ),
    ...delays.flatMap(first),
    ...figure(jobPerTask, 'one job per task, 30 to 120 s', ({ startUp }) => startUp > 0, null),
    ...delays.flatMap((seconds) =>
      figure(jobPerTask, `one job per task, ${seconds} s`, ({ startUp }) => startUp === seconds, null),
    ),
  ]
}

export const startLine = ({ member, startUp, policy, makespan, free }: Started): Line => ({
  benchmark: B3,
  kind: 'start',
  ...nameOf(member),
  startUp,
  policy,
  makespan,
  free,
})
export const startChart = (found: readonly Started[]) => ({
  title: `Makespan over the one without start-ups, ${SLOTS} slots`,
  x: 'seconds to start a slot',
  y: 'times as long (mean)',
  points: [ours.name, jobPerTask.name].flatMap((series) =>
    START_UPS.map((x) => ({
      x,
      series,
      y: mean(
        found.filter((one) => one.policy === series && one.startUp === x).map(({ makespan, free }) => makespan / free),
      ),
    })),
  ),
})
