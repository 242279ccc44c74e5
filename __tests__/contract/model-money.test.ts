import { expect, it } from 'vitest'
import { callModel, openBudget, tokenBound } from '../../src/agent/loop/metered-model.ts'
import { costOf, priceOf } from '../../src/core/money/price.ts'
import { text } from '../../src/model-double/answer.ts'
import { reset } from '../../src/model-double/fault.ts'
import { failing, scripted } from '../../src/model-double/script.ts'
import { asks, modelAt, user } from '../adapters/anthropic/asking.ts'
import { modelServer } from '../support/model.ts'

const MODEL = 'claude-opus-5-5'
const price = (model: string) => priceOf(model, { prices: {} })
const question = 'How much is it? '.repeat(100)
const request = { ...asks(user(question)), model: MODEL, maxTokens: 20_000 }
const prompt = tokenBound(question)
/** What one call can cost at most: its prompt written to the cache, and an answer of its full length. */
const worst = (prompt * 5 + 20_000 * 20) / 1_000_000

const breaking = (times: number) =>
  modelServer(scripted({ rules: [{ when: () => true, say: failing(times, reset({ after: 1200 }), text('Enough.')) }] }))

it('settles what the server says that a call has cost', async () => {
  const server = await breaking(0)
  const money = openBudget(1, price)
  expect(
    (await callModel({ model: modelAt(server).model, budget: money, role: 'work' }, request, prompt)).answer,
  ).toMatchObject({
    ok: true,
  })
  const sent = server.requests[0]?.usage
  const usage = { fresh: sent?.input_tokens ?? 0, cached: 0, written: 0, output: sent?.output_tokens ?? 0 }
  expect(money.spending()).toMatchObject([{ role: 'work', model: MODEL, calls: 1, usage, unknown: 0 }])
  expect(1 - money.left()).toBeCloseTo(costOf(usage, { input: 4, output: 20, cache_read: 0.2, cache_write: 5 }), 12)
})

it('pays in full for each try that broke off; the next asks for no more than the rest allows, or is not made', async () => {
  for (const [limit, tries, isShorter] of [
    [worst * 3.5, 3, false],
    [worst * 2.5, 3, true],
    [worst * 2.01, 2, false],
  ] as const) {
    const server = await breaking(2)
    const money = openBudget(limit, price)
    const { answer } = await callModel({ model: modelAt(server).model, budget: money, role: 'work' }, request, prompt)
    expect(answer.ok).toBe(tries === 3)
    expect(server.requests.length).toBe(tries)
    expect((server.requests.at(-1)?.body?.max_tokens ?? 0) < request.maxTokens).toBe(isShorter)
    expect(money.spending()).toMatchObject([{ calls: tries }])
    expect(limit - money.left()).toBeGreaterThanOrEqual(2 * worst - 1e-12)
    expect(money.left()).toBeGreaterThan(0)
  }
})
