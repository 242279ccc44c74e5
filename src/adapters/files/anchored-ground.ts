import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Ground, Held } from './held.ts'
import { isNothing } from './nothing.ts'

/** Linux: a handle that stands for a place in the file system. It opens nothing, so no fifo waits and no device stirs. */
const O_PATH = 0o10000000

/**
 * `/proc/self/fd/<n>/<name>` is an entry of the very folder that the handle stands for, whatever has been renamed, linked or
 * put in its place since; `/proc/self/fd/<n>` of a file is that file.
 */
export const anchoredGround: Ground = {
  async hold(path) {
    try {
      const handle = await open(path, O_PATH | constants.O_NOFOLLOW)
      return { handle, stats: await handle.stat(), path: `/proc/self/fd/${handle.fd}` } satisfies Held
    } catch (error) {
      if (isNothing(error)) return null
      throw error
    }
  },
  reader: ({ path }) => open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY),
}
