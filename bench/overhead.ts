import { join } from 'node:path'
import { ROOT } from '../__tests__/e2e/support/repository.ts'
import { coldStart } from '../__tests__/support/cold-start.ts'
import { atMost, type Benchmark, type Figure, type Line } from './benchmark.ts'
import { type Member, worthwhile } from './graphs/corpus.ts'
import { families } from './graphs/families.ts'
import { workloadOf } from './graphs/workload.ts'
import { type Costs, noCosts } from './machine/conditions.ts'
import { runMachine } from './machine/machine.ts'
import { type Served, serve } from './overhead/hub.ts'
import { paceOf } from './overhead/pace.ts'
import { jobPerTask, ours } from './policies/rivals.ts'
import { randomOf, seedOf } from './random.ts'
import { mean, percentile, summary } from './statistics.ts'

const B3 = 'B3'
const START_UPS = [0, 30, 60, 120] as const
const SLOTS = 4

export const overhead: Benchmark = {
  name: B3,
  summary: 'starts of slots, the processor, requests and pushes, the cold start',
  async measure(quick, say) {
    const members = worthwhile(quick ? [24] : [24, 100], () => 1)
    const starts = await measureStarts(members)
    say('starts')
    const paces = await measurePaces(quick ? [1000] : [1000, 10_000])
    say('processor')
    const served = await serve(quick ? 12 : 40)
    say('hub')
    const cold: number[] = []
    for (let time = 0; time < 7; time += 1) cold.push(await coldStart(join(ROOT, 'dist')))
    return {
      figures: [...startFigures(starts), ...paceFigures(paces), ...servedFigures(served), coldFigure(cold)],
      lines: [...starts.map(startLine), ...paces.map(paceLine), servedLine(served)],
      charts: [startChart(starts)],
    }
  },
}

interface Started {
  member: Member
  startUp: number
  policy: string
  makespan: number
  /** The same where slots are there at once. */
  free: number
}

/** Slots that leave after an idle minute and are asked for again, as they ship, against a job for each task. */
async function measureStarts(members: readonly Member[]): Promise<Started[]> {
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

function startFigures(found: readonly Started[]): Figure[] {
  const ratios = (policy: string, which: (one: Started) => boolean) =>
    found.filter((one) => one.policy === policy && which(one)).map(({ makespan, free }) => makespan / free)
  const figure = (name: string, values: readonly number[], target: Figure['target']): Figure => {
    const { mean: value, p50, p90, max, count } = summary(values)
    const basis = `${count} runs on ${SLOTS} slots: p50 ${p50.toFixed(3)}, p90 ${p90.toFixed(3)}, max ${max.toFixed(3)}`
    return { benchmark: B3, figure: name, value, unit: '', target, basis }
  }
  const delayed = ({ startUp }: Started) => startUp > 0
  return [
    figure('warm slots / no start-up, 30 to 120 s', ratios(ours.name, delayed), atMost(1.03)),
    ...START_UPS.slice(1).map((seconds) =>
      figure(
        `warm slots / no start-up, ${seconds} s`,
        ratios(ours.name, ({ startUp }) => startUp === seconds),
        null,
      ),
    ),
    figure('one job per task / no start-up, 30 to 120 s', ratios(jobPerTask.name, delayed), null),
  ]
}

interface Paced {
  tasks: number
  milliseconds: number
  bytes: number
}

const PACED = 60

/** Erdos-Renyi graphs with three needs a task: wide, so that much is ready, and deep. */
async function measurePaces(sizes: readonly number[]): Promise<Paced[]> {
  const family = families.find(({ name }) => name === 'Erdos-Renyi')
  if (family === undefined) throw new Error('there is no such family')
  const found: Paced[] = []
  for (const tasks of sizes) {
    const random = randomOf(seedOf('pace', tasks))
    const { transitions, bytes } = await paceOf(workloadOf(family.draw(tasks, random), 0.7, random), 8, PACED)
    found.push({ tasks, milliseconds: percentile(transitions, 0.5), bytes })
  }
  return found
}

function paceFigures(paces: readonly Paced[]): Figure[] {
  const [small, large] = paces
  const basis = `median of ${PACED} transitions, 8 slots: look, decide, fold`
  const figures = paces.flatMap(({ tasks, milliseconds, bytes }): Figure[] => [
    {
      benchmark: B3,
      figure: `processor per transition, ${tasks} tasks`,
      value: milliseconds,
      unit: 'ms',
      target: tasks >= 10_000 ? atMost(50) : null,
      basis,
    },
    {
      benchmark: B3,
      figure: `memory of the state, ${tasks} tasks`,
      value: bytes / 1e6,
      unit: 'MB',
      target: null,
      basis: 'heap after a collection, with the plan',
    },
  ])
  if (small === undefined || large === undefined) return figures
  const growth = large.milliseconds / small.milliseconds / (large.tasks / small.tasks)
  return [
    ...figures,
    {
      benchmark: B3,
      figure: 'growth against linear',
      value: growth,
      unit: '',
      target: atMost(1),
      basis: `${small.tasks} to ${large.tasks} tasks`,
    },
  ]
}

function servedFigures({ tasks, requests, contentWrites, pushes, landings, pickUps }: Served): Figure[] {
  const each = (figure: string, value: number, most: number | null): Figure => ({
    benchmark: B3,
    figure,
    value: value / tasks,
    unit: '',
    target: most === null ? null : atMost(most),
    basis: `${tasks} independent tasks on 8 slots of the hub`,
  })
  const seconds = (figure: string, values: readonly number[]): Figure => ({
    benchmark: B3,
    figure,
    value: percentile(values, 0.5),
    unit: 's',
    target: null,
    basis: `${values.length} tasks: quantiles ${quartiles(values)}`,
  })
  return [
    each('requests per task, 304 answers apart', requests, 4),
    each('pushes per task', pushes, 1.5),
    each('content writes per task', contentWrites, null),
    seconds('from the journal’s word to the work', pickUps),
    seconds('from the upload to the landing', landings),
  ]
}

const quartiles = (values: readonly number[]): string =>
  [0, 0.25, 0.5, 0.75, 1].map((share) => percentile(values, share).toFixed(1)).join(', ')

const coldFigure = (times: readonly number[]): Figure => ({
  benchmark: B3,
  figure: 'cold start to the first request',
  value: percentile(times, 0.5),
  unit: 'ms',
  target: atMost(300),
  basis: `median of ${times.length}: ${times.map((time) => time.toFixed(0)).join(', ')}`,
})

const startLine = ({ member, startUp, policy, makespan, free }: Started): Line => ({
  benchmark: B3,
  kind: 'start',
  family: member.family,
  name: member.workload.name,
  n: member.n,
  sigma: member.sigma,
  startUp,
  policy,
  makespan,
  free,
})
const paceLine = (paced: Paced): Line => ({ benchmark: B3, kind: 'pace', ...paced })
const servedLine = ({ pickUps, landings, startUps, ...counts }: Served): Line => ({
  benchmark: B3,
  kind: 'hub',
  ...counts,
  pickUps: quartiles(pickUps),
  landings: quartiles(landings),
  startUps: quartiles(startUps),
})

const startChart = (found: readonly Started[]) => ({
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
