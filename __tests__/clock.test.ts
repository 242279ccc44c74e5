import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { systemClock } from '../src/clock.ts'

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
