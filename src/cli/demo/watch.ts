import { setTimeout as delay } from 'node:timers/promises'
import { DemoFailure } from './failure.ts'
import { changesBetween } from './news.ts'
import type { Look, Seen } from './seen.ts'

const NOTHING: Seen = { comments: [], pulls: [], checks: [] }
const PAUSE = 700

export interface Watch {
  /** Says what somebody does or what has happened, with the seconds since the start. */
  say(who: string, what: string): void
  /** Look, tell what is new, and again, until there is an answer. */
  until<Answer>(what: string, answer: (seen: Seen) => Answer | null | undefined): Promise<Answer>
  seconds(): number
}

export interface Limits {
  seconds: number
  signal: AbortSignal
  /** Throws where waiting on has no use. */
  mustGoOn(seen: Seen): void
}

export function createWatch(look: Look, out: (line: string) => void, limits: Limits): Watch {
  const began = Date.now()
  let last = NOTHING
  const seconds = () => (Date.now() - began) / 1000
  const say = (who: string, what: string) => out(`${seconds().toFixed(1).padStart(6)} s  ${who.padEnd(10)} ${what}`)
  return {
    say,
    seconds,
    until: async (what, answer) => {
      for (;;) {
        const seen = await look()
        for (const { who, what: news } of changesBetween(last, seen)) say(who, news)
        last = seen
        const found = answer(seen)
        if (found !== null && found !== undefined) return found
        limits.mustGoOn(seen)
        if (limits.signal.aborted) throw new DemoFailure('stopped')
        if (seconds() > limits.seconds) throw new DemoFailure(`waited in vain for ${what}`)
        await delay(PAUSE)
      }
    },
  }
}
