import { z } from 'zod'
import type { RunEvent } from '../../core/run/event.ts'
import { replay } from '../../core/run/evolve.ts'
import { type LiveRun, workOf } from '../../core/run/state.ts'
import type { Work } from '../../core/run/work.ts'
import { count, duration } from '../../render/markdown/format.ts'
import { ganttCharts } from '../../render/timeline/gantt.ts'
import { slotSpans, slotsIn } from '../../render/timeline/spans.ts'
import { moneySums, timeSums } from '../../render/timeline/timeline.ts'
import { DemoFailure } from './failure.ts'

const countsSchema = z.looseObject({ requests: z.number(), git_pushes: z.number() })
/** The hub's counts. Only requests of jobs have a `job`; those of people cost a run nothing. */
export const metricsSchema = z.looseObject({ by_token: z.array(countsSchema.extend({ job: z.number().optional() })) })

export interface DemoOutcome {
  events: readonly RunEvent[]
  metrics: z.infer<typeof metricsSchema>
  /** From the issue to the merge. */
  seconds: number
  /** How many tests the merged branch passes. */
  tests: number
}

/** A report of the slots' work and its cost, at most `columns` wide. */
export function accountOf({ events, metrics }: DemoOutcome, columns: number): string[] {
  const { state, work } = runOf(events)
  const slots = slotSpans(events, work)
  // Only the first of the sums: how much ran in parallel.
  const [sum = ''] = timeSums(events, [], slots)
  return [
    ...ganttCharts([], slots, columns).flatMap((chart) => [...chart, '']),
    `${sum}.`,
    requestsOf(metrics, work.plan.tasks.length),
    ...sandboxesOf(events).map((name) => `The commands of the tasks ran in ${name}.`),
    ...moneySums(state.ledger)
      .slice(-1)
      .map((sum) => `Money: ${sum.trim()}`),
  ]
}

/** One sentence with the result. */
export function resultOf({ events, seconds, tests }: DemoOutcome): string {
  const { work } = runOf(events)
  const slots = slotsIn(slotSpans(events, work)).length
  return `${count(work.plan.tasks.length, 'task')} in ${duration(seconds)} on ${count(slots, 'slot')}; main passes its ${count(tests, 'test')}.`
}

function runOf(events: readonly RunEvent[]): { state: LiveRun; work: Work } {
  const state = replay(events)
  const work = state.phase === 'empty' ? null : workOf(state)
  if (state.phase === 'empty' || work === null) throw new DemoFailure('the journal holds no plan')
  return { state, work }
}

function requestsOf({ by_token }: DemoOutcome['metrics'], tasks: number): string {
  const jobs = by_token.filter(({ job }) => job !== undefined)
  const [requests, pushes] = [
    jobs.reduce((sum, counts) => sum + counts.requests, 0),
    jobs.reduce((sum, counts) => sum + counts.git_pushes, 0),
  ]
  const each = (number: number) => (number / tasks).toFixed(1)
  return `${requests} requests to the API (${each(requests)} a task) and ${pushes} pushes (${each(pushes)} a task).`
}

/** The demo itself says if there was no sandbox. */
function sandboxesOf(events: readonly RunEvent[]): string[] {
  const used = events.flatMap((event) => (event.type === 'task_verified' ? [event.report.sandbox] : []))
  return [...new Set(used)].filter((name) => name !== 'off')
}
