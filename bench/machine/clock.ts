import { withTimeout } from '../../src/adapters/system/clock.ts'
import type { TimeoutClock } from '../../src/ports/clock.ts'

/**
 * A virtual clock that advances only while all code waits. Several callers may wait at once; timers that are due fire on the
 * way, in order.
 */
export interface VirtualClock extends TimeoutClock {
  /** Milliseconds since the beginning. */
  milliseconds(): number
  /** At so many milliseconds from now; what is due at the same time happens in the order in which it was asked for. */
  after(milliseconds: number, act: () => void): void
  /** Goes to the next thing that happens, or to the first look at or after it. False: nothing will ever happen. */
  goOn(lookMilliseconds: number): boolean
}

interface Due {
  at: number
  act(): void
}

/** Milliseconds. */
export const MINUTE = 60_000

const START = Date.parse('2026-01-01T00:00:00.000Z')

export function virtualClock(): VirtualClock {
  let now = 0
  /** Latest first, so that the next one is popped off the end. */
  const due: Due[] = []

  function runUntil(until: number): void {
    for (let next = due.at(-1); next !== undefined && next.at <= until; next = due.at(-1)) {
      due.pop()
      now = Math.max(now, next.at)
      next.act()
    }
    now = Math.max(now, until)
  }

  let waiting = 0
  /** Fires one timer at a time, and lets the code that it woke run before the next. */
  function goOnWhileAnybodyWaits(): void {
    const next = due.at(-1)
    if (waiting === 0 || next === undefined) return
    runUntil(next.at)
    setImmediate(goOnWhileAnybodyWaits)
  }

  function wait(seconds: number, signal?: AbortSignal): Promise<void> {
    if (seconds <= 0 || signal?.aborted === true) return Promise.resolve()
    return new Promise((resolve) => {
      let isOver = false
      const end = () => {
        if (isOver) return
        isOver = true
        waiting -= 1
        resolve()
      }
      insert(due, { at: now + Math.ceil(seconds * 1000), act: end })
      signal?.addEventListener('abort', end, { once: true })
      waiting += 1
      if (waiting === 1) setImmediate(goOnWhileAnybodyWaits)
    })
  }

  return {
    ...withTimeout({ now: () => new Date(START + now), wait }),
    milliseconds: () => now,
    after(milliseconds, act) {
      const at = now + Math.max(0, Math.round(milliseconds))
      insert(due, { at, act })
    },
    goOn(look) {
      const next = due.at(-1)
      if (next === undefined) return false
      const looks = look === 0 ? 0 : Math.max(1, Math.ceil((next.at - now) / look))
      runUntil(look === 0 ? next.at : now + looks * look)
      return true
    },
  }
}

function insert(due: Due[], one: Due): void {
  let low = 0
  let high = due.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((due[middle]?.at ?? 0) > one.at) low = middle + 1
    else high = middle
  }
  due.splice(low, 0, one)
}
