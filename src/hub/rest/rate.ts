import { type Actor, loginOf } from '../access/actor.ts'

export interface Rate {
  limit: number
  used: number
  reset: number
}

/** GitHub counts requests to REST and to GraphQL apart. */
export type RateResource = 'core' | 'graphql'

/** Reported, and enforced only once a test has said how many requests are left. */
export interface RateLimit {
  of(actor: Actor, resource: RateResource): Rate
  use(actor: Actor, resource: RateResource): void
  refuses(actor: Actor, resource: RateResource): boolean
  /** What is left to all jobs of the repository, and for how many seconds: other workflows use the limit up too. */
  leave(resource: RateResource, remaining: number, seconds: number): void
}

const HOUR = 3_600
const OF_JOBS = 1_000

export function createRateLimit(now: () => string): RateLimit {
  const used = new Map<string, Rate>()
  const enforced = new Set<string>()
  const seconds = () => Math.floor(Date.parse(now()) / 1000)
  const of = (actor: Actor, resource: RateResource): Rate => {
    const key = keyOf(actor, resource)
    const known = used.get(key)
    if (known !== undefined && known.reset > seconds()) return known
    const fresh = { limit: limitOf(actor), used: 0, reset: seconds() + HOUR }
    used.set(key, fresh)
    return fresh
  }
  return {
    of,
    use: (actor, resource) => {
      of(actor, resource).used += 1
    },
    refuses: (actor, resource) => {
      const { used: spent, limit } = of(actor, resource)
      return enforced.has(keyOf(actor, resource)) && spent >= limit
    },
    leave: (resource, remaining, left) => {
      const key = `jobs ${resource}`
      enforced.add(key)
      used.set(key, { limit: OF_JOBS, used: OF_JOBS - remaining, reset: seconds() + left })
    },
  }
}

/** All jobs of a repository share one limit. */
const keyOf = (actor: Actor, resource: RateResource): string =>
  `${actor.kind === 'job' ? 'jobs' : loginOf(actor)} ${resource}`

const limitOf = (actor: Actor): number => (actor.kind === 'job' ? OF_JOBS : actor.kind === 'person' ? 5_000 : 60)

export const rateShape = (rate: Rate) => ({ ...rate, remaining: Math.max(0, rate.limit - rate.used) })
