import { describe, expect, it } from 'vitest'
import { decide } from '../../../src/core/command/decide.ts'
import type { TaskFailure } from '../../../src/core/failure.ts'
import {
  availableUsd,
  exceedsShare,
  isUnderfunded,
  leastAfterUnderfunded,
  limitFor,
  stageAllowance,
} from '../../../src/core/money/allowance.ts'
import type { Ledger } from '../../../src/core/money/ledger.ts'
import { allSpending, costsOf, emptyLedger, spendingOfTask, spentUsd } from '../../../src/core/money/ledger.ts'
import { isAttemptAt, isTryOf, parseMoneyKey } from '../../../src/core/money/money-key.ts'
import type { Spending } from '../../../src/core/money/usage.ts'
import { evolveLedger } from '../../../src/core/run/evolve-ledger.ts'
import type { ActiveRun, LiveRun } from '../../../src/core/run/state.ts'
import type { AttemptRecord } from '../../../src/core/run/task-record.ts'
import { taskAllowance } from '../../../src/core/schedule/attempt-allowance.ts'
import { defaultSettings, settingsSchema } from '../../../src/core/settings.ts'
import { agentPlan, agentsAtWork, followed, planning, proposal } from '../../support/planning.ts'
import { AT, afterwards, asks, begun, running, shaOf } from '../../support/run.ts'

const stamp = { at: AT, by: 'tributary' }
const cost = (usd: number, model = 'claude-opus-5-5', calls = 1): Spending => ({
  role: 'plan',
  model,
  calls,
  usage: { fresh: 1, cached: 0, written: 0, output: 1 },
  usd,
  unknown: 0,
})
const reserved = (stage: string, usd: number) => ({ type: 'money_reserved', stage, role: 'plan', usd }) as const
const settled = (stage: string, ...spending: Spending[]) => ({ type: 'money_settled', stage, spending }) as const
const lost = (stage: string) => ({ type: 'stage_failed', stage, why: 'it died' }) as const
const begunIn = (state: LiveRun, task: string, allowance = 1) =>
  followed<ActiveRun>(
    state,
    { type: 'task_queued', task, attempt: 1, base: shaOf(task) },
    { type: 'task_started', task, attempt: 1, slot: 'r1.1', allowance },
  )

describe('the limit of a run', () => {
  it('is the one that `/plan` gave, not that of the settings, also once there is a plan', () => {
    const begun = evolveLedger(emptyLedger, {
      type: 'planning_begun',
      ...stamp,
      base: shaOf('base'),
      baseBranch: 'main',
      settings: defaultSettings,
      settingsBlob: '',
      mode: 'strict',
      limit: 5,
    })
    expect(begun.limit).toBe(5)
    expect(followed({ ...planning(), ledger: begun }, proposal(agentPlan('a'))).ledger.limit).toBe(5)
  })
  it('is that of the settings for a plan by hand', () => {
    expect(running('a').ledger.limit).toBe(defaultSettings.budget.usd)
  })
  it('leaves nothing that could be spent before it is known, and never less than nothing', () => {
    expect(availableUsd(emptyLedger)).toBe(0)
    expect(availableUsd(followed(planning(), reserved('design#1', 50)).ledger)).toBe(0)
  })
})

