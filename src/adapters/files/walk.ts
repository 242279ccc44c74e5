import { mkdir } from 'node:fs/promises'
import { treePath } from '../../core/text/git-path.ts'
import type { Edited } from '../../ports/sources.ts'
import { codeOf, entryPath, type FileAccess, isMissing, type OpenEntry } from './open-folder.ts'

/** Where files are reached from. */
export interface FileRoot {
  ground: FileAccess
  root: string
}

export type RefusedEdit = Extract<Edited, { ok: false }>

export const refusedEdit = (why: RefusedEdit['why'], detail = ''): RefusedEdit => ({ ok: false, why, detail })

/** Walks down to the folder of a path, holding each folder on the way, and works in it; folders that miss may be made. */
export async function inFolder<Value>(
  place: FileRoot,
  path: string,
  missing: 'refuse' | 'make',
  work: (folder: OpenEntry, name: string) => Promise<Value>,
): Promise<Value | RefusedEdit> {
  const to = treePath(path)
  if (to === null) return refusedEdit('outside-the-folder')
  const held: OpenEntry[] = []
  try {
    let folder = await rootOf(place)
    held.push(folder)
    for (const name of to.folders) {
      const next = await stepInto(place.ground, folder, name, missing)
      if (next === null) return refusedEdit('no-such-file')
      held.push(next)
      if (!next.stats.isDirectory()) return noFolder(next, name)
      folder = next
    }
    return await work(folder, to.name)
  } catch (error) {
    // Commands of a task decide who may open what, and may take a folder away at any moment.
    if (isMissing(error)) return refusedEdit('no-such-file', codeOf(error))
    if (['EACCES', 'EPERM'].includes(codeOf(error)))
      return refusedEdit('not-a-file', `it cannot be opened: ${codeOf(error)}`)
    throw error
  } finally {
    await Promise.all(held.map(({ handle }) => handle.close()))
  }
}

async function rootOf({ ground, root }: FileRoot): Promise<OpenEntry> {
  const folder = await ground.hold(root)
  if (folder?.stats.isDirectory()) return folder
  await folder?.handle.close()
  throw new Error(`the work tree ${root} is no folder`)
}

async function stepInto(
  ground: FileAccess,
  folder: OpenEntry,
  name: string,
  missing: 'refuse' | 'make',
): Promise<OpenEntry | null> {
  const path = entryPath(folder, name)
  const found = await ground.hold(path)
  if (found !== null || missing === 'refuse') return found
  try {
    await mkdir(path, 0o755)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  return ground.hold(path)
}

const noFolder = ({ stats }: OpenEntry, name: string): RefusedEdit =>
  stats.isSymbolicLink() ? refusedEdit('symlink', name) : refusedEdit('not-a-file', `${name} is no folder`)

function whyNoFile({ stats }: OpenEntry, name: string): RefusedEdit | null {
  if (stats.isSymbolicLink()) return refusedEdit('symlink', name)
  if (!stats.isFile()) return refusedEdit('not-a-file', name)
  return stats.nlink > 1 ? refusedEdit('hard-link', name) : null
}

/** Works with a regular file that is held, and that has no second name somewhere. */
export async function withFile<Value>(
  { ground }: FileRoot,
  folder: OpenEntry,
  name: string,
  work: (file: OpenEntry) => Promise<Value>,
): Promise<Value | RefusedEdit> {
  const file = await ground.hold(entryPath(folder, name))
  if (file === null) return refusedEdit('no-such-file')
  try {
    return whyNoFile(file, name) ?? (await work(file))
  } finally {
    await file.handle.close()
  }
}
