import { execFile } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Scratch, ScratchFolder } from '../../ports/worktree.ts'

/** Makes temporary folders inside an existing one. */
export const scratchIn = (parent: string): Scratch => ({
  async use(work) {
    const path = await mkdtemp(join(parent, 'tributary-result-'))
    try {
      return await work(folderAt(path))
    } finally {
      await remove(path)
    }
  },
  append(name, line) {
    try {
      appendFileSync(join(parent, name), `${line}\n`)
    } catch {
      // A full disk must not stop the work that it is about.
    }
  },
})

/** A cache may lie in folders that are closed to writing, as Go's do, from which nothing can be removed. */
const remove = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true }).catch(async () => {
    await promisify(execFile)('/bin/chmod', ['-R', 'u+rwX', '--', path]).catch(() => {})
    await rm(path, { recursive: true, force: true })
  })

const folderAt = (path: string): ScratchFolder => ({
  path,
  file: (name) => join(path, name),
  write: (name, text) => writeFile(join(path, name), text),
  read: (name) => readFile(join(path, name)),
  async emptyFolder(name) {
    const folder = join(path, name)
    await remove(folder)
    await mkdir(folder)
    return folder
  },
  bytes: async (name) => (await stat(join(path, name))).size,
})
