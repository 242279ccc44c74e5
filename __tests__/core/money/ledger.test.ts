import { describe, expect, it } from 'vitest'
import { availableUsd } from '../../../src/core/money/allowance.ts'
import { allSpending, costsOf, settleLost, spendingOfTask, spentUsd } from '../../../src/core/money/ledger.ts'
import { type Spending, usdOf } from '../../../src/core/money/usage.ts'
import { evolveLedger } from '../../../src/core/run/evolve-ledger.ts'
import type { Report } from '../../../src/core/run/report.ts'
import type { EndedRun } from '../../../src/core/run/state.ts'
import { agentPlan, agentsAtWork, followed, proposal } from '../../support/planning.ts'
import { report, shaOf } from '../../support/run.ts'

const cost = (usd: number, model = 'claude-sonnet-5-5'): Spending => ({
  role: 'work',
  model,
  calls: 1,
  usage: { fresh: 10, cached: 20, written: 30, output: 40 },
  usd,
  unknown: 0,
})
const said = (...spending: Spending[]): Report => ({ ...report, spending })
const begun = () =>
  followed(
    agentsAtWork('a > b'),
    { type: 'task_queued', task: 'a', attempt: 1, base: shaOf('a') },
    { type: 'task_started', task: 'a', attempt: 1, slot: 'r1.1', allowance: 2 },
  )

