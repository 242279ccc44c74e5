import { mkdir } from 'node:fs/promises'
import { treePath } from '../../core/text/git-path.ts'
import type { Edited } from '../../ports/sources.ts'
import { codeOf, entryPath, type Ground, type Held, isNothing } from './open-folder.ts'

/** Where files are reached from. */
export interface Place {
  ground: Ground
  root: string
}

export type Refused = Extract<Edited, { ok: false }>

export const refused = (why: Refused['why'], detail = ''): Refused => ({ ok: false, why, detail })

/** Walks down to the folder of a path, holding each folder on the way, and works in it; folders that miss may be made. */
export async function inFolder<Value>(
  place: Place,
  path: string,
  missing: 'refuse' | 'make',
  work: (folder: Held, name: string) => Promise<Value>,
): Promise<Value | Refused> {
  const to = treePath(path)
  if (to === null) return refused('outside-the-folder')
  const held: Held[] = []
  try {
    let folder = await rootOf(place)
    held.push(folder)
    for (const name of to.folders) {
      const next = await stepInto(place.ground, folder, name, missing)
      if (next === null) return refused('no-such-file')
      held.push(next)
      if (!next.stats.isDirectory()) return noFolder(next, name)
      folder = next
    }
    return await work(folder, to.name)
  } catch (error) {
    // Commands of a task decide who may open what, and may take a folder away at any moment.
    if (isNothing(error)) return refused('no-such-file', codeOf(error))
    if (['EACCES', 'EPERM'].includes(codeOf(error)))
      return refused('not-a-file', `it cannot be opened: ${codeOf(error)}`)
    throw error
  } finally {
    await Promise.all(held.map(({ handle }) => handle.close()))
  }
}

async function rootOf({ ground, root }: Place): Promise<Held> {
  const folder = await ground.hold(root)
  if (folder?.stats.isDirectory()) return folder
  await folder?.handle.close()
  throw new Error(`the work tree ${root} is no folder`)
}

async function stepInto(ground: Ground, folder: Held, name: string, missing: 'refuse' | 'make'): Promise<Held | null> {
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

const noFolder = ({ stats }: Held, name: string): Refused =>
  stats.isSymbolicLink() ? refused('symlink', name) : refused('not-a-file', `${name} is no folder`)

function whyNoFile({ stats }: Held, name: string): Refused | null {
  if (stats.isSymbolicLink()) return refused('symlink', name)
  if (!stats.isFile()) return refused('not-a-file', name)
  return stats.nlink > 1 ? refused('hard-link', name) : null
}

/** Works with a regular file that is held, and that has no second name somewhere. */
export async function withFile<Value>(
  { ground }: Place,
  folder: Held,
  name: string,
  work: (file: Held) => Promise<Value>,
): Promise<Value | Refused> {
  const file = await ground.hold(entryPath(folder, name))
  if (file === null) return refused('no-such-file')
  try {
    return whyNoFile(file, name) ?? (await work(file))
  } finally {
    await file.handle.close()
  }
}
