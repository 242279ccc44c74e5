import { createRateLimit } from '../src/hub/rest/rate.ts'
import { atLeast, atMost, type Benchmark, type Figure, type Line } from './benchmark.ts'
import { planOf, sizeOf, taskOf } from './graphs/workload.ts'
import type { Counts } from './limits/client.ts'
import { type Ended, runBeside } from './limits/run.ts'
import { virtualClock } from './machine/clock.ts'
import type { Workload } from './machine/conditions.ts'
import { lognormal, randomOf, seedOf } from './random.ts'

const B10 = 'B10'
/** Minutes of a task: lognormal, with this mean and sigma. */
const MEAN = 6
const SIGMA = 0.7

/** Runs side by side, each followed by the next one: together they could do about 320 tasks an hour. */
const SIDE_BY_SIDE = [
  { runs: 1, tasks: 100, slots: 32 },
  { runs: 4, tasks: 24, slots: 8 },
  { runs: 10, tasks: 10, slots: 4 },
] as const
/** One run on as many slots as there may be, which the orchestrator asks for in several workflow runs. */
const WIDE = { tasks: 500, slots: 64, start: 8 } as const

type Lanes = (typeof SIDE_BY_SIDE)[number]

interface Measured {
  ended: Ended[]
  counts: Counts
}

/** So many runs at a time, each followed by another one, for so many hours. */
async function sideBySide(
  { runs, tasks, slots }: { runs: number; tasks: number; slots: number },
  hours: number,
  isLimited: boolean,
): Promise<Measured> {
  const clock = virtualClock()
  const limit = isLimited ? createRateLimit(() => clock.now().toISOString()) : null
  limit?.enforce({})
  const counts: Counts = { rest: 0, graphql: 0, content: 0, refused: 0 }
  const runsMade: Promise<Ended>[] = []
  const lane = async (index: number) => {
    for (let turn = 0; turn === 0 || clock.milliseconds() < hours * 3_600_000; turn += 1)
      await new Promise<void>((over) => {
        runsMade.push(runBeside(independent(`${runs} ${index} ${turn}`, tasks), slots, { clock, limit, counts, over }))
      })
  }
  await Promise.all(Array.from({ length: runs }, (_, index) => lane(index)))
  return { ended: await Promise.all(runsMade), counts }
}

/** Independent tasks: the most that slots can do, so that the limits alone hold them back. */
function independent(name: string, count: number): Workload {
  const random = randomOf(seedOf(B10, name))
  const median = MEAN / Math.exp(SIGMA ** 2 / 2)
  const minutes = new Map(
    Array.from({ length: count }, (_, index) => [`t${index + 1}`, Math.max(0.05, median * lognormal(random, SIGMA))]),
  )
  const tasks = [...minutes].map(([id, takes]) => taskOf(id, [], sizeOf(takes * lognormal(random, SIGMA))))
  return { name, plan: planOf(name, tasks), attempt: (task) => ({ minutes: minutes.get(task) ?? 0, failure: null }) }
}

const landedWithin = ({ ended }: Measured, hours: number): number =>
  ended.flatMap(({ landings }) => landings).filter((at) => at <= hours * 60).length

function figuresOf(lanes: Lanes, hours: number, limited: Measured, free: Measured): Figure[] {
  const [done, could] = [landedWithin(limited, hours), landedWithin(free, hours)]
  const all = limited.ended.flatMap(({ landings }) => landings).length
  const { counts } = limited
  const word = Math.max(...limited.ended.map(({ to, shown }) => shown - to))
  const basis = `${limited.ended.length} runs of ${lanes.tasks} tasks on ${lanes.slots} slots, ${hours} hours`
  const one = (figure: string, value: number, unit: string, target: Figure['target'], more = basis): Figure => ({
    benchmark: B10,
    figure: `${figure}, ${lanes.runs} side by side`,
    value,
    unit,
    target,
    basis: more,
  })
  return [
    one('tasks an hour under the limits', done / hours, '', atLeast(200)),
    one('the same / without limits', done / could, '', null, `${(could / hours).toFixed(0)} an hour without limits`),
    one('pushes a task', limited.ended.reduce((sum, { pushes }) => sum + pushes, 0) / all, '', atMost(1.4)),
    one('runs that did not succeed', limited.ended.filter(({ succeeded }) => !succeeded).length, '', atMost(0)),
    one(
      'runs whose commands a limit kept from an answer',
      limited.ended.filter(({ unanswered }) => unanswered).length,
      '',
      null,
    ),
    one('longest wait for the last word', word, 'min', null),
    one(
      'requests a task',
      (counts.rest + counts.graphql) / all,
      '',
      null,
      `${(counts.rest / all).toFixed(2)} of REST, ${(counts.graphql / all).toFixed(2)} of GraphQL; ${counts.refused} refused`,
    ),
    one('content writes a task', counts.content / all, '', null),
  ]
}

