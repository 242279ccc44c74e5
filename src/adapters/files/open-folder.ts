import { constants, existsSync, type Stats } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'

/** An entry with an open handle, so that it cannot be replaced. For a link, the handle is of the link itself. */
export interface OpenEntry {
  handle: FileHandle
  stats: Stats
  /** The path of this very entry, and the prefix of its entries' paths if it is a folder. */
  path: string
}

/** Opens files without following links, in the way that the platform allows. */
export interface FileAccess {
  /** Null if there is no entry. Only the last part of the path is guaranteed not to be followed. */
  openEntry(path: string): Promise<OpenEntry | null>
  /** Opens an entry for reading; only for a regular file. */
  reader(entry: OpenEntry): Promise<FileHandle>
}

/** The path of an entry of an open folder. The name must be one part of a path. */
export const entryPath = (folder: OpenEntry, name: string): string => `${folder.path}/${name}`

/** If the system has no `/proc/self/fd`, each part of a path is checked before it is used. */
export const fileAccessOf = (platform: string = process.platform): FileAccess =>
  platform === 'linux' && existsSync('/proc/self/fd') ? anchoredAccess : checkedAccess

/** Linux's O_PATH: a handle of an entry that does not open its content, so that neither a fifo nor a device blocks. */
const O_PATH = 0o10000000

/**
 * `/proc/self/fd/<n>/<name>` is an entry of the very folder that was opened, even if that was renamed or replaced since;
 * `/proc/self/fd/<n>` of a file is that file.
 */
export const anchoredAccess: FileAccess = {
  async openEntry(path) {
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
 * For machines without `/proc`: checks the entry, opens it without following a link, and compares both. A parent folder
 * could still be replaced in between, so this is only safe enough for a person's own machine.
 */
export const checkedAccess: FileAccess = {
  async openEntry(path) {
    try {
      return await openChecked(path)
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  },
  async reader({ path, stats }) {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    await requireSame(handle, stats)
    return handle
  },
}

async function openChecked(path: string): Promise<OpenEntry> {
  const stats = await lstat(path)
  // A link or a special file is not opened. Its entry has the handle of the parent folder, so that every entry can be closed.
  if (!stats.isFile() && !stats.isDirectory()) return { handle: await open(path.replace(/\/[^/]*$/, '')), stats, path }
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  await requireSame(handle, stats)
  return { handle, stats, path }
}

async function requireSame(handle: FileHandle, { dev, ino }: Stats): Promise<void> {
  const now = await handle.stat()
  if (now.dev === dev && now.ino === ino) return
  await handle.close()
  throw Object.assign(new Error('it was swapped while it was opened'), { code: 'ENOENT' })
}

const CODES = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP']

/** Whether the error says that there is no entry of that name. */
export const isMissing = (error: unknown): boolean => CODES.includes(codeOf(error))

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
