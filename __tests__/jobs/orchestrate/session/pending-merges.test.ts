import { describe, expect, it } from 'vitest'
import { withTimeout } from '../../../../src/adapters/system/clock.ts'
import {
  type MergeOutcome,
  mergeWithin,
  noPendingMerges,
  prefetchMerge,
  resetDeadline,
  wakeForMerges,
} from '../../../../src/jobs/orchestrate/session/pending-merges.ts'
import { manualClock } from '../../../support/clock.ts'

const SHA = 'a'.repeat(40)
const clean: MergeOutcome = { ok: true, sha: SHA }

function merger() {
  const clock = manualClock()
  return {
    merges: noPendingMerges(),
    deps: { clock: withTimeout(clock) },
    stageRunner: { wake: new AbortController() },
    clock,
  }
}

/** A merge that ends when the test says so. */
function held() {
  let begun = 0
  let end: (joined: MergeOutcome) => void = () => {}
  let fail: (why: Error) => void = () => {}
  const act = () => {
    begun += 1
    return new Promise<MergeOutcome>((resolve, reject) => {
      end = resolve
      fail = reject
    })
  }
  return { act, begun: () => begun, end: () => end(clean), fail: () => fail(new Error('no space left')) }
}

/** What was set off has got as far as it can. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('a merge that a wake-up asks for', () => {
  it('is waited for, but no longer than two seconds in all', async () => {
    const it = merger()
    resetDeadline(it)
    const [one, two] = [held(), held()]
    const first = mergeWithin(it, 'one', one.act)
    await it.clock.waiting()
    it.clock.advance(1.5)
    one.end()
    expect(await first).toEqual(clean)
    const second = mergeWithin(it, 'two', two.act)
    await it.clock.waiting()
    it.clock.advance(0.5)
    expect(await second).toBeNull()
    expect([...it.merges.pending]).toEqual(['two'])
  })

  it('is not waited for once more by the next wake-up, which has its patience for others', async () => {
    const it = merger()
    resetDeadline(it)
    const [slow, quick] = [held(), held()]
    const first = mergeWithin(it, 'slow', slow.act)
    await it.clock.waiting()
    it.clock.advance(2)
    expect(await first).toBeNull()
    resetDeadline(it)
    expect(await mergeWithin(it, 'slow', slow.act)).toBeNull()
    const second = mergeWithin(it, 'quick', quick.act)
    await it.clock.waiting()
    it.clock.advance(1.9)
    quick.end()
    expect(await second).toEqual(clean)
    expect(slow.begun()).toBe(1)
  })

  it('wakes who waits for it when it ends, or when it leaves room', async () => {
    const it = merger()
    const all = [1, 2, 3, 4, 5].map(held)
    resetDeadline(it)
    const asked = all.map(({ act }, index) => mergeWithin(it, `${index}`, act))
    await settled()
    it.clock.advance(2)
    expect(await Promise.all(asked)).toEqual([null, null, null, null, null])
    expect(all.map(({ begun }) => begun())).toEqual([1, 1, 1, 1, 0])
    expect(it.stageRunner.wake.signal.aborted).toBe(false)
    all[0]?.end()
    await settled()
    expect(it.stageRunner.wake.signal.aborted).toBe(true)
    it.stageRunner.wake = new AbortController()
    wakeForMerges(it)
    expect(it.stageRunner.wake.signal.aborted).toBe(true)
    resetDeadline(it)
    expect(await mergeWithin(it, '0', held().act)).toEqual(clean)
  })

  it('throws as git does, once', async () => {
    const it = merger()
    const bad = held()
    resetDeadline(it)
    const asked = mergeWithin(it, 'bad', bad.act)
    await it.clock.waiting()
    bad.fail()
    await expect(asked).rejects.toThrow('no space left')
    const again = held()
    const retried = mergeWithin(it, 'bad', again.act)
    await settled()
    again.end()
    expect(await retried).toEqual(clean)
  })
})

describe('a merge ahead', () => {
  it('begins while no more than two run, wakes nobody, and is there when it is asked for', async () => {
    const it = merger()
    const all = [1, 2, 3].map(held)
    expect(all.map(({ act }, index) => prefetchMerge(it, `${index}`, act))).toEqual([null, null, null])
    expect(all.map(({ begun }) => begun())).toEqual([1, 1, 0])
    all[0]?.end()
    await settled()
    expect(it.stageRunner.wake.signal.aborted).toBe(false)
    expect(prefetchMerge(it, '0', held().act)).toEqual(clean)
    expect(await mergeWithin(it, '0', held().act)).toEqual(clean)
  })

  it('that failed before anybody asked for it is tried once more', async () => {
    const it = merger()
    const bad = held()
    prefetchMerge(it, 'bad', bad.act)
    bad.fail()
    await settled()
    const again = held()
    resetDeadline(it)
    const asked = mergeWithin(it, 'bad', again.act)
    await settled()
    again.end()
    expect(await asked).toEqual(clean)
  })
})
