import type { Clock } from '../../ports/clock.ts'
import type { Fetch } from './access.ts'

/** Seconds without a byte after which a try fails: until the response begins, and while it streams. */
export interface IdleLimits {
  start: number
  stream: number
}

export interface IdleTimeout {
  fetch: Fetch
  /** Whether a request was sent, so that the API may have worked on it. */
  sent(): boolean
  /** Why the time-out ended the request; null if it did not. */
  stalled(): string | null
  stop(): void
}

/** A `fetch` for one request, which it aborts if no byte of the response, body included, comes within the limits. */
export function idleTimeout(clock: Clock, limits: IdleLimits): IdleTimeout {
  const stopped = new AbortController()
  const stalled = new AbortController()
  let lastByteAt = 0
  const touch = (): void => {
    lastByteAt = clock.now().getTime()
  }
  const watch = async (limit: number): Promise<void> => {
    while (!stopped.signal.aborted) {
      const left = limit - (clock.now().getTime() - lastByteAt) / 1000
      if (left <= 0) return stalled.abort(new Error(`no byte for ${limit} seconds`))
      await clock.wait(left, stopped.signal)
    }
  }
  return {
    async fetch(input, init) {
      touch()
      void watch(limits.start)
      const signals = [stalled.signal, ...(init?.signal ? [init.signal] : [])]
      const response = await fetch(input, { ...init, signal: AbortSignal.any(signals) })
      touch()
      void watch(limits.stream)
      return new Response(response.body?.pipeThrough(touching(touch)), response)
    },
    sent: () => lastByteAt > 0,
    stalled: () => (stalled.signal.aborted ? stalled.signal.reason.message : null),
    stop: () => stopped.abort(),
  }
}

const touching = (touch: () => void): TransformStream<Uint8Array, Uint8Array> =>
  new TransformStream({
    transform(chunk, controller) {
      touch()
      controller.enqueue(chunk)
    },
  })
