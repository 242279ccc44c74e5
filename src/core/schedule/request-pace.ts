/** What is left of the requests that the platform allows in an hour, to this repository as a whole. */
export interface Quota {
  limit: number
  remaining: number
  resetAt: Date
}

/** Above this share of the hour's requests nothing is slowed down. */
const PLENTY = 0.25
/** Seconds. A result is not left lying for longer. */
const LONGEST = 300

/** Requests of one look at jobs and results, and of showing what changed. Showing gets slow before work does. */
const LOOK = { rest: 2, graphql: 0 }
const SHOW = { rest: 10, graphql: 2 }

export interface Quotas {
  rest: Quota | null
  graphql: Quota | null
}

/** Seconds between two looks, so that what is left lasts until the limit is reset: other workflows use it up too. 0: no need. */
export const lookSeconds = (quotas: Quotas, now: Date): number => slowest(quotas, LOOK, now)

/** The same for showing. */
export const showSeconds = (quotas: Quotas, now: Date): number => slowest(quotas, SHOW, now)

/** GitHub takes so many writes of content in an hour, for a repository as a whole. */
const CONTENT_WRITES = 500

/**
 * Seconds between two edits of what only shows how work goes on. No answer says how many writes of content are left, but each
 * request to GraphQL that shows something has at least one, of whichever run it is: the more of them were made in this hour, the
 * rarer edits become.
 */
export function editSeconds(least: number, { graphql }: Quotas, now: Date): number {
  if (graphql === null || graphql.resetAt <= now) return least
  const left = 1 - (graphql.limit - graphql.remaining) / CONTENT_WRITES
  return Math.max(least, Math.min(LONGEST, least / Math.max(left, 0.01) ** 2))
}

const slowest = ({ rest, graphql }: Quotas, cost: typeof LOOK, now: Date): number =>
  Math.max(spread(rest, cost.rest, now), spread(graphql, cost.graphql, now))

function spread(quota: Quota | null, cost: number, now: Date): number {
  if (quota === null || cost === 0 || quota.remaining > quota.limit * PLENTY) return 0
  const seconds = (quota.resetAt.getTime() - now.getTime()) / 1000
  if (seconds <= 0) return 0
  return Math.min(LONGEST, (seconds * cost) / Math.max(quota.remaining, 1))
}
