import type { TimeoutClock } from '../../src/ports/clock.ts'

/**
 * Waits take no time; they move the hands, and are counted. Work takes none by this clock, however long it does.
 * @param least seconds that each wait moves the hands at least, for hours of looks every few seconds
 */
export function hastyClock(start = '2026-01-02T03:04:05.000Z', least = 0): TimeoutClock & { waits: number[] } {
  let now = Date.parse(start)
  const waits: number[] = []
  return {
    waits,
    now: () => new Date(now),
    wait: async (seconds) => {
      waits.push(seconds)
      now += Math.max(seconds, least) * 1000
    },
    within: async (_seconds, work) => void (await work.catch(() => {})),
  }
}
