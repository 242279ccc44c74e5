import type { Clock } from '../../src/ports/clock.ts'

export interface ManualClock extends Clock {
  /** Moves the hands; whoever waits for a moment that has come goes on. */
  advance(seconds: number): void
  /** Resolves as soon as somebody waits. */
  waiting(): Promise<void>
}

export function manualClock(start = '2026-01-02T03:04:05.000Z'): ManualClock {
  let now = Date.parse(start)
  const sleepers = new Set<{ until: number; wake(): void }>()
  let watchers: (() => void)[] = []
  return {
    now: () => new Date(now),
    wait: (seconds, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve()
        const sleeper = { until: now + seconds * 1000, wake }
        function wake() {
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        signal?.addEventListener('abort', wake, { once: true })
        sleepers.add(sleeper)
        for (const watcher of watchers.splice(0)) watcher()
      }),
    advance(seconds) {
      now += seconds * 1000
      for (const sleeper of [...sleepers]) if (sleeper.until <= now) sleeper.wake()
    },
    waiting: () =>
      new Promise((resolve) => {
        if (sleepers.size > 0) resolve()
        else watchers = [...watchers, resolve]
      }),
  }
}
