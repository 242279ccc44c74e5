import type { Clock, PatientClock } from '../../ports/clock.ts'

export const patient = (clock: Clock): PatientClock => ({
  ...clock,
  async within(seconds, work) {
    const ended = new AbortController()
    const ending = work.then(
      () => ended.abort(),
      () => ended.abort(),
    )
    await Promise.race([ending, clock.wait(seconds, ended.signal)])
    ended.abort()
  },
})

export const systemClock: PatientClock = patient({
  now: () => new Date(),
  wait: (seconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve()
      const wake = () => {
        clearTimeout(timer)
        // A signal outlives many waits: each takes its listener with it.
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, seconds * 1000)
      signal?.addEventListener('abort', wake)
    }),
})
