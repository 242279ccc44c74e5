/** A bucket of pushes: GitHub advises against more than six a minute to one repository. */
export interface Limiter {
  /** Seconds until the next push may go; 0: now, and it is counted. The rate may be another one each time. */
  take(nowMilliseconds: number, perMinute: number): number
}

export function limiter(nowMilliseconds: number): Limiter {
  let used = 0
  let at = nowMilliseconds
  return {
    take(now, perMinute) {
      const burst = Math.max(1, Math.floor(perMinute))
      used = Math.max(0, used - ((now - at) / 60_000) * perMinute)
      at = now
      if (used + 1 > burst) return ((used + 1 - burst) / perMinute) * 60
      used += 1
      return 0
    },
  }
}