describe('money that is settled', () => {
  it('is counted though nothing was set aside for it', () => {
    expect(spentUsd(followed(planning(), settled('design#1', cost(2))).ledger)).toBe(2)
  })
  it('adds to what the same stage has cost before', () => {
    const state = followed(planning(), settled('design#1', cost(2)), settled('design#1', cost(1)))
    expect(allSpending(state.ledger)).toMatchObject([{ calls: 2, usd: 3 }])
  })
  it('takes the place of what was written off, even if it is nothing', () => {
    const state = followed(planning(), reserved('design#1', 3), lost('design#1'))
    expect([spentUsd(state.ledger), spentUsd(followed(state, settled('design#1')).ledger)]).toEqual([3, 0])
  })
  it('does not take the place of what a model that nobody knows did cost, or of a model that was not called', () => {
    for (const spending of [cost(2, 'unknown', 1), cost(2, 'claude-opus-5-5', 0)]) {
      const state = followed(planning(), settled('design#1', spending), settled('design#1', cost(1)))
      expect(spentUsd(state.ledger)).toBe(3)
    }
  })
  it('is written off each time that a stage dies', () => {
    const twice = [reserved('design#1', 3), lost('design#1'), reserved('design#1', 2), lost('design#1')]
    expect(spentUsd(followed(planning(), ...twice).ledger)).toBe(5)
  })
  it('is told apart by stage and by task', () => {
    const state = followed(planning(), settled('a/1', cost(2)), settled('b/1', cost(1)), settled('design#1', cost(4)))
    expect(costsOf(state.ledger, (key) => key === 'b/1')).toEqual([{ spending: [cost(1)], seconds: 0 }])
    expect(spendingOfTask(state.ledger, 'a')).toEqual([cost(2)])
  })
  it('is that of the cancelled task alone', () => {
    const two = begunIn(begunIn(agentsAtWork('a, b'), 'a', 2), 'b', 1)
    const ledger = evolveLedger(two.ledger, { type: 'task_cancelled', ...stamp, key: 'comment:9', task: 'a' })
    expect([Object.keys(ledger.reserved), allSpending(ledger)]).toMatchObject([['b/1'], [{ role: 'work', usd: 2 }]])
  })
})

describe('the money for a stage', () => {
  const design = { name: 'design', task: null } as const
  const isEnough = (state: LiveRun, usd: number) =>
    stageAllowance(followed(state, { type: 'budget_set', usd }), design) !== null

  it.each<[string, LiveRun]>([
    ['most of the limit is taken', followed(planning(), reserved('x', 9.8))],
    ['its last try had too little', followed(planning(), { ...lost('design#1'), short: 4 })],
    ['both', followed(planning(), reserved('x', 9), { ...lost('design#1'), short: 4 })],
  ])('is there with the least limit that is named, and not with less: %s', (_, state) => {
    const least = limitFor(state, design)
    expect(stageAllowance(state, design)).toBeNull()
    expect([isEnough(state, least * 1.0001), isEnough(state, least * 0.999)]).toEqual([true, false])
  })

  it('may be the whole share of the stage', () => {
    // 2.4 dollars were too few, and a quarter more is 30 % of 10.
    const state = followed(planning(), { ...lost('design#1'), short: 2.4 })
    expect([stageAllowance(state, design), exceedsShare(state, design)]).toEqual([3, false])
  })

  it('is out of reach if the stage needs more than its share of the limit, however much is left', () => {
    const havingHad = (short: number) => followed(planning(), { ...lost('design#1'), short })
    // 30 % of 10 dollars; the next try wants a quarter more than the last had.
    expect([planning(), havingHad(2.3), havingHad(2.5)].map((state) => exceedsShare(state, design))).toEqual([
      false,
      false,
      true,
    ])
  })
})

describe('the money for an attempt', () => {
  const tasks = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const scarce = followed<ActiveRun>(agentsAtWork(tasks.join(', ')), reserved('x', 5))

  it('is three shares of what is left, one for each other task that is still to come', () => {
    // 10 of which 5 are set aside and 0.5 kept for the last word.
    expect(taskAllowance(scarce, 'a')).toBeCloseTo((4.5 * 3) / (3 + 7))
  })
  it('has to leave something to tasks that are queued, not to those that are at work or over', () => {
    const queued = followed<ActiveRun>(scarce, { type: 'task_queued', task: 'h', attempt: 1, base: shaOf('h') })
    expect(taskAllowance(queued, 'a')).toBeCloseTo((4.5 * 3) / (3 + 7))
    const atWork = begunIn(scarce, 'h', 0)
    expect(taskAllowance(atWork, 'a')).toBeCloseTo((4.5 * 3) / (3 + 6))
    const skipped = followed<ActiveRun>(scarce, { type: 'task_skipped', task: 'h' })
    expect(taskAllowance(skipped, 'a')).toBeCloseTo((4.5 * 3) / (3 + 6))
  })
  it('may be all that an attempt may have, after one that had a little less', () => {
    const failure = { reason: 'allowance-spent', usd: 1.9, detail: '' } as const
    const short = followed<ActiveRun>(
      begunIn(agentsAtWork('a'), 'a', 1.9),
      { type: 'task_failed', task: 'a', attempt: 1, head: null, failure, final: false },
      { type: 'task_queued', task: 'a', attempt: 2, base: shaOf('a') },
    )
    expect(taskAllowance(short, 'a')).toBe(2)
  })
  it('is there for an agent in a plan by hand, which no planner has to write again', () => {
    expect(taskAllowance(running('a', { tasks: { a: { run: [] } } }), 'a')).toBe(2)
  })
})

