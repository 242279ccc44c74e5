import { describe, expect, it } from 'vitest'
import { stageAllowance } from '../../../src/core/money/allowance.ts'
import { predictAttempt } from '../../../src/core/money/predicted-cost.ts'
import { recordOf } from '../../../src/core/run/lookup.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { taskAllowance } from '../../../src/core/schedule/attempt-allowance.ts'
import { defaultSettings } from '../../../src/core/settings.ts'
import { agentPlan, agentsAtWork, agentTask, exploration, followed, planning } from '../../support/planning.ts'
import { report, shaOf } from '../../support/run.ts'

const design = { name: 'design', task: null } as const

describe('the money for what is next', () => {
  it('is a share of the limit, and what is kept for the last word is not touched', () => {
    expect(stageAllowance(planning(), design)).toBeCloseTo(3)
    const nearly = followed(planning(), { type: 'money_reserved', stage: 'x', role: 'plan', usd: 9.5 })
    expect(stageAllowance(nearly, design)).toBeNull()
    expect(stageAllowance(nearly, { name: 'synthesis', task: null })).toBeCloseTo(0.5)
  })
  it('is left for every task that is still to come', () => {
    let state = agentsAtWork('a, b, c, d, e, f, g, h')
    const given: number[] = []
    for (const task of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      const allowance = taskAllowance(state, task) ?? 0
      given.push(allowance)
      state = followed<ActiveRun>(
        state,
        { type: 'task_queued', task, attempt: 1, base: shaOf(task) },
        { type: 'task_started', task, attempt: 1, slot: 'r1.1', allowance },
      )
    }
    expect(given[0]).toBe(2)
    const { usd: likely } = predictAttempt([agentTask('a')], defaultSettings)
    expect(Math.min(...given)).toBeGreaterThanOrEqual(likely - 1e-9)
    expect(given.reduce((sum, usd) => sum + usd, 0)).toBeLessThanOrEqual(9.5)
  })
  it('is what an attempt is likely to need for as many as it lasts, and nothing for the others', () => {
    const run = followed<ActiveRun>(agentsAtWork('a, b, c, d'), {
      type: 'money_reserved',
      stage: 'x',
      role: 'plan',
      usd: 8.8,
    })
    const { usd: likely } = predictAttempt([agentTask('a')], defaultSettings)
    let state = run
    const given = ['a', 'b', 'c', 'd'].map((task) => {
      const allowance = taskAllowance(state, task)
      if (allowance !== null)
        state = followed<ActiveRun>(
          state,
          { type: 'task_queued', task, attempt: 1, base: shaOf(task) },
          { type: 'task_started', task, attempt: 1, slot: 'r1.1', allowance },
        )
      return allowance
    })
    for (const usd of given) expect(usd === null || usd >= likely / 2).toBe(true)
    expect(given[0]).toBeGreaterThanOrEqual(likely - 1e-9)
    expect(given.at(-1)).toBeNull()
  })
  it('is not there for a task when the limit is reached', () => {
    const spent = followed<ActiveRun>(agentsAtWork('a'), {
      type: 'money_reserved',
      stage: 'x',
      role: 'plan',
      usd: 9.499,
    })
    expect(taskAllowance(spent, 'a')).toBeNull()
  })

  describe('after an attempt that ran out of it', () => {
    const having = (usd: number, ...more: Parameters<typeof followed>[1][]) =>
      followed<ActiveRun>(
        agentsAtWork('a'),
        { type: 'money_reserved', stage: 'x', role: 'plan', usd: 9 },
        { type: 'task_queued', task: 'a', attempt: 1, base: shaOf('a') },
        { type: 'task_started', task: 'a', attempt: 1, slot: 'r1.1', allowance: usd },
        {
          type: 'task_failed',
          task: 'a',
          attempt: 1,
          head: null,
          failure: { reason: 'allowance-spent', usd, detail: '' },
          final: false,
          report: { ...report, spending: [] },
        },
        { type: 'task_queued', task: 'a', attempt: 2, base: shaOf('a') },
        ...more,
      )

    it('is not there until the run has clearly more, since the next one would only come as far', () => {
      const short = having(0.45)
      expect(taskAllowance(short, 'a')).toBeNull()
      expect(recordOf(short.work, 'a').failures).toBe(0)
      expect(taskAllowance(having(0.45, { type: 'budget_set', usd: 10.04 }), 'a')).toBeNull()
      expect(taskAllowance(having(0.45, { type: 'budget_set', usd: 12 }), 'a')).toBe(2)
    })
    it('is there as before where the attempt had all that an attempt may have: then it is the task that failed', () => {
      const whole = having(2, { type: 'money_settled', stage: 'x', spending: [] })
      expect(taskAllowance(whole, 'a')).toBe(2)
      expect(recordOf(whole.work, 'a').failures).toBe(1)
    })
  })

  it('is kept for another design while the plan may still go back, however much work has begun', () => {
    const head = { ...agentPlan('a'), tasks: [] }
    const begun = followed<ActiveRun>(
      planning('off'),
      { type: 'explored', explorations: [exploration()] },
      { type: 'plan_begun', plan: head, planId: 'a'.repeat(12), trunk: shaOf('trunk') },
      { type: 'task_planned', planned: agentTask('a'), notes: [] },
      { type: 'plan_drafted', plan: agentPlan('a'), notes: [], problems: [] },
      { type: 'money_reserved', stage: 'x', role: 'plan', usd: 6 },
    )
    expect(taskAllowance(begun, 'a')).toBeCloseTo(0.5)
    const writing = followed<ActiveRun>(
      begun,
      { type: 'money_reserved', stage: 'design#2', role: 'plan', usd: 1.5 },
      { type: 'task_planned', planned: agentTask('a'), notes: [] },
    )
    expect(taskAllowance(writing, 'a')).toBeCloseTo(2)
  })
})
