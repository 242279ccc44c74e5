import { type Actor, loginOf } from '../access/actor.ts'

export interface Rate {
  limit: number
  used: number
  reset: number
}

/** Reported, not enforced: a fault decides when the limit is exceeded. */
export interface RateLimit {
  of(actor: Actor): Rate
  use(actor: Actor): void
}

const HOUR = 3_600

export function createRateLimit(now: () => string): RateLimit {
  const used = new Map<string, Rate>()
  const of = (actor: Actor): Rate => {
    const seconds = Math.floor(Date.parse(now()) / 1000)
    // All jobs of a repository share one limit.
    const key = loginOf(actor)
    const known = used.get(key)
    if (known !== undefined && known.reset > seconds) return known
    const fresh = { limit: limitOf(actor), used: 0, reset: seconds + HOUR }
    used.set(key, fresh)
    return fresh
  }
  return {
    of,
    use: (actor) => {
      of(actor).used += 1
    },
  }
}

const limitOf = (actor: Actor): number => (actor.kind === 'job' ? 1_000 : actor.kind === 'person' ? 5_000 : 60)

export const rateShape = (rate: Rate) => ({ ...rate, remaining: Math.max(0, rate.limit - rate.used) })
