import { matches } from '../../core/plan/glob.ts'
import type { Files, Tracked } from '../../ports/sources.ts'
import { replaceText, writeText } from './edit.ts'
import { isThere, moveEntry, removeEntry } from './move.ts'
import { type FileAccess, fileAccessOf } from './open-folder.ts'
import { isFile, readContent, readText } from './read.ts'
import { searchFiles } from './search.ts'
import { type RefusedEdit, refusedEdit, type WorkTreeRoot } from './walk.ts'

/**
 * The files of a work tree in which commands of tasks ran. Each folder of a path is opened through the handle of its parent,
 * so that neither a link nor a swap in the meantime leads out of the tree. Special files are never opened.
 */
export function openFiles(root: string, tracked: Tracked, access: FileAccess = fileAccessOf()): Files {
  const tree = { access, root }
  return {
    read: (path) => readText(tree, path),
    content: (path, most) => readContent(tree, path, most),
    list: (glob, most) => list(tree, tracked, glob, most),
    search: (pattern, options) => searchFiles(tree, tracked, pattern, options),
    replace: async (path, edits) => (await whyIgnored(tracked, path)) ?? (await replaceText(tree, path, edits)),
    write: async (path, text) => (await whyIgnored(tracked, path)) ?? (await writeText(tree, path, text)),
    remove: (path) => removeEntry(tree, path),
    move: async (from, to) => (await whyIgnored(tracked, to)) ?? (await moveEntry(tree, from, to)),
    at: (path) => entriesAt(tree, tracked, path),
    diff: (most) => tracked.diff(most),
  }
}

/** Refuses if git fails, since a command may have put something unreadable in the place of a `.gitignore`. */
async function whyIgnored(tracked: Tracked, path: string): Promise<RefusedEdit | null> {
  const ignored = await tracked.ignores(path).catch(() => null)
  if (ignored === null) return refusedEdit('ignored', 'git cannot read what it ignores')
  return ignored ? refusedEdit('ignored') : null
}

async function list(tree: WorkTreeRoot, tracked: Tracked, glob: string, most: number): ReturnType<Files['list']> {
  const paths: string[] = []
  for (const path of await tracked.paths()) {
    if (!matches([glob], path) || !(await isFile(tree, path))) continue
    if (paths.length === most) return { paths, more: true }
    paths.push(path)
  }
  return { paths, more: false }
}

async function entriesAt(tree: WorkTreeRoot, tracked: Tracked, path: string): Promise<string[]> {
  const found: string[] = []
  for (const one of await tracked.paths())
    if ((one === path || one.startsWith(`${path}/`)) && (await isThere(tree, one))) found.push(one)
  return found
}
