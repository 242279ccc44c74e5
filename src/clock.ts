import type { Clock } from './ports/clock.ts'

export const systemClock: Clock = {
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
}
