import { mkdir } from 'node:fs/promises'
import { treePath } from '../../core/text/git-path.ts'
import type { Edited } from '../../ports/sources.ts'
import { codeOf, entryPath, type FileAccess, isMissing, type OpenEntry } from './open-folder.ts'

/** The root folder of a work tree, and how to open files in it. */
export interface WorkTreeRoot {
  access: FileAccess
  root: string
}

export type RefusedEdit = Extract<Edited, { ok: false }>

export const refusedEdit = (why: RefusedEdit['why'], detail = ''): RefusedEdit => ({ ok: false, why, detail })

/** Opens each folder of a path, one after the other, and calls `work` with the last one. May create missing folders. */
export async function inFolder<Value>(
  tree: WorkTreeRoot,
  path: string,
  missing: 'refuse' | 'make',
  work: (folder: OpenEntry, name: string) => Promise<Value>,
): Promise<Value | RefusedEdit> {
  const target = treePath(path)
  if (target === null) return refusedEdit('outside-the-folder')
  const opened: OpenEntry[] = []
  try {
    let folder = await rootOf(tree)
    opened.push(folder)
    for (const name of target.folders) {
      const next = await stepInto(tree.access, folder, name, missing)
      if (next === null) return refusedEdit('no-such-file')
      opened.push(next)
      if (!next.stats.isDirectory()) return refusedFolder(next, name)
      folder = next
    }
    return await work(folder, target.name)
  } catch (error) {
    // Commands of a task can change permissions, and remove a folder at any moment.
    if (isMissing(error)) return refusedEdit('no-such-file', codeOf(error))
    if (['EACCES', 'EPERM'].includes(codeOf(error)))
      return refusedEdit('not-a-file', `it cannot be opened: ${codeOf(error)}`)
    throw error
  } finally {
    await Promise.all(opened.map(({ handle }) => handle.close()))
  }
}

async function rootOf({ access, root }: WorkTreeRoot): Promise<OpenEntry> {
  const folder = await access.openEntry(root)
  if (folder?.stats.isDirectory()) return folder
  await folder?.handle.close()
  throw new Error(`the work tree ${root} is no folder`)
}

async function stepInto(
  access: FileAccess,
  folder: OpenEntry,
  name: string,
  missing: 'refuse' | 'make',
): Promise<OpenEntry | null> {
  const path = entryPath(folder, name)
  const found = await access.openEntry(path)
  if (found !== null || missing === 'refuse') return found
  try {
    await mkdir(path, 0o755)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  return access.openEntry(path)
}

const refusedFolder = ({ stats }: OpenEntry, name: string): RefusedEdit =>
  stats.isSymbolicLink() ? refusedEdit('symlink', name) : refusedEdit('not-a-file', `${name} is no folder`)

function whyNoFile({ stats }: OpenEntry, name: string): RefusedEdit | null {
  if (stats.isSymbolicLink()) return refusedEdit('symlink', name)
  if (!stats.isFile()) return refusedEdit('not-a-file', name)
  return stats.nlink > 1 ? refusedEdit('hard-link', name) : null
}

/** A link or another name of a file is moved as it is; nothing is read or written through it. */
const whyNotMovable = ({ stats }: OpenEntry, name: string): RefusedEdit | null =>
  stats.isFile() || stats.isSymbolicLink() ? null : refusedEdit('not-a-file', name)

/** Calls `work` with a regular file that has no second hard link. */
export const withFile = entryFor(whyNoFile)

/** Calls `work` with a file or a link itself. */
export const withMovable = entryFor(whyNotMovable)

function entryFor(why: (entry: OpenEntry, name: string) => RefusedEdit | null) {
  return async <Value>(
    { access }: WorkTreeRoot,
    folder: OpenEntry,
    name: string,
    work: (entry: OpenEntry) => Promise<Value>,
  ): Promise<Value | RefusedEdit> => {
    const entry = await access.openEntry(entryPath(folder, name))
    if (entry === null) return refusedEdit('no-such-file')
    try {
      return why(entry, name) ?? (await work(entry))
    } finally {
      await entry.handle.close()
    }
  }
}
