import { streamSSE } from 'hono/streaming'
import type { World } from '../world.ts'
import { changeOf } from './changes.ts'
import type { View } from './layout.ts'
import type { PageCall } from './session/signed-in.ts'

/** A job's step changes the state several times at once. */
const GATHER_MS = 100
const GROWN_MS = 1000
/** Of the time at most a quarter goes into pages. */
const REST_FACTOR = 3

/** What of a page differs from what the browser has, now and after each change of the hub. `known` in the query: what it has. */
export const streamView = (world: World, call: PageCall, view: () => Promise<View>): Response =>
  streamSSE(
    call,
    async (stream) => {
      const change = changeOf(call.req.query('known') ?? '')
      let now = ''
      const changes = watchChanges(world, (stop) => stream.onAbort(stop))
      while (!stream.aborted) {
        const began = performance.now()
        const page = await view()
        for (const part of page.parts) {
          const changed = change(part)
          if (changed !== null) await stream.writeSSE({ event: 'part', data: JSON.stringify(changed) })
        }
        if (page.now !== now)
          await stream.writeSSE({ event: 'now', data: JSON.stringify({ now: page.now, title: page.title }) })
        now = page.now
        const ended = performance.now()
        await changes.next(page.grows === true, ended + REST_FACTOR * (ended - began))
      }
    },
    async (error) => world.log(`page: ${error.stack}`),
  )

/**
 * `next` waits until the hub has changed since the last call, then a moment for what changes with it, and not before `earliest`.
 * If `grows`, it waits for a second at most.
 */
function watchChanges(world: World, onEnd: (stop: () => void) => void) {
  let isChanged = false
  let ended = false
  let wake = () => {}
  const unwatch = world.store.watch(() => {
    isChanged = true
    wake()
  })
  onEnd(() => {
    ended = true
    unwatch()
    wake()
  })
  return {
    next: async (grows: boolean, earliest: number) => {
      if (!isChanged && !ended)
        await new Promise<void>((resolve) => {
          const timer = grows ? setTimeout(resolve, GROWN_MS) : undefined
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      if (ended) return
      await new Promise((resolve) => setTimeout(resolve, Math.max(GATHER_MS, earliest - performance.now())))
      isChanged = false
    },
  }
}
