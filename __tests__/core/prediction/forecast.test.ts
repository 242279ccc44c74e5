import { describe, expect, it } from 'vitest'
import { forecastOf } from '../../../src/core/prediction/forecast.ts'
import { measureRuns } from '../../../src/core/prediction/measure-runs.ts'
import { minutesBy, predict } from '../../../src/core/prediction/prediction.ts'
import { emptyRun } from '../../../src/core/run/state.ts'
import { defaultSettings, settingsSchema } from '../../../src/core/settings.ts'
import {
  approved,
  failed,
  landed,
  live,
  merged,
  passed,
  planningBegun,
  proposed,
  queued,
  requested,
  sha,
  spending,
  stage,
  startedByAgent,
  type TimedEvent,
  verifiedByAgent,
} from '../../render/support/runs.ts'
import { agentPlan } from '../../support/planning.ts'

const medium = { tasks: Object.fromEntries('abcde'.split('').map((id) => [id, { size: 'medium' as const }])) }
const plan = agentPlan('a, b, c, d, e', medium)

const took = (id: string, minutes: number, usd: number): TimedEvent[] => [
  queued(id),
  startedByAgent(id),
  [minutes * 60, verifiedByAgent(id, { spending: [spending('work', usd, 'claude-sonnet-5-5')] })],
  landed(id),
  merged(id),
]

/** A run in which `a` to `d` took 2 to 5 minutes, and `e` failed. */
const past = (...more: TimedEvent[]) =>
  live(
    requested(),
    planningBegun(),
    ...stage('design#1', 'plan', 0.3),
    proposed(plan),
    approved(),
    ...took('a', 2, 0.2),
    ...took('b', 3, 0.3),
    ...took('c', 4, 0.4),
    ...took('d', 5, 0.5),
    queued('e'),
    startedByAgent('e'),
    [6000, failed('e', { reason: 'program-failed', exitCode: 1, log: '' })],
    ...more,
  )
const kind = { size: 'medium', worker: 'agent', model: 'claude-sonnet-5-5' }

describe('what earlier runs took', () => {
  it('is the time and the money of finished tasks, by size, worker and model', () =>
    expect(measureRuns([past()])).toEqual({
      runs: 1,
      tasks: 4,
      kinds: [
        {
          ...kind,
          tasks: 4,
          minutes: { low: 2.75, likely: 3.5, high: 4.25 },
          usd: { low: 0.275, likely: 0.35, high: 0.425 },
        },
      ],
      plannerUsd: null,
    }))
  it('counts the failed attempts of a task that came to its end', () => {
    const again: TimedEvent[] = [
      queued('e', 2),
      startedByAgent('e', 'r1.1', 2),
      [60, verifiedByAgent('e', { spending: [spending('work', 9, 'claude-sonnet-5-5')] }, 2)],
      landed('e', 2),
    ]
    const retried: TimedEvent = { type: 'task_retried', task: 'e', note: '', onto: [] }
    const [all] = measureRuns([past(retried, ...again)])?.kinds ?? []
    expect(all?.tasks).toBe(5)
    expect(all?.minutes).toEqual({ low: 3, likely: 4, high: 5 })
    expect(all?.usd.high).toBe(0.5)
  })
  it('keeps kinds of task apart that are too few to say anything', () =>
    expect(measureRuns([live(requested(), proposed(plan), approved(), ...took('a', 1, 1))])).toMatchObject({
      tasks: 1,
      kinds: [],
    }))
  it('knows what planner and reviews spend after the approval from runs that came to their end', () => {
    const beside = [...stage('synthesis#1', 'synthesis', 0.06), ...stage('review:a#1', 'review', 0.04)]
    const ended = past({ type: 'task_skipped', task: 'e' }, ...beside, passed(), {
      type: 'run_finished',
      sha: sha('end'),
    })
    expect(measureRuns([ended, ended, ended, ended])?.plannerUsd).toEqual({ low: 0.1, likely: 0.1, high: 0.1 })
    expect(measureRuns([ended, ended, ended, past()])?.plannerUsd).toBeNull()
  })
  it('is nothing without a finished task', () => {
    expect(measureRuns([])).toBeNull()
    expect(measureRuns([emptyRun, live(requested()), live(requested(), proposed(plan))])).toBeNull()
  })
})

describe('a forecast', () => {
  const measured = measureRuns([past()])
  it('takes for each task what tasks like it took', () => {
    const minutes = minutesBy(defaultSettings, measured)
    expect(plan.tasks.map(minutes)).toEqual([3.5, 3.5, 3.5, 3.5, 3.5])
    expect(predict(plan, 1, minutes).makespanMinutes).toBe(17.5)
    expect(agentPlan('a', { tasks: { a: { size: 'large' } } }).tasks.map(minutes)).toEqual([20])
  })
  it('is at most the time-out of a task', () => {
    const short = agentPlan('a', { tasks: { a: { size: 'medium', timeout_minutes: 2 } } })
    expect(short.tasks.map(minutesBy(defaultSettings, measured))).toEqual([2])
  })
  it('adds what the planning has cost, and spreads as the tasks did', () => {
    const { minutes, usd } = forecastOf(plan, defaultSettings, measured, 0.3)
    expect(usd?.low).toBeCloseTo(0.3 + 5 * 0.275)
    expect(usd?.likely).toBeCloseTo(0.3 + 5 * 0.35)
    expect(usd?.high).toBeCloseTo(0.3 + 5 * 0.425)
    // Two rounds on four slots, half a minute of landing each, and a minute until the slots are there.
    expect(minutes).toEqual({ low: 7.5, likely: 9, high: 10.5 })
  })
  it('has no spread where it is a guess', () => {
    const { minutes, usd, measured: nothing } = forecastOf(plan, defaultSettings, null, 0)
    expect(nothing).toBeNull()
    expect(minutes.low).toBe(minutes.high)
    expect(usd?.low).toBe(usd?.high)
  })
  it('says nothing of the money of another program', () => {
    const other = settingsSchema.parse({ worker: { command: ['other'] } })
    expect(forecastOf(plan, other, measured, 0).usd).toBeNull()
  })
})
