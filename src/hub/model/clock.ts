import type { ModelClock } from './world.ts'

export const realClock: ModelClock = {
  now: () => new Date(),
  wait: (seconds, signal) =>
    new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, seconds * 1000)
      signal?.addEventListener('abort', wake)
      if (signal?.aborted === true) wake()
    }),
}
