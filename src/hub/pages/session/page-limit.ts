const WINDOW_MS = 60_000

/** How many requests a minute may bring. */
export interface PageLimit {
  /** Takes one; the seconds until there is room for another if there is none now, else null. */
  take(): number | null
}

/** At most `most` requests in any minute. `now`: milliseconds. */
export function createPageLimit(most: number, now: () => number): PageLimit {
  let taken: readonly number[] = []
  return {
    take: () => {
      taken = taken.filter((at) => at > now() - WINDOW_MS)
      const [oldest = now()] = taken
      if (taken.length >= most) return Math.max(1, Math.ceil((oldest + WINDOW_MS - now()) / 1000))
      taken = [...taken, now()]
      return null
    },
  }
}
