import { ALWAYS_PROTECTED, type Settings } from '../settings.ts'
import { foldedPaths } from '../text/git-path.ts'
import { globsOverlap, matches, plainGlobs } from './glob.ts'

/** Replaces wildcards; no protected name contains it. */
const ANYTHING = '\u0001'

const globsOf = new WeakMap<Settings, readonly string[]>()

export function protectedGlobs(settings: Settings): readonly string[] {
  const known = globsOf.get(settings) ?? [...ALWAYS_PROTECTED, ...settings.protected_paths]
  globsOf.set(settings, known)
  return known
}

/**
 * By every name that some file system takes for the same: the tree may be checked out on any. The same rule for a path that
 * was written and for a glob of a plan, so that the lint refuses what the audit would, before the work is paid for.
 */
export function isProtected(path: string, globs: readonly string[]): boolean {
  if (matches(globs, path)) return true
  const { folded, names } = foldingOf(globs)
  return foldedPaths(path, names).some((each) => matches(folded, each))
}

const foldedGlob = (glob: string): string[] => plainGlobs(glob).flatMap((plain) => foldedPaths(plain))

/** `names`: those without wildcards, since a short name may stand for one of them. */
interface Folding {
  folded: readonly string[]
  names: readonly string[]
}

/** By list of globs, since thousands of paths are compared with one list. */
const foldings = new WeakMap<readonly string[], Folding>()

function foldingOf(globs: readonly string[]): Folding {
  const known = foldings.get(globs) ?? fold(globs)
  foldings.set(globs, known)
  return known
}

function fold(globs: readonly string[]): Folding {
  const folded = globs.flatMap(foldedGlob)
  const parts = folded.flatMap((glob) => glob.split('/').filter((part) => !/[*?]/.test(part)))
  return { folded, names: [...new Set(parts)] }
}

// A file that is protected in every folder, such as `**/package.json`, counts only if `writes` names it: every `src/**`
// could touch it, and the audit before the landing refuses it anyway.
/** The protected glob that a glob of `writes` could touch, or null. */
export function touchedProtected(glob: string, protectedPaths: readonly string[]): string | null {
  const anywhere = new Set(protectedPaths.filter((path) => path.startsWith('**/')))
  const { names } = foldingOf(protectedPaths)
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
