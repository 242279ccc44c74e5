import type { Clock } from './ports/clock.ts'

export const systemClock: Clock = {
  now: () => new Date(),
  wait: (seconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve()
      const timer = setTimeout(resolve, seconds * 1000)
      signal?.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    }),
}
