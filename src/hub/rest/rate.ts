import { type Actor, loginOf } from '../access/actor.ts'
import {
  createSecondaryLimits,
  PUBLISHED,
  type PublishedLimits,
  type RequestCost,
  type SecondaryRefusal,
} from './published-limits.ts'

export interface Rate {
  limit: number
  used: number
  reset: number
}

/** GitHub counts requests to REST and to GraphQL apart. */
export type RateResource = 'core' | 'graphql'

/** Reported, and enforced only once it was said how many requests are left, or that GitHub's limits hold. */
export interface RateLimit {
  of(actor: Actor, resource: RateResource): Rate
  use(actor: Actor, resource: RateResource): void
  refuses(actor: Actor, resource: RateResource): boolean
  /** What is left to all jobs of the repository, and for how many seconds: other workflows use the limit up too. */
  leave(resource: RateResource, remaining: number, seconds: number): void
  /** From now on jobs have GitHub's limits, or these. */
  enforce(limits: Partial<PublishedLimits>): void
  /** Whether the secondary limits hold for an actor: else nothing needs to know what a request costs. */
  hasSecondary(actor: Actor): boolean
  /** The secondary limits: takes a request, or says what refuses it. */
  take(actor: Actor, cost: RequestCost): SecondaryRefusal | null
}

export function createRateLimit(now: () => string): RateLimit {
  const used = new Map<string, Rate>()
  const enforced = new Set<string>()
  let limits = PUBLISHED
  let secondary: ReturnType<typeof createSecondaryLimits> | null = null
  const limitOf = ({ kind }: Actor): number => (kind === 'job' ? limits.requests : kind === 'person' ? 5_000 : 60)
  const seconds = () => Math.floor(Date.parse(now()) / 1000)
  const of = (actor: Actor, resource: RateResource): Rate => {
    const key = keyOf(actor, resource)
    const known = used.get(key)
    if (known !== undefined && known.reset > seconds()) return known
    const fresh = { limit: limitOf(actor), used: 0, reset: seconds() + limits.hour }
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
      used.set(key, { limit: limits.requests, used: limits.requests - remaining, reset: seconds() + left })
    },
    enforce: (some) => {
      limits = { ...PUBLISHED, ...some }
      secondary = createSecondaryLimits(limits)
      used.clear()
      for (const resource of ['core', 'graphql']) enforced.add(`jobs ${resource}`)
    },
    hasSecondary: ({ kind }) => kind === 'job' && secondary !== null,
    take: (actor, cost) => (actor.kind === 'job' ? (secondary?.take(seconds(), cost) ?? null) : null),
  }
}

/** All jobs of a repository share one limit. */
const keyOf = (actor: Actor, resource: RateResource): string =>
  `${actor.kind === 'job' ? 'jobs' : loginOf(actor)} ${resource}`

export const rateShape = (rate: Rate) => ({ ...rate, remaining: Math.max(0, rate.limit - rate.used) })
