import { describe, expect, it } from 'vitest'
import { type Budget, openBudget } from '../../../src/agent/loop/metered-model.ts'
import { costOf, type Price, priceOf } from '../../../src/core/money/price.ts'
import { noUsage, type Usage, usdOf } from '../../../src/core/money/usage.ts'
import { cases, randomOf } from '../../support/random.ts'

/** A dollar a token of the answer, ten cents one of the prompt: sums that a reader can check. */
const plain: Price = { input: 100_000, output: 1_000_000, cache_read: 10_000, cache_write: 100_000 }
const ofPlain = (usd: number) => openBudget(usd, () => plain)
const sure = (usage: Partial<Usage>) => ({ usage: { ...noUsage, ...usage }, unsure: false })
const unsure = (usage: Partial<Usage> = {}) => ({ usage: { ...noUsage, ...usage }, unsure: true })
const asks = (maxTokens: number) => ({ model: 'm', maxTokens })

describe('money for a call', () => {
  it('is set aside before it, and given back as far as the call was cheaper', () => {
    const budget = ofPlain(5000)
    expect(budget.afford(asks(2000), 1000)).toBe(2000)
    expect(budget.left()).toBeCloseTo(2900, 6)
    budget.settle('work', asks(2000), 1000, sure({ fresh: 1000, output: 500 }))
    expect(budget.left()).toBeCloseTo(4400, 6)
    expect(budget.spending()).toEqual([
      { role: 'work', model: 'm', calls: 1, usage: { ...noUsage, fresh: 1000, output: 500 }, usd: 600, unknown: 0 },
    ])
  })

  it('makes the answer shorter where the limit is near', () => {
    expect(ofPlain(1600).afford(asks(2000), 1000)).toBe(1500)
  })

  it('refuses an answer too short to be of use, but not a short one that was asked for', () => {
    expect(ofPlain(1123).afford(asks(2000), 1000)).toBeNull()
    expect(ofPlain(1124).afford(asks(2000), 1000)).toBe(1024)
    expect(ofPlain(300).afford(asks(200), 1000)).toBe(200)
    expect(ofPlain(299).afford(asks(200), 1000)).toBeNull()
  })

  it('counts what other calls have set aside and not settled yet', () => {
    const budget = ofPlain(5000)
    budget.afford(asks(2000), 1000)
    expect(budget.afford(asks(4000), 1000)).toBe(2800)
    expect(budget.afford(asks(1024), 0)).toBeNull()
  })

  it('is refused for a prompt alone that passes the limit, also where answers cost nothing', () => {
    const free = (usd: number) => openBudget(usd, () => ({ ...plain, output: 0 }))
    expect(free(99).afford(asks(2000), 1000)).toBeNull()
    expect(free(100).afford(asks(2000), 1000)).toBe(2000)
  })

  it('is never given for a model without a price', () => {
    const budget = openBudget(5, (model) => priceOf(model, { prices: {} }))
    expect(() => budget.afford({ model: 'claude-unheard-of', maxTokens: 2000 }, 10)).toThrow('claude-unheard-of')
  })
})

describe('money that a call should leave', () => {
  it('is measured by what the prompt is likely to cost: what the cache holds is read, the rest is written', () => {
    // The prompt costs 100 at most, and 10 + 50 as is likely.
    expect(ofPlain(1100).afford(asks(2000), 1000, { reserve: 0, cached: 1000 })).toBeNull()
    expect(ofPlain(2060).afford(asks(4000), 1000, { reserve: 500, cached: 500 })).toBe(1505)
  })

  it('is no reason to pass the limit: the dearest case of the call itself always fits', () => {
    expect(ofPlain(1600).afford(asks(2000), 1000, { reserve: 0, cached: 1000 })).toBe(1500)
  })
})

