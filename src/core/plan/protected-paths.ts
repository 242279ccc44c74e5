import { ALWAYS_PROTECTED, type Settings } from '../settings.ts'
import { caseFolded } from '../text/git-path.ts'
import { globsOverlap, matches, plainGlobs } from './glob.ts'

/** Replaces wildcards; no protected name contains it. */
const ANYTHING = '\u0001'

export const protectedGlobs = (settings: Settings): string[] => [...ALWAYS_PROTECTED, ...settings.protected_paths]

/** Ignores case, since on some file systems such names are the same file. */
export const isProtected = (path: string, globs: readonly string[]): boolean =>
  matches(globs, path) || matches(globs.map(caseFolded), caseFolded(path))

// A file that is protected in every folder, such as `**/package.json`, counts only if `writes` names it: every `src/**`
// could touch it, and the audit before the landing refuses it anyway.
/** The protected glob that a glob of `writes` could touch, or null. */
export function touchedProtected(glob: string, protectedPaths: readonly string[]): string | null {
  const anywhere = new Set(protectedPaths.filter((path) => path.startsWith('**/')))
  const touched = protectedPaths.find((path) => {
    if (anywhere.has(path)) return names(glob, path)
    return !anywhere.has(`**/${path}`) && globsOverlap(glob, path)
  })
  return touched ?? null
}

/** Whether the literal parts of a glob match the path, whatever its wildcards stand for. */
const names = (glob: string, path: string): boolean =>
  plainGlobs(glob).some((plain) => matches([path], plain.replace(/\*+|\?/g, ANYTHING)))
