import { matches } from '../../core/glob.ts'
import type { Files } from '../../ports/sources.ts'
import type { Tracked } from '../../ports/tracked.ts'
import { createText, replaceText } from './edit.ts'
import { groundOf } from './ground.ts'
import type { Ground } from './held.ts'
import { isFile, readText } from './read.ts'
import { searchFiles } from './search.ts'
import type { Place } from './walk.ts'

/**
 * The files of a work tree in which commands of tasks ran. Everything is reached by holding one folder after the other, so
 * that no link, and nothing that is swapped meanwhile, leads out; special files are never opened.
 */
export function openFiles(root: string, tracked: Tracked, ground: Ground = groundOf()): Files {
  const place = { ground, root }
  return {
    read: (path) => readText(place, path),
    list: (glob, most) => list(place, tracked, glob, most),
    search: (pattern, options) => searchFiles(place, tracked, pattern, options),
    log: (path, most) => tracked.log(path, most),
    replace: (path, old, by) => replaceText(place, path, old, by),
    create: (path, text) => createText(place, path, text),
    diff: (most) => tracked.diff(most),
  }
}

async function list(place: Place, tracked: Tracked, glob: string, most: number): ReturnType<Files['list']> {
  const paths: string[] = []
  for (const path of await tracked.paths()) {
    if (!matches([glob], path) || !(await isFile(place, path))) continue
    if (paths.length === most) return { paths, more: true }
    paths.push(path)
  }
  return { paths, more: false }
}
