import { chmod, lstat, readFile, readlink, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { argumentOf, fileAt, type Name } from '../name.ts'
import { type Checkout, type IgnoredEntries, isIgnored } from './worktree-state.ts'

/** Ignored files and links beside ignored folders, such as `.env`, as they were before any task. */
export type KeptFiles = ReadonlyMap<Name, KeptFile>

interface KeptFile {
  stamp: string
  /** Null: it is a link. */
  mode: number | null
  content: Buffer
}

/** Of all files together, which are held in memory. What is more stays as a task leaves it. */
const MOST_BYTES = 32 * 2 ** 20
const MOST_FILES = 2000

export async function readKeptFiles(workTree: string, kept: IgnoredEntries): Promise<KeptFiles> {
  const files = new Map<Name, KeptFile>()
  let left = MOST_BYTES
  for (const name of [...kept].filter((entry) => !entry.endsWith('/')).slice(0, MOST_FILES)) {
    const file = await fileOf(fileAt(workTree, name), left).catch(() => null)
    if (file === null) continue
    files.set(name, file)
    left -= file.content.length
  }
  return files
}

/** Null if it is larger than `most`. */
async function fileOf(path: Buffer, most: number): Promise<KeptFile | null> {
  const stats = await lstat(path)
  if (stats.size > most) return null
  const stamp = await stampOf(path)
  if (stats.isSymbolicLink()) return { stamp, mode: null, content: await readlink(path, { encoding: 'buffer' }) }
  return { stamp, mode: stats.mode & 0o777, content: await readFile(path) }
}

/** Writes those again that a command has changed or removed, if the commit that is checked out has them ignored, too. */
export async function restoreKeptFiles(repo: Checkout, files: KeptFiles): Promise<void> {
  for (const [name, file] of files) {
    const path = fileAt(repo.workTree, name)
    if ((await stampOf(path)) === file.stamp || !(await isOwnFolder(folderOf(repo.workTree, name)))) continue
    const text = argumentOf(name)
    if (text === null || !(await isIgnored(repo, text))) continue
    await write(path, file)
    file.stamp = await stampOf(path)
  }
}

/** Changes with every write: the kernel dates each change, and no call lets a command choose that date. */
async function stampOf(path: Buffer): Promise<string> {
  const found = await lstat(path, { bigint: true }).catch(() => null)
  return found === null ? '' : `${found.ino} ${found.mode} ${found.size} ${found.ctimeNs}`
}

const folderOf = (workTree: string, name: Name): Buffer => {
  const end = name.lastIndexOf('/')
  return end === -1 ? Buffer.from(workTree) : fileAt(workTree, name.slice(0, end))
}

/** Not through a link that a command has left. */
const isOwnFolder = async (path: Buffer): Promise<boolean> =>
  (await realpath(path, { encoding: 'buffer' }).catch(() => null))?.equals(path) === true

async function write(path: Buffer, { mode, content }: KeptFile): Promise<void> {
  await rm(path, { recursive: true, force: true })
  if (mode === null) return symlink(content, path)
  await writeFile(path, content, { flag: 'wx' })
  await chmod(path, mode)
}
