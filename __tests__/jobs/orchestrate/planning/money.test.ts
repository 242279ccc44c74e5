import { describe, expect, it } from 'vitest'
import { planIdOf } from '../../../../src/core/plan/plan-id.ts'
import { wantedStages } from '../../../../src/core/schedule/planning-stages.ts'
import { defaultSettings } from '../../../../src/core/settings.ts'
import { written, writtenPlan } from '../../../agent/planner/planner-fixtures.ts'
import { agentPlan, agentTask } from '../../../support/planning.ts'
import { says } from '../../../support/said-model.ts'
import { saidRun } from './said-run.ts'

const plan = says(writtenPlan([written('a', { size: 'small' })]))

describe('a planner at the limit of money', () => {
  it('stops where it is, says so, and goes on from there with more', async () => {
    const world = await saidRun({ budget: { usd: 0.1 } })
    expect(await world.run()).toMatchObject({
      phase: 'requested',
      orchestrator: null,
      ledger: { spent: { 'design#1': [] } },
    })
    const types = (await world.events()).map(({ type }) => type)
    expect(types).not.toContain('plan_refused')
    expect(types.filter((type) => type === 'stage_failed')).toHaveLength(1)
    expect(world.body('planning')).toContain('## Planning: paused at the limit of money')
    expect(world.body('planning')).toContain('`/budget 2usd`')
    expect(await world.say({ name: 'budget', usd: 2 })).toMatchObject({
      ok: true,
      value: { answer: { resumed: true } },
    })
    expect(await world.run([plan])).toMatchObject({ phase: 'proposed' })
    expect(world.body('planning')).not.toContain('paused at the limit of money')
    expect(world.asked()).toContain('The run may spend 2 USD on models')
  })

  it('counts an answer that money cut off as no failure, and asks nobody twice with as little', async () => {
    const world = await saidRun({ budget: { usd: 1 } })
    const cut = says('{"title": "Re', { stop: 'length', usage: { fresh: 1000, cached: 0, written: 0, output: 9000 } })
    expect(await world.run([cut])).toMatchObject({ phase: 'requested', setbacks: { design: { tries: 0, short: 0.3 } } })
    expect(await world.say({ name: 'budget', usd: 1.1 })).toMatchObject({ value: { answer: { resumed: false } } })
    expect(await world.run()).toMatchObject({ phase: 'requested' })
    expect(await world.say({ name: 'budget', usd: 8 })).toMatchObject({ value: { answer: { resumed: true } } })
    expect(await world.run([plan])).toMatchObject({ phase: 'proposed' })
  })

  it('throws away no work that has begun: the run waits for more money', async () => {
    const world = await saidRun({ mode: 'off', budget: { usd: 4 } }, ({ trunk }) => [
      { type: 'plan_begun', plan: { ...agentPlan('a'), tasks: [] }, planId: 'a'.repeat(12), trunk: trunk() },
      { type: 'task_planned', planned: agentTask('a'), notes: [] },
      { type: 'plan_drafted', plan: agentPlan('a'), notes: [], problems: ['too wide'] },
      { type: 'plan_judged', accepted: false, problems: ['too wide'] },
      { type: 'money_reserved', stage: 'x', role: 'plan', usd: 3.79 },
      { type: 'stage_failed', stage: 'x', why: 'nobody knows what it cost' },
    ])
    expect(await world.run()).toMatchObject({ phase: 'active', paused: { cause: 'budget' } })
    expect(world.body('planning')).toContain('## Planning: paused at the limit of money')
    expect((await world.events()).map(({ type }) => type)).not.toContain('plan_refused')
    expect(await world.say({ name: 'budget', usd: 20 })).toMatchObject({ value: { answer: { resumed: true } } })
    expect(wantedStages(await world.state())).toMatchObject([{ name: 'design' }])
  })
})

describe('a run that ends while somebody is at work', () => {
  const plan = agentPlan('a')
  const working = (mode: 'strict' | 'soft') =>
    saidRun({ mode }, ({ base, trunk }) => {
      const frozen = { base, baseBranch: 'main', settings: defaultSettings, settingsBlob: '' }
      const planId = planIdOf({ plan, ...frozen })
      return [
        { type: 'plan_proposed', plan, planId, ...frozen, trunk: trunk(), notes: [], mode },
        ...(mode === 'strict' ? [{ type: 'plan_approved' as const, planId, only: null }] : []),
        { type: 'task_queued', task: 'a', attempt: 1, base },
        { type: 'task_started', task: 'a', attempt: 1, slot: 'r1.1', allowance: 2 },
      ]
    })

  it.each([
    ['/cancel', 'strict', { name: 'cancel', task: null, why: '' }],
    ['/reject', 'soft', { name: 'reject', why: '' }],
  ] as const)('by %s says that the money is spent, and that nobody is at it any more', async (_how, mode, command) => {
    const world = await working(mode)
    expect(await world.say(command)).toMatchObject({ ok: true })
    expect(await world.run()).toMatchObject({
      phase: 'ended',
      ledger: { reserved: {} },
      work: { tasks: { a: { state: { status: 'cancelled' } } } },
    })
    expect(world.body('status')).toContain('Money: 2.00 USD spent, 8.00 USD left of 10.00 USD.')
  })
})
