import type { Quota } from '../../ports/forge.ts'
import type { Headers } from './http-error.ts'

/** GitHub counts requests to REST and points of GraphQL apart, each for the whole repository. */
export type Bucket = 'rest' | 'graphql'

/** Requests that a limit may refuse: `content` are those that create something people see. */
type Refusable = Bucket | 'content'

/** What the answers said of the limits: so that no request is sent that GitHub would refuse, which it asks not to do. */
export interface RateMemory {
  note(bucket: Bucket, headers: Headers): void
  block(what: readonly Refusable[], until: Date): void
  /** Until when requests are refused; null: they are not. */
  blockedUntil(what: Refusable, now: Date): Date | null
  quota(bucket: Bucket): Quota | null
}

export function rateMemory(): RateMemory {
  const quotas = new Map<Bucket, Quota>()
  const blocked = new Map<Refusable, Date>()
  return {
    note: (bucket, headers) => {
      const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => headers[`x-ratelimit-${name}`])
      if (limit === undefined || remaining === undefined || reset === undefined) return
      quotas.set(bucket, {
        limit: Number(limit),
        remaining: Number(remaining),
        resetAt: new Date(Number(reset) * 1000),
      })
    },
    block: (what, until) => {
      for (const one of what) blocked.set(one, until)
    },
    blockedUntil: (what, now) => {
      const until = blocked.get(what)
      return until !== undefined && until > now ? until : null
    },
    quota: (bucket) => quotas.get(bucket) ?? null,
  }
}
