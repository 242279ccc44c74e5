import { describe, expect, it } from 'vitest'
import { predictCost } from '../../../src/core/money/predicted-cost.ts'
import { defaultSettings, settingsSchema } from '../../../src/core/settings.ts'
import { gate, planOf } from '../../support/plan.ts'
import { agentPlan } from '../../support/planning.ts'

const cost = (plan: ReturnType<typeof agentPlan>, settings = defaultSettings) => predictCost(plan, settings)

describe('what the work is predicted to cost', () => {
  it('is of the size of a few dimes for a task', () => {
    const usd = cost(agentPlan('a')).usd.likely
    expect(usd).toBeGreaterThan(0.1)
    expect(usd).toBeLessThan(1)
  })
  it('grows with size and tier', () => {
    const of = (task: object) => cost(agentPlan('a', { tasks: { a: task } })).usd.likely
    expect(of({ size: 'small' })).toBeLessThan(of({ size: 'medium' }))
    expect(of({ size: 'medium' })).toBeLessThan(of({ size: 'large' }))
    expect(of({ model_tier: 'cheap' })).toBeLessThan(of({ model_tier: 'default' }))
    expect(of({ model_tier: 'default' })).toBeLessThan(of({ model_tier: 'strong' }))
  })
  it('follows the prices of the settings', () => {
    const price = { input: 0, output: 1000, cache_read: 0, cache_write: 0 }
    const settings = settingsSchema.parse({ prices: { 'claude-sonnet-5-5': price } })
    // 24 turns of 500 tokens at a thousand dollars a million, and one attempt in five for nothing.
    expect(cost(agentPlan('a'), settings).usd.likely).toBeCloseTo(24 * 0.5 * 1.2, 10)
  })
  it('is nothing for programs and gates', () =>
    expect(cost(planOf('a > g', { tasks: { g: gate } }))).toEqual({
      usd: { low: 0, likely: 0, high: 0 },
      reasons: ['No model works on these tasks.'],
    }))
  it('is not known for another program that works on tasks', () => {
    const settings = settingsSchema.parse({ worker: { command: ['other'] } })
    expect(cost(agentPlan('a'), settings).reasons[0]).toContain('not known here')
  })
})

describe('the reasons', () => {
  it('name the assumptions, and what several agents pay for', () => {
    const [assumed = '', several = ''] = cost(agentPlan('a, b')).reasons
    expect(assumed).toContain('8, 20 and 40 turns')
    expect(several).toContain('2 agents')
  })
  it('are one for a single agent, with the tokens in thousands', () =>
    expect(cost(agentPlan('a')).reasons).toEqual([expect.stringMatching(/ \d+(?:\.\d+)?k more tokens with each turn/)]))
  it('are none if every task is like tasks that were measured here', () => {
    const like = { size: 'medium', worker: 'agent', model: 'claude-sonnet-5-5', tasks: 4 } as const
    const usd = { low: 1, likely: 2, high: 3 }
    const measured = { runs: 1, tasks: 4, kinds: [{ ...like, minutes: usd, usd }], plannerUsd: null }
    expect(predictCost(agentPlan('a, b'), defaultSettings, measured)).toEqual({
      usd: { low: 2, likely: 4, high: 6 },
      reasons: [],
    })
  })
  it('name the tasks that are not planned yet, and no others', () => {
    const plan = agentPlan('a > b > c', { tasks: { b: { kind: 'plan' }, c: { kind: 'plan' } } })
    expect(cost(plan).reasons.at(-1)).toBe('What `b`, `c` will become is not known yet: it counts as one task.')
  })
  it('count such a task as a medium one at least', () => {
    const of = (task: object) => cost(agentPlan('a', { tasks: { a: task } })).usd.likely
    expect(of({ kind: 'plan', size: 'small' })).toBe(of({ size: 'medium' }))
  })
  it('name a model without a price', () => {
    const settings = settingsSchema.parse({ worker_model: { default: 'someone-else' } })
    const { usd, reasons } = cost(agentPlan('a'), settings)
    expect(usd.high).toBe(0)
    expect(reasons.at(-1)).toContain('`someone-else`')
  })
})