describe('a call of which nobody can say what it cost', () => {
  it('counts with all that was set aside for it', () => {
    const budget = ofPlain(5000)
    budget.afford(asks(2000), 1000)
    budget.settle('plan', asks(2000), 1000, unsure({ fresh: 1000 }))
    expect(budget.spending()[0]).toMatchObject({ usd: 2100, unknown: 2000, usage: { fresh: 1000, output: 0 } })
    expect(budget.left()).toBeCloseTo(2900, 6)
  })

  it('is tried again where the limit has room for both', () => {
    const budget = ofPlain(4200)
    budget.afford(asks(2000), 1000)
    expect(budget.affordRetry('plan', asks(2000), 1000, unsure())).toBe(true)
    expect(budget.left()).toBeCloseTo(0, 6)
    budget.settle('plan', asks(2000), 1000, sure({ output: 10 }))
    expect(budget.spending()).toMatchObject([{ calls: 2, usd: 2110, unknown: 2100 }])
  })

  it('is not tried again where it has none, and stays to be settled', () => {
    const budget = ofPlain(4199)
    budget.afford(asks(2000), 1000)
    expect(budget.affordRetry('plan', asks(2000), 1000, unsure())).toBe(false)
    expect(budget.spending()).toEqual([])
    expect(budget.left()).toBeCloseTo(2099, 6)
  })
})

describe('the limit', () => {
  it('is never passed, whatever is called, answered, broken off and tried again, side by side', () => {
    let calls = 0
    for (let seed = 1; seed <= cases(300); seed += 1) {
      const random = randomOf(seed)
      const limit = (1 + random(400)) / 100
      const budget = openBudget(limit, price)
      let paid = 0
      for (let step = 0; step < 60; step += 1) {
        paid += play(budget, random)
        const spent = usdOf(budget.spending())
        expect(paid, `seed ${seed}`).toBeLessThanOrEqual(spent + 1e-9)
        expect(spent, `seed ${seed}`).toBeLessThanOrEqual(limit + 1e-9)
        expect(budget.left(), `seed ${seed}`).toBeCloseTo(limit - spent, 9)
      }
      calls += budget.spending().reduce((sum, one) => sum + one.calls, 0)
    }
    expect(calls).toBeGreaterThan(2000)
  })

  it('has room for all that is set aside at once, at the long price of haiku too', () => {
    const budget = openBudget(1, price)
    const request = { model: 'claude-haiku-5-5', maxTokens: 60_000 }
    const afforded: number[] = []
    for (let most = budget.afford(request, 150_000); most !== null; most = budget.afford(request, 150_000))
      afforded.push(most)
    // Each: 150,000 x 0.125 x 5 and 60,000 x 0.5 x 5 dollars per million.
    expect(afforded).toEqual([60_000, 60_000, 60_000, 60_000])
    expect(budget.left()).toBeCloseTo(1 - 4 * 0.243_75, 9)
  })
})

const MODELS = ['claude-haiku-5-5', 'claude-sonnet-5-5', 'claude-opus-5-5', 'own']
const price = (model: string) =>
  priceOf(model, { prices: { own: { input: 1, output: 4, cache_read: 3, cache_write: 0.5 } } })

/** Some calls side by side, ending in any order, some of their tries broken off. Gives what they really cost. */
function play(budget: Budget, random: (below: number) => number): number {
  const calls = Array.from({ length: 1 + random(3) }, () => {
    const size = { model: MODELS[random(MODELS.length)] ?? '', maxTokens: 1 + random(64_000) }
    const promptTokens = random(200_000)
    const leaving = { reserve: random(100) / 100, cached: random(250_000) }
    const maxTokens = budget.afford(size, promptTokens, leaving)
    return maxTokens === null ? [] : [{ request: { ...size, maxTokens }, promptTokens }]
  })
  let paid = 0
  for (const { request, promptTokens } of calls.flat().toSorted(() => random(3) - 1)) {
    const pay = () => {
      const usage = usageWithin(promptTokens, request.maxTokens, random)
      paid += costOf(usage, price(request.model) as Price)
      return random(2) === 0 ? unsure({ fresh: usage.fresh }) : sure(usage)
    }
    let last = pay()
    while (random(3) === 0 && budget.affordRetry('work', request, promptTokens, last)) last = pay()
    budget.settle('work', request, promptTokens, last)
  }
  return paid
}

function usageWithin(prompt: number, most: number, random: (below: number) => number): Usage {
  const total = random(2) === 0 ? prompt : random(prompt + 1)
  const cached = random(total + 1)
  const written = random(total - cached + 1)
  return { cached, written, fresh: total - cached - written, output: random(2) === 0 ? most : random(most + 1) }
}
