import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'
import type { Ground, Held } from './held.ts'
import { isNothing } from './nothing.ts'

/**
 * For machines without `/proc`: looked at first, opened without following a link, and compared. A folder higher up could
 * still be swapped in between, so this is for a person's own machine.
 */
export const checkedGround: Ground = {
  async hold(path) {
    try {
      return await held(path)
    } catch (error) {
      if (isNothing(error)) return null
      throw error
    }
  },
  async reader({ path, stats }) {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    await mustBe(handle, stats)
    return handle
  },
}

async function held(path: string): Promise<Held> {
  const stats = await lstat(path)
  // A link or a special file is not opened; the folder around it stands for it, so that all have something to close.
  if (!stats.isFile() && !stats.isDirectory()) return { handle: await open(path.replace(/\/[^/]*$/, '')), stats, path }
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  await mustBe(handle, stats)
  return { handle, stats, path }
}

async function mustBe(handle: FileHandle, { dev, ino }: Stats): Promise<void> {
  const now = await handle.stat()
  if (now.dev === dev && now.ino === ino) return
  await handle.close()
  throw Object.assign(new Error('it was swapped while it was opened'), { code: 'ENOENT' })
}
