import { constants, existsSync, type Stats } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'

/** Something that is held, so that no other thing can be put in its place. A link is held itself, not what it leads to. */
export interface OpenEntry {
  handle: FileHandle
  stats: Stats
  /** Where it is reached, and entries of it if it is a folder. */
  path: string
}

/** How a machine lets files be reached without following a link. */
export interface FileAccess {
  /** Null where nothing is. Only the last part of the path is sure not to be followed. */
  hold(path: string): Promise<OpenEntry | null>
  /** Opens what is held to read it; a regular file only. */
  reader(held: OpenEntry): Promise<FileHandle>
}

/** What an entry of a held folder is called for the system. The name is one part of a path. */
export const entryPath = (folder: OpenEntry, name: string): string => `${folder.path}/${name}`

/** Where the system gives no way to hold a folder, each part of a path is looked at before it is used. */
export const fileAccessOf = (platform: string = process.platform): FileAccess =>
  platform === 'linux' && existsSync('/proc/self/fd') ? anchoredAccess : checkedAccess

/** Linux: a handle that stands for a place in the file system. It opens nothing, so no fifo waits and no device stirs. */
const O_PATH = 0o10000000

/**
 * `/proc/self/fd/<n>/<name>` is an entry of the very folder that the handle stands for, whatever has been renamed, linked or
 * put in its place since; `/proc/self/fd/<n>` of a file is that file.
 */
export const anchoredAccess: FileAccess = {
  async hold(path) {
    try {
      const handle = await open(path, O_PATH | constants.O_NOFOLLOW)
      return { handle, stats: await handle.stat(), path: `/proc/self/fd/${handle.fd}` } satisfies OpenEntry
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  },
  reader: ({ path }) => open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY),
}

/**
 * For machines without `/proc`: looked at first, opened without following a link, and compared. A folder higher up could
 * still be swapped in between, so this is for a person's own machine.
 */
export const checkedAccess: FileAccess = {
  async hold(path) {
    try {
      return await held(path)
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  },
  async reader({ path, stats }) {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    await mustBe(handle, stats)
    return handle
  },
}

async function held(path: string): Promise<OpenEntry> {
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

const CODES = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP']

/** Whether the system says that there is nothing of that name, in whatever way. */
export const isMissing = (error: unknown): boolean => CODES.includes(codeOf(error))

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
