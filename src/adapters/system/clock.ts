import type { Clock, TimeoutClock } from '../../ports/clock.ts'

/** Without a reason, each call would make an error with its stack, which takes longer than all else here. */
const ENDED = 'ended'

export const withTimeout = (clock: Clock): TimeoutClock => ({
  ...clock,
  async within(seconds, work) {
    const ended = new AbortController()
    const ending = work.then(
      () => ended.abort(ENDED),
      () => ended.abort(ENDED),
    )
    await Promise.race([ending, clock.wait(seconds, ended.signal)])
    ended.abort(ENDED)
  },
})

export const systemClock: TimeoutClock = withTimeout({
  now: () => new Date(),
  wait: (seconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve()
      const wake = () => {
        clearTimeout(timer)
        // A signal outlives many waits, so each removes its listener.
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const timer = setTimeout(wake, seconds * 1000)
      signal?.addEventListener('abort', wake)
    }),
})
