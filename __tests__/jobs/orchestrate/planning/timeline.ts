import type { TimeoutClock } from '../../../../src/ports/clock.ts'

export interface Timeline extends TimeoutClock {
  /** Seconds since the beginning. */
  seconds(): number
  /** Something happens so many seconds from now. */
  in(seconds: number, act: () => void): void
  /** Nothing of what was to come happens. */
  drop(): void
}

/**
 * A clock of which only waits move the hands, past whatever happens on the way: all else takes no time. Before a wait begins,
 * `ready` has to be true: what was set off before it has got as far as it can without the clock.
 */
export function timeline(ready: () => boolean, start = '2026-01-02T03:04:05.000Z'): Timeline {
  const begun = Date.parse(start)
  let now = begun
  const ahead: { at: number; act: () => void }[] = []
  const next = (until: number) => {
    ahead.sort((a, b) => a.at - b.at)
    return (ahead[0]?.at ?? Number.POSITIVE_INFINITY) <= until ? ahead.shift() : undefined
  }
  return {
    now: () => new Date(now),
    seconds: () => (now - begun) / 1000,
    in: (seconds, act) => ahead.push({ at: now + seconds * 1000, act }),
    drop: () => void ahead.splice(0),
    within: async (_seconds, work) => void (await work.catch(() => {})),
    async wait(seconds, signal) {
      const until = now + seconds * 1000
      do await settled()
      while (!ready())
      for (let event = next(until); event !== undefined; event = next(until)) {
        if (signal?.aborted) return void ahead.unshift(event)
        now = Math.max(now, event.at)
        event.act()
        await settled()
      }
      if (!signal?.aborted) now = Math.max(now, until)
    },
  }
}

/** Whatever was waiting for what has just been said has run. */
async function settled(): Promise<void> {
  for (let round = 0; round < 4; round++) await new Promise((resolve) => setImmediate(resolve))
}