/** One wide run: under the limits, without those of GitHub, and without the one that it sets itself on pushes too. */
async function wide(isLimited: boolean, more: { pushesPerMinute?: number } = {}): Promise<Ended & { counts: Counts }> {
  const clock = virtualClock()
  const limit = isLimited ? createRateLimit(() => clock.now().toISOString()) : null
  limit?.enforce({})
  const counts: Counts = { rest: 0, graphql: 0, content: 0, refused: 0 }
  const { tasks, slots, start } = WIDE
  return { ...(await runBeside(independent('wide', tasks), slots, { clock, limit, counts, start, ...more })), counts }
}

const NO_PACE = 1_000_000

async function wideFigures(): Promise<{ figures: Figure[]; lines: Line[] }> {
  const [limited, paced, free] = [await wide(true), await wide(false), await wide(false, { pushesPerMinute: NO_PACE })]
  const made = ({ from, to }: Ended): number => to - from
  const [ours, unlimited] = [made(limited), made(free)]
  const { tasks, slots } = WIDE
  const one = (figure: string, value: number, unit: string, target: Figure['target'], basis: string): Figure => ({
    benchmark: B10,
    figure: `${figure}, ${tasks} tasks on ${slots} slots`,
    value,
    unit,
    target,
    basis,
  })
  const basis = `${ours.toFixed(1)} min under them, ${unlimited.toFixed(1)} without; slots of ${limited.workflowRuns} workflow runs`
  const share = `${made(paced).toFixed(1)} min without GitHub's, still with 6 pushes a minute`
  const { counts } = limited
  return {
    figures: [
      one('makespan under the limits / without', ours / unlimited, '', atMost(1.05), basis),
      one('the same / without GitHub’s alone', ours / made(paced), '', null, share),
      one('last word after the end', limited.shown - limited.to, 'min', null, `${counts.refused} requests refused`),
    ],
    lines: (
      [
        ['limited', limited],
        ['paced', paced],
        ['free', free],
      ] as const
    ).map(([kind, { landings, from, to, shown, pushes, succeeded, workflowRuns, counts: asked }]) => ({
      benchmark: B10,
      kind: `wide ${kind}`,
      ...WIDE,
      ...asked,
      landed: landings.length,
      minutes: to - from,
      lastWord: shown - to,
      pushes,
      succeeded,
      workflowRuns,
    })),
  }
}

export const limits: Benchmark = {
  name: B10,
  summary: 'tasks an hour in one repository, under the limits of GitHub as published',
  async measure(quick, say) {
    const hours = quick ? 1 : 2
    const figures: Figure[] = []
    const lines: Line[] = []
    for (const lanes of SIDE_BY_SIDE) {
      const [limited, free] = [await sideBySide(lanes, hours, true), await sideBySide(lanes, hours, false)]
      figures.push(...figuresOf(lanes, hours, limited, free))
      for (const [kind, { ended, counts }] of [
        ['limited', limited],
        ['free', free],
      ] as const)
        lines.push({
          benchmark: B10,
          kind,
          ...lanes,
          ...counts,
          runsDone: ended.length,
          landed: landedWithin({ ended, counts }, hours),
        })
      say(`${lanes.runs} side by side`)
    }
    const one = await wideFigures()
    say(`${WIDE.tasks} tasks on ${WIDE.slots} slots`)
    return { figures: [...figures, ...one.figures], lines: [...lines, ...one.lines], charts: [] }
  },
}
