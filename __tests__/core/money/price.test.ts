import { describe, expect, it } from 'vitest'
import { costOf, modelWithoutPrice, PRICES, type Price, priceOf, worstCost } from '../../../src/core/money/price.ts'
import { noUsage } from '../../../src/core/money/usage.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { randomOf } from '../../support/random.ts'

const MILLION = 1_000_000
const haiku = PRICES['claude-haiku-5-5'] as Price
const opus = PRICES['claude-opus-5-5'] as Price

describe('what a call costs', () => {
  it('is counted by the kind of token', () => {
    const price: Price = { input: 4, output: 20, cache_read: 0.2, cache_write: 5 }
    expect(costOf({ ...noUsage, fresh: MILLION }, price)).toBe(4)
    expect(costOf({ ...noUsage, cached: MILLION }, price)).toBe(0.2)
    expect(costOf({ ...noUsage, written: MILLION }, price)).toBe(5)
    expect(costOf({ ...noUsage, output: MILLION }, price)).toBe(20)
    expect(costOf({ fresh: 1000, cached: 10_000, written: 2000, output: 500 }, price)).toBeCloseTo(0.026, 12)
  })

  it('is five times as much on haiku when the prompt passes 100,000 tokens, the answer among it', () => {
    expect(costOf({ ...noUsage, fresh: 100_000, output: 1000 }, haiku)).toBeCloseTo(0.0105, 12)
    expect(costOf({ ...noUsage, fresh: 100_001, output: 1000 }, haiku)).toBeCloseTo(0.0525005, 12)
  })

  it('counts the cached and the written part of a prompt to its length', () => {
    const short = costOf({ fresh: 1, cached: 60_000, written: 39_999, output: 0 }, haiku)
    const long = costOf({ fresh: 1, cached: 60_000, written: 40_000, output: 0 }, haiku)
    expect(long / short).toBeCloseTo(5, 3)
  })

  it('does not count a long answer to the length of the prompt', () => {
    expect(costOf({ ...noUsage, fresh: 1000, output: 200_000 }, haiku)).toBeCloseTo(0.1001, 12)
  })
})

describe('the most that a call can cost', () => {
  it('is never less than what it does cost, however its prompt is parted', () => {
    const random = randomOf(7)
    const prices = [...Object.values(PRICES), { input: 3, output: 1, cache_read: 9, cache_write: 0.5 }]
    for (let round = 0; round < 2000; round += 1) {
      const [prompt, most] = [random(220_000), random(64_000)]
      const cached = random(prompt + 1)
      const written = random(prompt - cached + 1)
      const usage = { cached, written, fresh: prompt - cached - written, output: random(most + 1) }
      for (const price of prices)
        expect(costOf(usage, price)).toBeLessThanOrEqual(worstCost(prompt, most, price) + 1e-12)
    }
  })

  it('takes the long price for a prompt that may be long', () => {
    expect(worstCost(100_001, 0, haiku) / worstCost(100_000, 0, haiku)).toBeCloseTo(5, 3)
  })
})

describe('the price of a model', () => {
  it('is the one of the settings where they name the model', () => {
    const own = { input: 1, output: 2, cache_read: 3, cache_write: 4 }
    expect(priceOf('claude-opus-5-5', { prices: { 'claude-opus-5-5': own } })).toBe(own)
    expect(priceOf('our-own', { prices: { 'our-own': own } })).toBe(own)
    expect(priceOf('claude-opus-5-5', { prices: { 'our-own': own } })).toBe(opus)
  })

  it('is nothing for a model that nobody gave a price, also if every object has something of its name', () => {
    for (const name of ['claude-unheard-of', 'constructor', 'toString', '__proto__'])
      expect(priceOf(name, { prices: {} })).toBeNull()
  })

  it('is wanted for every model that the run pays for, and for no name that only another program knows', () => {
    const settings = (over: object) => settingsSchema.parse({ worker_model: { default: 'my-own' }, ...over })
    expect(modelWithoutPrice(settings({}))).toBe('my-own')
    expect(modelWithoutPrice(settings({ worker: { command: ['agent', '{model}'] } }))).toBeNull()
    expect(modelWithoutPrice(settings({ worker: { command: ['agent'] }, plan_model: 'other' }))).toBe('other')
    const reviewed = { worker_model: {}, review_model: 'another' }
    expect(modelWithoutPrice(settings(reviewed))).toBe('another')
    expect(modelWithoutPrice(settings({ ...reviewed, review: 'off' }))).toBeNull()
  })
})
