import { createHash, randomBytes } from 'node:crypto'

/** Long enough to reach for the browser; a link in a scroll-back buffer is worth nothing. */
const LINK_MS = 10 * 60_000
/** A token cannot be guessed; who tries does it over and over. */
const [MOST_FAILURES, FAILURE_MS] = [10, 60_000]

export interface LoginLinks {
  /** A token that opens one session. */
  create(): string
  redeem(token: string): 'ok' | 'unknown' | 'too-many'
}

/** One-time tokens, in memory only: a restarted hub has none. `now`: milliseconds. */
export function createLoginLinks(now: () => number): LoginLinks {
  const expiries = new Map<string, number>()
  let failures: number[] = []
  return {
    create: () => {
      for (const [digest, expiry] of expiries) if (expiry <= now()) expiries.delete(digest)
      const token = randomBytes(32).toString('base64url')
      expiries.set(digestOf(token), now() + LINK_MS)
      return token
    },
    redeem: (token) => {
      const digest = digestOf(token)
      const expiry = expiries.get(digest)
      expiries.delete(digest)
      // The right token is let in whatever others have tried: else any program of this machine could keep its owner out.
      if (expiry !== undefined && expiry > now()) return 'ok'
      failures = failures.filter((at) => at > now() - FAILURE_MS)
      if (failures.length >= MOST_FAILURES) return 'too-many'
      failures.push(now())
      return 'unknown'
    },
  }
}

const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex')
