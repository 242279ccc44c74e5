import { ALWAYS_PROTECTED, type Settings } from '../settings.ts'
import { foldedPaths } from '../text/git-path.ts'
import { globsOverlap, matches, plainGlobs } from './glob.ts'

/** Replaces wildcards; no protected name contains it. */
const ANYTHING = '\u0001'

export const protectedGlobs = (settings: Settings): string[] => [...ALWAYS_PROTECTED, ...settings.protected_paths]

/**
 * By every name that some file system takes for the same: the tree may be checked out on any. The same rule for a path that
 * was written and for a glob of a plan, so that the lint refuses what the audit would, before the work is paid for.
 */
export const isProtected = (path: string, globs: readonly string[]): boolean =>
  matches(globs, path) || foldedPaths(path, namesIn(globs)).some((each) => matches(globs.flatMap(foldedGlob), each))

const foldedGlob = (glob: string): string[] => plainGlobs(glob).flatMap((plain) => foldedPaths(plain))

/** The names without wildcards: a short name may stand for one of them. */
const namesIn = (globs: readonly string[]): string[] => [
  ...new Set(globs.flatMap(foldedGlob).flatMap((glob) => glob.split('/').filter((part) => !/[*?]/.test(part)))),
]

// A file that is protected in every folder, such as `**/package.json`, counts only if `writes` names it: every `src/**`
// could touch it, and the audit before the landing refuses it anyway.
/** The protected glob that a glob of `writes` could touch, or null. */
export function touchedProtected(glob: string, protectedPaths: readonly string[]): string | null {
  const anywhere = new Set(protectedPaths.filter((path) => path.startsWith('**/')))
  const names = namesIn(protectedPaths)
  const readings = [...new Set(plainGlobs(glob).flatMap((plain) => [plain, ...foldedPaths(plain, names)]))]
  const touched = protectedPaths.find((path) => {
    if (!anywhere.has(path) && anywhere.has(`**/${path}`)) return false
    return [path, ...foldedGlob(path)].some((one) =>
      readings.some((reading) => (anywhere.has(path) ? isNamed(reading, one) : globsOverlap(reading, one))),
    )
  })
  return touched ?? null
}

/** Whether the literal parts of a glob match the path, whatever its wildcards stand for. */
const isNamed = (plain: string, path: string): boolean => matches([path], plain.replace(/\*+|\?/g, ANYTHING))
