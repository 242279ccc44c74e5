import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { systemClock } from '../../../src/adapters/system/clock.ts'
import { PACE } from '../../support/pace.ts'

it('waits as long as it is asked to, and leaves nothing on the signal', async () => {
  const { signal } = new AbortController()
  const begun = performance.now()
  await systemClock.wait(0.02, signal)
  expect(performance.now() - begun).toBeGreaterThan(15)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('a signal that fires, or has fired, ends the wait', async () => {
  const abort = new AbortController()
  const waiting = systemClock.wait(600, abort.signal)
  abort.abort()
  await waiting
  await systemClock.wait(600, abort.signal)
  expect(getEventListeners(abort.signal, 'abort')).toEqual([])
})

it('waits within a time for work that ends, fails, or goes on', async () => {
  const begun = performance.now()
  await systemClock.within(600, Promise.resolve())
  await systemClock.within(600, Promise.reject(new Error('it failed')))
  await systemClock.within(0.02, new Promise(() => {}))
  expect(performance.now() - begun).toBeGreaterThan(15)
  expect(performance.now() - begun).toBeLessThan(10_000 * PACE)
})