describe('the money of a run', () => {
  it('is set aside when a task starts and settled by what it did cost', () => {
    const started = begun()
    expect(availableUsd(started.ledger)).toBe(8)
    const done = followed(started, {
      type: 'task_verified',
      task: 'a',
      attempt: 1,
      head: shaOf('h'),
      tree: shaOf('t'),
      report: said(cost(0.5)),
    })
    expect([availableUsd(done.ledger), spentUsd(done.ledger), done.ledger.reserved]).toEqual([9.5, 0.5, {}])
  })
  it('counts whole what a slot took with it when it died', () => {
    const lost = followed(begun(), { type: 'task_returned', task: 'a', attempt: 1, slot: 'r1.1' })
    expect([spentUsd(lost.ledger), allSpending(lost.ledger)[0]?.unknown]).toEqual([2, 2])
  })
  it('counts of a slot that died what its last checkpoint had spent as known, and the rest as spent and unknown', () => {
    const returned = { type: 'task_returned', task: 'a', attempt: 1, slot: 'r1.1' } as const
    const failure = { reason: 'slot-lost', times: 3 } as const
    const over = { type: 'task_failed', task: 'a', attempt: 1, head: null, failure, final: true } as const
    const lastKnown = [cost(0.5)]
    for (const lost of [followed(begun(), { ...returned, lastKnown }), followed(begun(), { ...over, lastKnown })]) {
      expect([spentUsd(lost.ledger), availableUsd(lost.ledger), lost.ledger.reserved]).toEqual([2, 8, {}])
      expect(allSpending(lost.ledger)).toEqual([
        cost(0.5),
        { ...cost(1.5, 'unknown'), calls: 0, usage: { fresh: 0, cached: 0, written: 0, output: 0 }, unknown: 1.5 },
      ])
    }
    const whole = followed(begun(), { ...returned, lastKnown: [cost(2)] })
    expect(allSpending(whole.ledger)).toEqual([cost(2)])
    expect(settleLost(whole.ledger, 'a/1', [cost(9)], whole.askedAt)).toEqual(whole.ledger)
    const more = followed(begun(), { ...returned, lastKnown: [cost(2.5)] })
    expect(allSpending(more.ledger)).toEqual([cost(2.5)])
  })
  it('counts whole what an attempt had that failed without a word of what it used', () => {
    const failure = { reason: 'result-unreadable', detail: 'no archive' } as const
    const ended = { type: 'task_failed', task: 'a', attempt: 1, head: null, failure, final: false } as const
    const silent = followed(begun(), ended)
    expect([spentUsd(silent.ledger), silent.ledger.reserved]).toEqual([2, {}])
    const told = followed(begun(), { ...ended, report: said(cost(0.5)) })
    expect([spentUsd(told.ledger), told.ledger.reserved]).toEqual([0.5, {}])
  })
  it('counts nothing where the slot had left in order before it saw the task', () => {
    const returned = { type: 'task_returned', task: 'a', attempt: 1, slot: 'r1.1', unbegun: true } as const
    const lost = followed(begun(), returned)
    expect([spentUsd(lost.ledger), availableUsd(lost.ledger), lost.ledger.reserved]).toEqual([0, 10, {}])
  })
  it('counts whole what a cancelled task had, since nobody waits for its word', () => {
    const cancelled = followed(begun(), { type: 'task_cancelled', task: 'a' })
    expect([spentUsd(cancelled.ledger), cancelled.ledger.reserved]).toEqual([2, {}])
  })
  it('takes time from where it is set aside to where it is settled, whatever became of it', () => {
    const started = begun()
    const since = started.ledger.reserved['a/1']?.since ?? ''
    const at = new Date(Date.parse(since) + 90_500).toISOString()
    const lost = evolveLedger(started.ledger, {
      type: 'task_returned',
      task: 'a',
      attempt: 1,
      slot: 'r1.1',
      at,
      by: 'x',
    })
    const [found] = costsOf(lost, (key) => key === 'a/1')
    expect([found?.seconds, usdOf(found?.spending ?? [])]).toEqual([90.5, 2])
  })
  it('counts what a failed attempt cost, and the next one on top', () => {
    const failure = { reason: 'no-change' } as const
    const failed = followed(
      begun(),
      { type: 'task_failed', task: 'a', attempt: 1, head: null, failure, final: false, report: said(cost(0.4)) },
      { type: 'task_queued', task: 'a', attempt: 2, base: shaOf('a2') },
      { type: 'task_started', task: 'a', attempt: 2, slot: 'r1.1', allowance: 1 },
      { type: 'task_failed', task: 'a', attempt: 2, head: null, failure, final: true, report: said(cost(0.3)) },
    )
    expect(spendingOfTask(failed.ledger, 'a')).toMatchObject([{ calls: 2, usage: { output: 80 } }])
    expect(spentUsd(failed.ledger)).toBeCloseTo(0.7)
  })
  it('settles the stages of the planner, and counts whole those that died', () => {
    const planned = followed(
      agentsAtWork('a'),
      { type: 'money_reserved', stage: 'design#1', role: 'plan', usd: 3 },
      { type: 'money_settled', stage: 'design#1', spending: [cost(1, 'claude-opus-5-5')] },
      { type: 'money_reserved', stage: 'design#2', role: 'plan', usd: 3 },
      { type: 'stage_failed', stage: 'design#2', why: 'the orchestrator died over it' },
    )
    expect([spentUsd(planned.ledger), planned.ledger.reserved]).toEqual([4, {}])
    expect(planned.failedStages).toEqual({ 'design#2': 'the orchestrator died over it' })
  })
  it('adds nothing for a stage that failed after it was settled', () => {
    const failed = followed(
      agentsAtWork('a'),
      { type: 'money_reserved', stage: 'scope:a#1', role: 'scope', usd: 3 },
      { type: 'money_settled', stage: 'scope:a#1', spending: [] },
      { type: 'stage_failed', stage: 'scope:a#1', why: 'no answer' },
    )
    expect(spentUsd(failed.ledger)).toBe(0)
  })
  it('has the limit that somebody sets last', () => {
    expect(availableUsd(followed(begun(), { type: 'budget_set', usd: 20 }).ledger)).toBe(18)
  })

  it.each([
    ['/cancel', { type: 'run_cancelled', why: '' }],
    ['/reject', { type: 'plan_rejected', why: '' }],
    ['a closed pull request', { type: 'run_closed', merged: false }],
    [
      'a plan that is refused',
      { type: 'plan_refused', problems: [{ code: 'no-plan', task: null, field: null, message: '' }] },
    ],
  ] as const)('counts whole what was at work when the run ended by %s, and nobody waits for it', (_how, event) => {
    const stage = { type: 'money_reserved', stage: 'scope:b#1', role: 'scope', usd: 0.5 } as const
    const { ledger, work } = followed<EndedRun>(begun(), stage, { ...event } as Parameters<typeof followed>[1])
    expect([ledger.reserved, spentUsd(ledger)]).toEqual([{}, 2.5])
    expect(Object.values(work?.tasks ?? {}).map(({ state }) => state.status)).toEqual(['cancelled', 'cancelled'])
  })
  it('takes the word of a planner that was stopped with its run in place of what was set aside for it', () => {
    const spending = [{ ...cost(0.1), role: 'scope' as const }]
    const { ledger } = followed(
      begun(),
      { type: 'money_reserved', stage: 'scope:b#1', role: 'scope', usd: 0.5 },
      { type: 'run_cancelled', why: '' },
      { type: 'money_settled', stage: 'scope:b#1', spending },
    )
    expect(ledger.spent['scope:b#1']).toEqual(spending)
  })
  it('counts whole what an attempt had that another version of the plan replaced, and keeps that of one that stays', () => {
    const two = followed(
      agentsAtWork('a, b'),
      ...['a', 'b'].flatMap((task) => [
        { type: 'task_queued' as const, task, attempt: 1, base: shaOf(task) },
        { type: 'task_started' as const, task, attempt: 1, slot: 'r1.1', allowance: 2 },
      ]),
    )
    const plan = agentPlan('a, b', { tasks: { a: { goal: 'Something else' } } })
    const { ledger } = followed(two, proposal(plan))
    expect([Object.keys(ledger.reserved), spentUsd(ledger)]).toEqual([['b/1'], 2])
  })
})
