/** A bucket of pushes: GitHub advises against more than six a minute to one repository. */
export interface Limiter {
  /** Seconds until the next push may go; 0: now, and it is counted. */
  take(nowMilliseconds: number): number
}

export function limiter(perMinute: number, nowMilliseconds: number): Limiter {
  const burst = Math.max(1, Math.floor(perMinute))
  let tokens = burst
  let at = nowMilliseconds
  return {
    take(now) {
      tokens = Math.min(burst, tokens + ((now - at) / 60_000) * perMinute)
      at = now
      if (tokens < 1) return ((1 - tokens) / perMinute) * 60
      tokens -= 1
      return 0
    },
  }
}
