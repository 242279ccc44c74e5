import { matches } from '../../core/plan/glob.ts'
import type { Files, Tracked } from '../../ports/sources.ts'
import { createText, replaceText } from './edit.ts'
import { type FileAccess, fileAccessOf } from './open-folder.ts'
import { isFile, readText } from './read.ts'
import { searchFiles } from './search.ts'
import { type FileRoot, type RefusedEdit, refusedEdit } from './walk.ts'

/**
 * The files of a work tree in which commands of tasks ran. Everything is reached by holding one folder after the other, so
 * that no link, and nothing that is swapped meanwhile, leads out; special files are never opened.
 */
export function openFiles(root: string, tracked: Tracked, ground: FileAccess = fileAccessOf()): Files {
  const place = { ground, root }
  return {
    read: (path) => readText(place, path),
    list: (glob, most) => list(place, tracked, glob, most),
    search: (pattern, options) => searchFiles(place, tracked, pattern, options),
    log: (path, most) => tracked.log(path, most),
    replace: async (path, old, by) => (await whyIgnored(tracked, path)) ?? (await replaceText(place, path, old, by)),
    create: async (path, text) => (await whyIgnored(tracked, path)) ?? (await createText(place, path, text)),
    diff: (most) => tracked.diff(most),
  }
}

/** A command may have left what git cannot read in the place of a `.gitignore`. */
async function whyIgnored(tracked: Tracked, path: string): Promise<RefusedEdit | null> {
  const ignored = await tracked.ignores(path).catch(() => null)
  if (ignored === null) return refusedEdit('ignored', 'git cannot read what it ignores')
  return ignored ? refusedEdit('ignored') : null
}

async function list(place: FileRoot, tracked: Tracked, glob: string, most: number): ReturnType<Files['list']> {
  const paths: string[] = []
  for (const path of await tracked.paths()) {
    if (!matches([glob], path) || !(await isFile(place, path))) continue
    if (paths.length === most) return { paths, more: true }
    paths.push(path)
  }
  return { paths, more: false }
}
