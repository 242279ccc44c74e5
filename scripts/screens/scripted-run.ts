import {
  approved,
  explored,
  failed,
  handOff,
  landed,
  merged,
  passed,
  planned,
  planningBegun,
  projected,
  proposed,
  queued,
  requested,
  sha,
  stage,
  startedByAgent,
  type TimedEvent,
  verifiedByAgent,
} from '../../__tests__/render/support/runs.ts'
import type { Plan } from '../../src/core/plan/plan.ts'
import type { PlannedRun } from '../../src/render/plan/planned-run.ts'

const FAILED_LOG = [
  '> shop@2.4.0 test',
  '> node --test -- parse-amounts',
  '',
  '✔ reads whole amounts (1.2ms)',
  '✖ reads negative amounts (2.4ms)',
  "  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal: '-0.05' !== '-0.5'",
  '      at TestContext.<anonymous> (tests/parse/amounts.test.ts:41:10)',
  '      at Test.run (node:internal/test_runner/test:797:9)',
  '✔ refuses letters (0.3ms)',
  'src/parse/amounts.ts:17:3: warning: unused variable sign',
  ...Array.from({ length: 60 }, (_, index) => `✔ reads amount ${index} (0.${index}ms)`),
  'ℹ tests 63',
  'ℹ pass 62',
  'ℹ fail 1',
].join('\n')

/** The moments of a run that people meet, for a plan of any number of tasks. */
export interface Moments {
  waiting: PlannedRun
  atWork: PlannedRun
  ended: PlannedRun
}

export function momentsOf(plan: Plan, merge: 'auto' | 'review' = 'review'): Moments {
  const begun = begin(plan, { merge, budget: { usd: plan.tasks.length > 12 ? 40 : 10 } })
  const started: TimedEvent[] = [
    ...begun,
    approved(),
    { type: 'slots_requested', request: 'r1', count: 4, workflowRun: 811 },
  ]
  const half = Math.floor(plan.tasks.length / 2)
  const first = plan.tasks.slice(0, half).map(({ id }) => id)
  const broken = plan.tasks[half]?.id ?? ''
  const waiting = plan.tasks[half + 1]?.id ?? ''
  return {
    waiting: planned(...begun),
    atWork: planned(
      ...started,
      ...first.flatMap(done),
      ...breaks(broken),
      ...verifies(waiting),
      ...goesOn(plan, first, [broken, waiting]),
      ...pulls(plan),
    ),
    ended: planned(
      ...started,
      ...plan.tasks.flatMap(({ id }) => done(id)),
      ...pulls(plan),
      passed(1, sha(`merge-${plan.tasks.at(-1)?.id}`)),
      { type: 'run_finished', sha: sha(`merge-${plan.tasks.at(-1)?.id}`) },
    ),
  }
}

const begin = (plan: Plan, change: Record<string, unknown>): TimedEvent[] => [
  requested(),
  planningBegun('strict', change),
  ...stage('explore#1', 'explore', 0.04, 40),
  explored('src/cart and src/invoices', 'the parser'),
  ...stage('design#1', 'plan', 0.31, 90),
  ...stage('critique#1', 'critique', 0.06, 30),
  proposed(plan, change),
  projected(['pull:trunk', 50]),
]

const pulls = (plan: Plan): TimedEvent[] => [
  projected(
    ['comment:plan', 7001],
    ...plan.tasks.flatMap(({ id }, index): [string, number][] => [
      [`pull:${id}`, 51 + index],
      [`check:${id}@${sha(`${id}-1-head`)}`, 9000 + index],
    ]),
  ),
]

const verifies = (id: string): TimedEvent[] =>
  id === ''
    ? []
    : [
        queued(id),
        startedByAgent(id, 'r1.2'),
        [140, verifiedByAgent(id, { handOff: handOff({ files: ['src/tax/round.ts'] }) })],
      ]

const done = (id: string): TimedEvent[] => [...verifies(id), landed(id), merged(id)]

/** What else can start, starts: two tasks on slots, and the rest queued. */
const goesOn = (plan: Plan, landedBefore: readonly string[], busy: readonly string[]): TimedEvent[] =>
  plan.tasks
    .filter(
      ({ id, needs }) => ![...landedBefore, ...busy].includes(id) && needs.every((need) => landedBefore.includes(need)),
    )
    .flatMap(({ id }, index) => (index < 2 ? [queued(id), startedByAgent(id, `r1.${3 + index}`)] : [queued(id)]))

const breaks = (id: string): TimedEvent[] => [
  queued(id),
  startedByAgent(id, 'r1.1'),
  [200, failed(id, { reason: 'acceptance-failed', exitCode: 1, log: FAILED_LOG })],
]
