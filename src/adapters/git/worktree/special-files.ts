import { chmodSync, type Dirent, lstatSync, readdirSync, rmSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { fileAt, type Name } from '../name.ts'
import type { IndexNames } from './index-names.ts'

/** Folders that are looked at before other work of this process has its turn. */
const IN_A_ROW = 500

/** What the last sweep has read, by folder with `/` at its end. Begins empty. */
export interface KnownFolders {
  folders: ReadonlyMap<Name, ReadFolder>
  /** Milliseconds, of the clock by which the kernel dates folders. */
  now(): number
}

interface ReadFolder {
  stamp: string
  folders: Name[]
  /** Files and links; null if they need not be compared with the index. */
  others: Name[] | null
  /** What the index did not have of them, after so many changes of its part of this folder. */
  unknown: { names: Name[]; index: IndexNames; changes: number } | null
}

/** Milliseconds, of the coarsest file system: a folder that changed so shortly before may change again with the same time. */
const COARSEST = 2_000

/**
 * Removes FIFOs, sockets and devices from a work tree. Git can store none of them, a FIFO named `.gitattributes` blocks it for
 * as long as it may run, and through a socket a command could reach a process outside of its sandbox.
 *
 * Returns what the index does not have, a folder with nothing of the index (also an empty one) as one name that ends with `/`.
 * Git would read every folder once more to say whether there is something to clean, something ignored, something to add.
 *
 * Reads names and types only, and of each folder of `known` only whether it has changed since: the kernel sets a folder's change time
 * whenever an entry comes, goes or is renamed, and no call lets a command choose it, as one does for the time of a modification.
 */
export async function sweep(
  workTree: string,
  index: IndexNames,
  known: KnownFolders = { folders: new Map(), now: Date.now },
): Promise<Name[]> {
  const unknown: Name[] = []
  const folders = new Map<Name, ReadFolder>()
  // A folder, `/` at its end, and whether what is in it still has to be compared with the index.
  const open: [folder: Name, isCompared: boolean][] = [['', true]]
  for (let looks = 1; ; looks += 1) {
    const next = open.pop()
    if (next === undefined) break
    const [folder, isCompared] = next
    const { held, lasts } = look(workTree, folder, isCompared, known)
    if (held === null && isCompared) unknown.push(folder)
    if (held !== null && lasts) folders.set(folder, held)
    for (const name of held?.folders ?? []) {
      const isKnown = index.folders.has(name)
      if (isCompared && !isKnown && !index.submodules.has(name)) unknown.push(`${name}/`)
      open.push([`${name}/`, isCompared && isKnown])
    }
    if (isCompared && held !== null) for (const name of unknownIn(held, folder, index)) unknown.push(name)
    if (looks % IN_A_ROW === 0) await setImmediate()
  }
  known.folders = folders
  return unknown
}

/** Of the files and links of a folder. */
function unknownIn(held: ReadFolder, folder: Name, index: IndexNames): readonly Name[] {
  const changes = index.changes.get(folder) ?? 0
  if (held.unknown?.index !== index || held.unknown.changes !== changes)
    held.unknown = { names: (held.others ?? []).filter((name) => !index.files.has(name)), index, changes }
  return held.unknown.names
}

/** `lasts`: what is held is so as long as the folder's stamp is. */
function look(workTree: string, folder: Name, isCompared: boolean, { folders, now }: KnownFolders) {
  const { stamp, changed } = stampOf(workTree, folder)
  const last = folders.get(folder)
  if (last?.stamp === stamp && (!isCompared || last.others !== null)) return { held: last, lasts: true }
  const lasts = changed + COARSEST < now()
  const entries = entriesOf(workTree, folder)
  return { held: entries === null ? null : read(workTree, folder, entries, { stamp, isCompared }), lasts }
}

/** Changes with every entry that comes or goes. `changed`: when that was last, in milliseconds. */
function stampOf(workTree: string, folder: Name): { stamp: string; changed: number } {
  try {
    const { dev, ino, ctimeNs, ctimeMs } = lstatSync(fileAt(workTree, folder), { bigint: true })
    return { stamp: `${dev} ${ino} ${ctimeNs}`, changed: Number(ctimeMs) }
  } catch {
    return { stamp: '', changed: Number.POSITIVE_INFINITY }
  }
}

function read(
  workTree: string,
  folder: Name,
  entries: readonly Dirent[],
  { stamp, isCompared }: { stamp: string; isCompared: boolean },
): ReadFolder {
  const [folders, others]: [Name[], Name[]] = [[], []]
  for (const entry of entries) {
    const name = folder + entry.name
    if (isSpecial(entry)) remove(workTree, folder, name)
    // The root's `.git` is not part of the work tree, and read-only for commands.
    else if (!entry.isDirectory()) others.push(name)
    else if (name !== '.git') folders.push(name)
  }
  return { stamp, folders, others: isCompared ? others : null, unknown: null }
}

/** Null for a folder that cannot be read, which is closed to git too. */
function entriesOf(workTree: string, folder: Name): Dirent[] | null {
  try {
    return readdirSync(fileAt(workTree, folder), { withFileTypes: true, encoding: 'latin1' })
  } catch {
    return null
  }
}

const isSpecial = (entry: Dirent): boolean =>
  entry.isFIFO() || entry.isSocket() || entry.isBlockDevice() || entry.isCharacterDevice()

/** A command may have left a folder in which its owner may remove nothing. */
function remove(workTree: string, folder: Name, name: Name): void {
  try {
    rmSync(fileAt(workTree, name), { force: true })
  } catch {
    chmodSync(fileAt(workTree, folder), 0o755)
    rmSync(fileAt(workTree, name), { force: true })
  }
}
