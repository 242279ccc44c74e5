import { describe, expect, it } from 'vitest'
import { addUsage, mergeSpending, noUsage, type Spending, tokensOf, usdOf } from '../../../src/core/money/usage.ts'

const usage = { fresh: 1, cached: 20, written: 300, output: 4000 }
const spending = (role: Spending['role'], model: string, usd: number, unknown = 0): Spending => ({
  role,
  model,
  calls: 1,
  usage,
  usd,
  unknown,
})

describe('usage', () => {
  it('is added kind by kind', () => {
    expect(addUsage(usage, { fresh: 5, cached: 6, written: 7, output: 8 })).toEqual({
      fresh: 6,
      cached: 26,
      written: 307,
      output: 4008,
    })
    expect(addUsage(usage, noUsage)).toEqual(usage)
    expect(tokensOf(usage)).toBe(4321)
  })
})

describe('spending', () => {
  it('is merged by role and model, in the order in which they came first', () => {
    const merged = mergeSpending([
      spending('work', 'b', 1),
      spending('plan', 'a', 2, 0.5),
      spending('work', 'a', 4),
      spending('plan', 'a', 8, 0.25),
    ])
    expect(merged.map(({ role, model, calls, usd, unknown }) => [role, model, calls, usd, unknown])).toEqual([
      ['work', 'b', 1, 1, 0],
      ['plan', 'a', 2, 10, 0.75],
      ['work', 'a', 1, 4, 0],
    ])
    expect(merged[1]?.usage).toEqual(addUsage(usage, usage))
  })

  it('loses no dollar and no token when it is merged, whatever is merged first', () => {
    const all = [spending('work', 'a', 1), spending('plan', 'a', 2), spending('work', 'a', 4), spending('work', 'b', 8)]
    const parts = mergeSpending([...mergeSpending(all.slice(0, 2)), ...mergeSpending(all.slice(2))])
    expect(parts).toEqual(mergeSpending(all))
    expect(usdOf(parts)).toBe(15)
  })
})
