import { link, readlink, rmdir, symlink, unlink } from 'node:fs/promises'
import type { Edited } from '../../ports/sources.ts'
import { codeOf, entryPath, isMissing, type OpenEntry } from './open-folder.ts'
import { inFolder, refusedEdit, type WorkTreeRoot, withMovable } from './walk.ts'

/** Takes a name away, never what a link leads to. */
export async function removeEntry(tree: WorkTreeRoot, path: string): Promise<Edited> {
  const removed = await inFolder(tree, path, 'refuse', async (folder, name): Promise<Edited> => {
    try {
      await unlink(entryPath(folder, name))
      return { ok: true }
    } catch (error) {
      if (codeOf(error) === 'EISDIR') return refusedEdit('not-a-file', name)
      throw error
    }
  })
  if (removed.ok) await removeEmptyFolders(tree, path)
  return removed
}

/** Moves a file, with its second names if it has some, or a link itself. */
export async function moveEntry(tree: WorkTreeRoot, from: string, to: string): Promise<Edited> {
  const moved = await inFolder(tree, from, 'refuse', (folder, name) =>
    withMovable(tree, folder, name, (entry) =>
      inFolder(tree, to, 'make', async (target, newName): Promise<Edited> => {
        try {
          await nameAgain(entry, entryPath(folder, name), entryPath(target, newName))
        } catch (error) {
          if (codeOf(error) === 'EEXIST') return refusedEdit('exists')
          throw error
        }
        await unlink(entryPath(folder, name))
        return { ok: true }
      }),
    ),
  )
  if (moved.ok) await removeEmptyFolders(tree, from)
  return moved
}

/** A second name is made only where there is none: a rename would replace what is there. Some systems follow a link for it. */
const nameAgain = async ({ stats }: OpenEntry, from: string, to: string): Promise<void> =>
  stats.isSymbolicLink() ? symlink(await readlink(from), to) : link(from, to)

/** Whether there is anything of that name, a link included. */
export async function isThere(tree: WorkTreeRoot, path: string): Promise<boolean> {
  const found = await inFolder(tree, path, 'refuse', async (folder, name) => {
    const entry = await tree.access.openEntry(entryPath(folder, name))
    await entry?.handle.close()
    return entry !== null
  })
  return found === true
}

const NOT_EMPTY = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EBUSY']

/** As git does: a folder is gone with its last file. */
async function removeEmptyFolders(tree: WorkTreeRoot, path: string): Promise<void> {
  const above = path.split('/').slice(0, -1)
  for (let depth = above.length; depth > 0; depth -= 1) {
    const folder = above.slice(0, depth).join('/')
    const removed = await inFolder(tree, folder, 'refuse', (parent, name) => isRemoved(entryPath(parent, name)))
    if (removed !== true) return
  }
}

async function isRemoved(folder: string): Promise<boolean> {
  try {
    await rmdir(folder)
    return true
  } catch (error) {
    if (NOT_EMPTY.includes(codeOf(error)) || isMissing(error)) return false
    throw error
  }
}
