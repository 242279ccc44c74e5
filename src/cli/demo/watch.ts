import type { Clock } from '../../ports/clock.ts'
import { bounded } from '../../render/escape.ts'
import { type Display, wrapped } from '../display.ts'
import { DemoFailure } from './failure.ts'
import { changesBetween, type News, progressOf } from './news.ts'
import type { Look, Seen } from './seen.ts'

const NOTHING: Seen = { comments: [], pulls: [], checks: [], traces: '' }
const PAUSE = 0.7

export interface Watch {
  /** Says what somebody does or what has happened, with the seconds since the start. */
  say(who: string, what: string): void
  /** Look, tell what is new, and again, until there is an answer. */
  until<Answer>(what: string, answer: (seen: Seen) => Answer | null | undefined): Promise<Answer>
  seconds(): number
}

export interface Limits {
  /** How many seconds nothing may move before it is given up. */
  patience: number
  clock: Clock
  signal: AbortSignal
  /** Throws if it is of no use to wait on. */
  mustGoOn(seen: Seen): void
}

/** Nothing has moved for longer than a healthy run stands still. */
export class Standstill extends DemoFailure {
  override name = 'Standstill'
}

export function createWatch(look: Look, display: Display, limits: Limits): Watch {
  const { clock, signal, patience } = limits
  const began = clock.now().getTime()
  const seconds = () => (clock.now().getTime() - began) / 1000
  let last = NOTHING
  let moved = 0
  const tell = ({ who, what, tone }: News, name: (text: string) => string) =>
    told(display, who, what, tone === 'plain' ? name : display.colour[TONES[tone]])
  const say = (who: string, what: string) => {
    moved = seconds()
    tell({ who, what, tone: 'plain' }, display.colour.bold)
  }
  const take = (seen: Seen) => {
    if (JSON.stringify(seen) !== JSON.stringify(last)) moved = seconds()
    for (const news of changesBetween(last, seen)) tell(news, display.colour.cyan)
    last = seen
  }
  return {
    say,
    seconds,
    until: async (what, answer) => {
      for (;;) {
        display.status(progressOf(last) ?? `waiting for ${what}`)
        take(await look())
        const found = answer(last)
        if (found !== null && found !== undefined) return found
        limits.mustGoOn(last)
        if (seconds() - moved > patience)
          throw new Standstill(`nothing moved for ${Math.round(patience)} s while it waited for ${what}`)
        await clock.wait(PAUSE, signal)
        signal.throwIfAborted()
      }
    },
  }
}

const TONES = { good: 'green', bad: 'red' } as const
const [TIME, NAME] = [8, 10]
const MARGIN = TIME + NAME + 3
/** What people and models write can be long. */
const MOST = 160

function told({ line, columns, colour, seconds }: Display, who: string, what: string, mark: (text: string) => string) {
  const time = `${seconds().toFixed(1)} s`.padStart(TIME)
  const [first = '', ...more] = wrapped(bounded(what, MOST), columns - MARGIN)
  line(`${colour.dim(time)}  ${mark(who.padEnd(NAME))} ${first}`)
  for (const rest of more) line(`${' '.repeat(MARGIN)}${rest}`)
}
