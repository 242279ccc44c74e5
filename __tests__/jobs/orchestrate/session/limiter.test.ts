import { describe, expect, it } from 'vitest'
import { limiter } from '../../../../src/jobs/orchestrate/session/session.ts'

describe('the limit of pushes', () => {
  it('lets as many go at once as a minute may have, and then one by one', () => {
    const limit = limiter(0)
    expect([1, 2, 3, 4, 5, 6].map(() => limit.take(0, 6))).toEqual([0, 0, 0, 0, 0, 0])
    expect(limit.take(0, 6)).toBe(10)
    expect(limit.take(9_000, 6)).toBeCloseTo(1)
    expect(limit.take(10_000, 6)).toBe(0)
    expect(limit.take(10_000, 6)).toBe(10)
  })

  it('counts nothing for a push that must wait', () => {
    const limit = limiter(0)
    expect(limit.take(0, 1)).toBe(0)
    for (let look = 0; look < 5; look += 1) expect(limit.take(30_000, 1)).toBeCloseTo(30)
    expect(limit.take(60_000, 1)).toBe(0)
  })

  it('takes the rate of the moment: a run learns its settings after its first push', () => {
    const limit = limiter(0)
    for (let push = 0; push < 6; push += 1) limit.take(0, 6)
    expect(limit.take(0, 6000)).toBe(0)
    expect(limit.take(0, 6)).toBe(20)
  })
})
