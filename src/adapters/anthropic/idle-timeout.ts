import type { Clock } from '../../ports/clock.ts'
import type { Fetch } from './access.ts'

/** Seconds without a byte after which a try is given up: until the answer begins, and from then on. */
export interface IdleLimits {
  start: number
  stream: number
}

export interface IdleTimeout {
  fetch: Fetch
  /** Something was sent: whoever got it may have worked on it. */
  sent(): boolean
  /** Why the watch has ended the request; null if it has not. */
  stalled(): string | null
  stop(): void
}

/** A `fetch` for one request whose answer must not fall silent, body and all. */
export function idleTimeout(clock: Clock, silence: IdleLimits): IdleTimeout {
  const over = new AbortController()
  const stalled = new AbortController()
  let heardAt = 0
  const heard = (): void => {
    heardAt = clock.now().getTime()
  }
  const watch = async (limit: number): Promise<void> => {
    while (!over.signal.aborted) {
      const left = limit - (clock.now().getTime() - heardAt) / 1000
      if (left <= 0) return stalled.abort(new Error(`no byte for ${limit} seconds`))
      await clock.wait(left, over.signal)
    }
  }
  return {
    async fetch(input, init) {
      heard()
      void watch(silence.start)
      const signals = [stalled.signal, ...(init?.signal ? [init.signal] : [])]
      const response = await fetch(input, { ...init, signal: AbortSignal.any(signals) })
      heard()
      void watch(silence.stream)
      return new Response(response.body?.pipeThrough(listening(heard)), response)
    },
    sent: () => heardAt > 0,
    stalled: () => (stalled.signal.aborted ? stalled.signal.reason.message : null),
    stop: () => over.abort(),
  }
}

const listening = (heard: () => void): TransformStream<Uint8Array, Uint8Array> =>
  new TransformStream({
    transform(chunk, controller) {
      heard()
      controller.enqueue(chunk)
    },
  })
