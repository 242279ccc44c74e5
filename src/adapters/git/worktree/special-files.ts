import type { Dirent } from 'node:fs'
import { chmod, readdir, rm } from 'node:fs/promises'

const SLASH = Buffer.from('/')

/**
 * Removes FIFOs, sockets and devices from a work tree. Git can store none of them, a FIFO named `.gitattributes` blocks it for
 * as long as it may run, and through a socket a command could reach a process outside of its sandbox.
 *
 * Reads names and types only. On 28,000 files in 2,800 folders it took 90 ms here, where `git diff-files` took 56 ms and
 * `git ls-files --others` 65 ms (2 cores, disk cache warm).
 */
export const removeSpecialFiles = (workTree: string): Promise<void> => sweep(Buffer.from(workTree), true)

async function sweep(folder: Buffer, isRoot: boolean): Promise<void> {
  const entries = await entriesOf(folder)
  const inside = ({ name }: Dirent<Buffer>) => Buffer.concat([folder, SLASH, name])
  for (const entry of entries.filter(isSpecial)) await remove(folder, inside(entry))
  // The root's `.git` is not part of the work tree, and read-only for commands.
  const folders = entries.filter((entry) => entry.isDirectory() && !(isRoot && entry.name.toString() === '.git'))
  await Promise.all(folders.map((entry) => sweep(inside(entry), false)))
}

/** A folder that cannot be read is closed to git too. */
const entriesOf = (folder: Buffer): Promise<Dirent<Buffer>[]> =>
  readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch(() => [])

const isSpecial = (entry: Dirent<Buffer>): boolean =>
  entry.isFIFO() || entry.isSocket() || entry.isBlockDevice() || entry.isCharacterDevice()

/** A command may have left a folder in which its owner may remove nothing. */
async function remove(folder: Buffer, path: Buffer): Promise<void> {
  await rm(path, { force: true }).catch(async () => {
    await chmod(folder, 0o755)
    await rm(path, { force: true })
  })
}
