import { describe, expect, it } from 'vitest'
import { callModel, openBudget, tokenBound } from '../../../src/agent/loop/metered-model.ts'
import type { Price } from '../../../src/core/money/price.ts'
import { noUsage } from '../../../src/core/money/usage.ts'
import type { Model, ModelRequest } from '../../../src/ports/model.ts'
import { fails, saidModel, says } from '../../support/said-model.ts'

const plain: Price = { input: 100_000, output: 1_000_000, cache_read: 10_000, cache_write: 100_000 }
const request: ModelRequest = {
  model: 'm',
  system: [],
  tools: [],
  turns: [{ role: 'user', blocks: [{ kind: 'text', text: 'Hello' }] }],
  maxTokens: 4000,
  schema: null,
  signal: new AbortController().signal,
}
const metered = (model: Model, usd: number) => ({ model, budget: openBudget(usd, () => plain), role: 'work' as const })

describe('asking a model', () => {
  it('asks for as many tokens as the money allows, and settles what the answer cost', async () => {
    const model = saidModel([says('Hello', { usage: { ...noUsage, fresh: 10, output: 20 } })])
    const meteredModel = metered(model, 2001)
    const answer = (await callModel(meteredModel, request, 10)).answer
    expect(answer).toMatchObject({ ok: true, blocks: [{ kind: 'text', text: 'Hello' }] })
    expect(model.requests[0]?.maxTokens).toBe(2000)
    expect(meteredModel.budget.left()).toBeCloseTo(1980, 6)
  })

  it('makes no call that the money does not allow', async () => {
    const model = saidModel([])
    const meteredModel = metered(model, 1000)
    expect((await callModel(meteredModel, request, 10)).answer).toEqual({
      ok: false,
      failure: { reason: 'unaffordable', left: 1000 },
    })
    expect(model.requests).toEqual([])
    expect(meteredModel.budget.spending()).toEqual([])
  })

  it('gives back what a refused call had set aside', async () => {
    const meteredModel = metered(saidModel([fails('overloaded')]), 5000)
    expect((await callModel(meteredModel, request, 10)).answer).toMatchObject({
      ok: false,
      failure: { reason: 'overloaded' },
    })
    expect(meteredModel.budget.left()).toBe(5000)
  })

  it('pays for each try that broke off, and for another only as long as the money lasts', async () => {
    const broken = { usage: { ...noUsage, fresh: 10 }, unsure: true }
    const allowed: (boolean | undefined)[] = []
    const breaking: Model = {
      async ask({ mayRetry }) {
        for (let tries = 0; tries < 3; tries += 1) allowed.push(mayRetry?.(broken))
        return fails('unreachable', broken.usage, true)
      },
    }
    const meteredModel = metered(breaking, 12_500)
    const answer = (await callModel(meteredModel, request, 10)).answer
    expect(allowed).toEqual([true, true, false])
    expect(meteredModel.budget.spending()).toMatchObject([{ calls: 3, usd: 12_003, unknown: 12_000 }])
    expect(meteredModel.budget.left()).toBeCloseTo(497, 6)
    expect(answer, 'the money is what ends it, not the API').toEqual({
      ok: false,
      failure: { reason: 'unaffordable', left: meteredModel.budget.left() },
    })
  })

  it('asks for a shorter answer where one that broke off leaves no room for another as long', async () => {
    const broken = { usage: { ...noUsage, fresh: 10 }, unsure: true }
    const requested: number[] = []
    let restarts = 0
    const breaking: Model = {
      async ask({ maxTokens, mayRetry }) {
        requested.push(maxTokens)
        if (requested.length > 1) return { ok: true, stop: 'end', blocks: [], usage: noUsage, unsure: false }
        mayRetry?.(broken)
        return fails('unreachable', broken.usage, true)
      },
    }
    const meteredModel = metered(breaking, 6002)
    const onRestart = () => {
      restarts += 1
    }
    expect((await callModel(meteredModel, { ...request, onRestart }, 10)).answer).toMatchObject({ ok: true })
    expect([requested, restarts]).toEqual([[4000, 2000], 1])
  })
})

it('counts no fewer tokens than a text can have', () => {
  expect(tokenBound('abc', 'é', '😀')).toBe(9)
})
