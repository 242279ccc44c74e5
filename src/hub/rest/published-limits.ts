/**
 * GitHub's limits as it publishes them, for all jobs of a repository together. `hour` and `minute` are in seconds, so that a test can have
 * short ones. The rest is what fits into them. A read is one point, a write five. GitHub only advises on pushes, so those are counted and not refused.
 * https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export const PUBLISHED = {
  hour: 3_600,
  minute: 60,
  requests: 1_000,
  contentHour: 500,
  contentMinute: 80,
  restPoints: 900,
  graphqlPoints: 2_000,
}
export type PublishedLimits = typeof PUBLISHED

/** What one request costs of the secondary limits. `content`: what it creates or changes that people see. */
export interface RequestCost {
  of: 'rest' | 'graphql'
  points: number
  content: number
}

/** A secondary limit that has no room for a request, and the seconds until it has. */
export interface SecondaryRefusal {
  of: 'content' | 'points'
  seconds: number
}

/** The secondary limits. Whether GitHub's minutes and hours slide is not published; sliding ones are the stricter reading. */
export function createSecondaryLimits(limits: PublishedLimits) {
  const contentHour = slidingWindow(limits.hour, limits.contentHour)
  const contentMinute = slidingWindow(limits.minute, limits.contentMinute)
  const points = {
    rest: slidingWindow(limits.minute, limits.restPoints),
    graphql: slidingWindow(limits.minute, limits.graphqlPoints),
  }
  return {
    /** Takes the request, or says what refuses it. A refused one uses nothing up. `now`: in seconds. */
    take(now: number, { of, points: cost, content }: RequestCost): SecondaryRefusal | null {
      const seconds = points[of].wait(now, cost)
      if (seconds > 0) return { of: 'points', seconds }
      const forContent = Math.max(contentHour.wait(now, content), contentMinute.wait(now, content))
      if (forContent > 0) return { of: 'content', seconds: forContent }
      points[of].use(now, cost)
      for (const window of [contentHour, contentMinute]) window.use(now, content)
      return null
    },
  }
}

/** What was used within the last `length` seconds, of which there may be `most`. */
function slidingWindow(length: number, most: number) {
  let used: { at: number; cost: number }[] = []
  const recent = (now: number) => {
    used = used.filter(({ at }) => at + length > now)
    return used
  }
  return {
    /** Seconds until there is room; 0: there is. What is more than ever fits goes through alone. */
    wait(now: number, cost: number): number {
      let over = recent(now).reduce((sum, one) => sum + one.cost, 0) + cost - most
      if (cost === 0) return 0
      for (const one of used) {
        if (over <= 0) return 0
        over -= one.cost
        if (over <= 0 || one === used.at(-1)) return one.at + length - now
      }
      return 0
    },
    use(now: number, cost: number): void {
      if (cost > 0) recent(now).push({ at: now, cost })
    },
  }
}
