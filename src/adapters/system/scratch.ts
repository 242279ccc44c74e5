import { appendFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Scratch, ScratchFolder } from '../../ports/worktree.ts'

/** Makes temporary folders inside an existing one. */
export const scratchIn = (parent: string): Scratch => ({
  async use(work) {
    const path = await mkdtemp(join(parent, 'tributary-result-'))
    try {
      return await work(folderAt(path))
    } finally {
      await rm(path, { recursive: true, force: true })
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

const folderAt = (path: string): ScratchFolder => ({
  path,
  file: (name) => join(path, name),
  write: (name, text) => writeFile(join(path, name), text),
  read: (name) => readFile(join(path, name)),
  bytes: async (name) => (await stat(join(path, name))).size,
})
