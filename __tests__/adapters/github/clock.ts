import type { Clock } from '../../../src/ports/clock.ts'

/** Time that passes only where somebody waits, and remembers how long they did. */
export function testClock(start = '2026-01-01T00:00:00Z'): Clock & { waits: number[] } {
  let now = Date.parse(start)
  const waits: number[] = []
  return {
    waits,
    now: () => new Date(now),
    wait: async (seconds) => {
      waits.push(seconds)
      now += seconds * 1000
    },
  }
}
