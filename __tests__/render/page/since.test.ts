import { describe, expect, it } from 'vitest'
import { replay } from '../../../src/core/run/evolve.ts'
import { workOf } from '../../../src/core/run/state.ts'
import {
  type Changes,
  changesBetween,
  sinceSection,
  standingAfter,
  standingOf,
} from '../../../src/render/page/since.ts'
import { planOf } from '../../support/plan.ts'
import {
  approved,
  done,
  failed,
  history,
  proposed,
  queued,
  requested,
  started,
  type TimedEvent,
} from '../support/runs.ts'

const lost = { reason: 'acceptance-failed', exitCode: 3, log: '' } as never
const begun = [requested(), proposed(planOf('a > c, b')), approved(), queued('a'), started('a'), queued('b')]

/** What is new in a run after `since`, for a person who has seen what came before. */
function changes(before: readonly TimedEvent[], since: readonly TimedEvent[]): Changes {
  const events = history(...before, ...since)
  const state = replay(events)
  const work = state.phase === 'empty' ? null : workOf(state)
  if (work === null) throw new Error('the run has no plan')
  return changesBetween(standingAfter(events.slice(0, before.length)), standingOf(work))
}

const words = (of: Changes) => Object.fromEntries([...of].map(([id, { words }]) => [id, words]))

describe('what changed since a look', () => {
  it('is each task that stands otherwise, with how it stood', () => {
    const since = changes(begun, [...done('a').slice(2), started('b', 'r1.2')])
    expect(words(since)).toEqual({ a: 'was at work', b: 'was queued' })
    expect([since.get('a')?.now, since.get('b')?.now]).toEqual(['landed', 'atwork'])
  })

  it('is nothing if nothing moved', () => {
    expect(changes(begun, [])).toEqual(new Map())
    expect(sinceSection(changes(begun, []), '')).toBe(false)
  })

  it('is also a task that failed again', () => {
    const again: TimedEvent[] = [queued('a', 2), started('a', 'r1.1', 2), failed('a', lost, true, 2)]
    expect(words(changes([...begun, failed('a', lost)], again))).toEqual({ a: 'again, in attempt 2' })
  })

  it('of a plan that came since is what its tasks have done', () => {
    expect(words(changes([requested()], begun.slice(1)))).toEqual({ a: 'was to come', b: 'was to come' })
  })

  it('names a task that a newer plan has brought', () => {
    const before = [requested(), proposed(planOf('a'))]
    expect(words(changes(before, [proposed(planOf('a, z'))]))).toEqual({ z: 'was not in the plan' })
  })

  it('is said by state, each with its sign, and of many tasks some are named', () => {
    const names = Array.from({ length: 15 }, (_, index) => `t${index}`)
    const plan = [requested(), proposed(planOf(names.join(', '))), approved()]
    const section = sinceSection(
      changes(plan, [...names.slice(0, 14).map((id) => queued(id)), started('t0')]),
      '2026-11-21T10:00:00.000Z',
    )
    const text = section === false ? '' : section.text.replaceAll(/<[^>]+>/g, ' ')
    expect(text).toContain('14 tasks changed since you last looked, at 2026-11-21 10:00:00 UTC')
    expect(text).toMatch(/▶ at work: +t0 /)
    expect(text).toMatch(/… queued: +t1 , {2}t2 .* t12 +and 1 more/)
  })
})