it('nothing is set aside for a task that runs a program', () => {
  const state = running('a')
  expect(afterwards(state, ...begun(state, 'a')).ledger).toEqual(state.ledger)
})

describe('an attempt that ran out of money', () => {
  const settings = settingsSchema.parse({ budget: { task_usd: 2 } })
  const spent = (usd: number): TaskFailure => ({ reason: 'allowance-spent', usd, detail: '' })
  const leastOnce = (failure: TaskFailure | null) => leastAfterUnderfunded([{ failure } as AttemptRecord], settings)

  it('was short if it had less than an attempt may have', () => {
    const failures = [spent(1.9), spent(2), { reason: 'no-change' } as const, null]
    expect(failures.map((failure) => isUnderfunded(failure, settings))).toEqual([true, false, false, false])
  })
  it('wants a quarter more the next time, and no more than an attempt may have', () => {
    expect([spent(1), spent(1.9), spent(2), { reason: 'no-change' } as const, null].map(leastOnce)).toEqual([
      1.25, 2, 0, 0, 0,
    ])
    expect(leastAfterUnderfunded([], settings)).toBe(0)
  })
})

describe('/budget', () => {
  const budget = (state: LiveRun, usd: number) => decide(state, asks<'budget'>({ name: 'budget', usd }))

  it('lets a planner go on that waits for money, if it is enough', () => {
    const waiting = followed(planning(), settled('explore#1', cost(9.9)))
    expect(budget(waiting, 20)).toMatchObject({ value: { answer: { resumed: true } } })
    expect(budget(waiting, 9.95)).toMatchObject({ value: { answer: { resumed: false } } })
    expect(budget(planning(), 20)).toMatchObject({ value: { answer: { resumed: false } } })
  })
  it('says that a run which stopped at the old limit goes on', () => {
    const stopped = followed(agentsAtWork('a'), { type: 'run_paused', why: 'the limit', cause: 'budget' })
    expect(budget(stopped, 20)).toMatchObject({ value: { answer: { resumed: true } } })
  })
  it('goes down to the cent that is set aside, however the cents add up', () => {
    const aside = followed(planning(), reserved('x', 0.1), reserved('y', 0.2))
    expect(0.1 + 0.2).toBeGreaterThan(0.3)
    expect(budget(aside, 0.3)).toMatchObject({ ok: true, value: { answer: { usd: 0.3 } } })
  })
  it('says that the limit is that already', () => {
    const detail = 'This is the limit of the run.'
    expect(budget(planning(), 10)).toMatchObject({ value: { events: [], answer: { code: 'already-done', detail } } })
  })
})

describe('a key of money', () => {
  it.each(['t3/1x', 'x t3/1/2', 'design#1x', 'A design#1', ':design#1', 'expand:t3#1 '])('is read whole: %j', (key) => {
    expect(parseMoneyKey(key)).toBeNull()
  })
  it('has a number of any length', () => {
    expect(parseMoneyKey('t3/12')).toEqual({ of: 'attempt', task: 't3', attempt: 12 })
    expect([isAttemptAt('t3/12', 't3'), isAttemptAt('t3/12'), isAttemptAt('design#1')]).toEqual([true, true, false])
  })
  it('is of one stage and no other', () => {
    expect([isTryOf('design#1', 'design'), isTryOf('design#1', 'explore')]).toEqual([true, false])
  })
})

/** Ledgers are compared by what they hold, so that a change that adds nothing makes no other. */
it('a ledger stays the same object if nothing of it changes', () => {
  const ledger: Ledger = planning().ledger
  expect(evolveLedger(ledger, { type: 'stage_failed', ...stamp, stage: 'design#1', why: 'no answer' })).toBe(ledger)
})
