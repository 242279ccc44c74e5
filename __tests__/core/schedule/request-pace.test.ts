import { describe, expect, it } from 'vitest'
import { editSeconds, lookSeconds, type Quota, showSeconds } from '../../../src/core/schedule/request-pace.ts'

const now = new Date('2026-01-01T00:30:00Z')
const left = (remaining: number): Quota => ({ limit: 1000, remaining, resetAt: new Date('2026-01-01T01:00:00Z') })
const rest = (remaining: number) => ({ rest: left(remaining), graphql: left(1000) })

describe('the pace of requests', () => {
  it('is not held back while there are plenty, or nothing is known', () => {
    expect(lookSeconds(rest(900), now)).toBe(0)
    expect(showSeconds({ rest: null, graphql: null }, now)).toBe(0)
  })

  it('lets looks last until the limit is reset, and shows things later than it looks', () => {
    expect(lookSeconds(rest(250), now)).toBeCloseTo(14.4)
    expect(showSeconds(rest(250), now)).toBeCloseTo(72)
    expect(lookSeconds(rest(100), now)).toBeLessThan(showSeconds(rest(100), now))
  })

  it('never leaves a result lying for more than five minutes', () => {
    expect([lookSeconds(rest(0), now), showSeconds(rest(0), now)]).toEqual([300, 300])
  })

  it('makes edits the rarer, the more of what an hour may write is used up, by whichever run', () => {
    const seconds = (used: number) => editSeconds(10, { rest: null, graphql: left(1000 - used) }, now)
    expect([seconds(0), seconds(250), seconds(400)].map(Math.round)).toEqual([10, 40, 250])
    expect([seconds(500), seconds(1000)]).toEqual([300, 300])
    expect(editSeconds(600, { rest: null, graphql: left(500) }, now)).toBe(600)
    expect(editSeconds(10, { rest: left(0), graphql: null }, now)).toBe(10)
    expect(editSeconds(10, { rest: null, graphql: left(0) }, new Date('2026-01-01T01:00:01Z'))).toBe(10)
  })

  it('holds nothing back for a limit that has been reset, nor looks for one that only showing needs', () => {
    expect(lookSeconds(rest(0), new Date('2026-01-01T01:00:01Z'))).toBe(0)
    const quotas = { rest: left(1000), graphql: left(100) }
    expect([lookSeconds(quotas, now), showSeconds(quotas, now)]).toEqual([0, 36])
  })
})
