import { describe, expect, it } from 'vitest'
import { patient } from '../../../../src/adapters/system/clock.ts'
import {
  ahead,
  type Joined,
  newPatience,
  noMerges,
  soon,
  tellOfMerges,
} from '../../../../src/jobs/orchestrate/session/pending-merges.ts'
import { manualClock } from '../../../support/clock.ts'

const SHA = 'a'.repeat(40)
const clean: Joined = { ok: true, sha: SHA }

function merger() {
  const clock = manualClock()
  return { merges: noMerges(), deps: { clock: patient(clock) }, desk: { news: new AbortController() }, clock }
}

/** A merge that ends when the test says so. */
function held() {
  let begun = 0
  let end: (joined: Joined) => void = () => {}
  let fail: (why: Error) => void = () => {}
  const act = () => {
    begun += 1
    return new Promise<Joined>((resolve, reject) => {
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
    newPatience(it)
    const [one, two] = [held(), held()]
    const first = soon(it, 'one', one.act)
    await it.clock.waiting()
    it.clock.advance(1.5)
    one.end()
    expect(await first).toEqual(clean)
    const second = soon(it, 'two', two.act)
    await it.clock.waiting()
    it.clock.advance(0.5)
    expect(await second).toBeNull()
    expect([...it.merges.owed]).toEqual(['two'])
  })

  it('is not waited for once more by the next wake-up, which has its patience for others', async () => {
    const it = merger()
    newPatience(it)
    const [slow, quick] = [held(), held()]
    const first = soon(it, 'slow', slow.act)
    await it.clock.waiting()
    it.clock.advance(2)
    expect(await first).toBeNull()
    newPatience(it)
    expect(await soon(it, 'slow', slow.act)).toBeNull()
    const second = soon(it, 'quick', quick.act)
    await it.clock.waiting()
    it.clock.advance(1.9)
    quick.end()
    expect(await second).toEqual(clean)
    expect(slow.begun()).toBe(1)
  })

  it('wakes who waits for it when it ends, or when it leaves room', async () => {
    const it = merger()
    const all = [1, 2, 3, 4, 5].map(held)
    newPatience(it)
    const asked = all.map(({ act }, index) => soon(it, `${index}`, act))
    await settled()
    it.clock.advance(2)
    expect(await Promise.all(asked)).toEqual([null, null, null, null, null])
    expect(all.map(({ begun }) => begun())).toEqual([1, 1, 1, 1, 0])
    expect(it.desk.news.signal.aborted).toBe(false)
    all[0]?.end()
    await settled()
    expect(it.desk.news.signal.aborted).toBe(true)
    it.desk.news = new AbortController()
    tellOfMerges(it)
    expect(it.desk.news.signal.aborted).toBe(true)
    newPatience(it)
    expect(await soon(it, '0', held().act)).toEqual(clean)
  })

  it('throws as git does, once', async () => {
    const it = merger()
    const bad = held()
    newPatience(it)
    const asked = soon(it, 'bad', bad.act)
    await it.clock.waiting()
    bad.fail()
    await expect(asked).rejects.toThrow('no space left')
    const again = held()
    const retried = soon(it, 'bad', again.act)
    await settled()
    again.end()
    expect(await retried).toEqual(clean)
  })
})

describe('a merge ahead', () => {
  it('begins while no more than two run, wakes nobody, and is there when it is asked for', async () => {
    const it = merger()
    const all = [1, 2, 3].map(held)
    expect(all.map(({ act }, index) => ahead(it, `${index}`, act))).toEqual([null, null, null])
    expect(all.map(({ begun }) => begun())).toEqual([1, 1, 0])
    all[0]?.end()
    await settled()
    expect(it.desk.news.signal.aborted).toBe(false)
    expect(ahead(it, '0', held().act)).toEqual(clean)
    expect(await soon(it, '0', held().act)).toEqual(clean)
  })

  it('that failed before anybody asked for it is tried once more', async () => {
    const it = merger()
    const bad = held()
    ahead(it, 'bad', bad.act)
    bad.fail()
    await settled()
    const again = held()
    newPatience(it)
    const asked = soon(it, 'bad', again.act)
    await settled()
    again.end()
    expect(await asked).toEqual(clean)
  })
})
