import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/event.ts'
import type { ActiveRun } from '../../src/core/state.ts'
import { isAssembled, nextVerdict } from '../../src/core/verification.ts'
import { AT, afterwards, landed, merged, report, running } from '../support/run.ts'

const ids = Array.from({ length: 9 }, (_, index) => `t${index}`)
const whole = merged(landed(running(ids.join(', ')), ...ids), ...ids)

/** Plays the verification with a judge, and counts how often it was asked. */
function search(state: ActiveRun, isGood: (index: number) => boolean) {
  let now = state
  for (let asked = 0; asked < 50; asked += 1) {
    const next = nextVerdict(now.work)
    if (next.next !== 'verify') return { ...next, asked }
    const index = now.work.trunk.merges.findIndex((merge) => merge.sha === next.on)
    const stamp = { at: AT, by: 'tributary', on: next.on, attempt: asked + 1 }
    const verdict: RunEvent = isGood(index)
      ? { type: 'verification_passed', ...stamp, report }
      : {
          type: 'verification_failed',
          ...stamp,
          failure: { reason: 'verification-failed', on: next.on, exitCode: 1, log: '' },
        }
    now = afterwards(now, verdict)
  }
  throw new Error('the search does not end')
}

describe('the verification of trunk', () => {
  it('waits until every task has landed and trunk holds them all', () => {
    expect(isAssembled(whole.work)).toBe(true)
    expect(isAssembled(merged(landed(running('a, b'), 'a'), 'a').work)).toBe(false)
  })
  it('asks once where it passes', () => {
    expect(search(whole, () => true)).toEqual({ next: 'passed', asked: 1 })
  })
  it.each(ids.map((id, index) => [id, index] as const))('finds %s as the merge that broke it', (id, index) => {
    const found = search(whole, (at) => at < index)
    expect(found).toMatchObject({ next: 'culprit', task: id })
    expect(found.asked).toBeLessThanOrEqual(6)
  })
  it('blames nobody where the base fails already', () => {
    expect(search(whole, () => false)).toMatchObject({ next: 'culprit', task: null })
  })
  it('does not search where the verification could not run', () => {
    const failure = { reason: 'sandbox-unavailable', detail: '' } as const
    const state = afterwards(whole, {
      type: 'verification_failed',
      at: AT,
      by: 'tributary',
      on: whole.work.trunk.tip,
      attempt: 1,
      failure,
    })
    expect(nextVerdict(state.work)).toEqual({ next: 'wait' })
  })
})
