import { ALWAYS_PROTECTED, type Settings } from '../settings.ts'
import { caseFolded } from '../text/git-path.ts'
import { globsOverlap, matches, plainGlobs } from './glob.ts'

/** Stands for whatever a wildcard could be; no name that anybody protects holds it. */
const ANYTHING = '\u0001'

export const protectedGlobs = (settings: Settings): string[] => [...ALWAYS_PROTECTED, ...settings.protected_paths]

/** Capital letters open no door: on some machines they are the same file. */
export const isProtected = (path: string, globs: readonly string[]): boolean =>
  matches(globs, path) || matches(globs.map(caseFolded), caseFolded(path))

// What is protected in every folder, such as `**/package.json`, counts only where `writes` names it: every `src/**`
// could touch that, and the audit before the landing keeps the file out all the same.
/** The protected glob that a task's `writes` could touch; null where there is none. */
export function touchedProtected(glob: string, protectedPaths: readonly string[]): string | null {
  const anywhere = new Set(protectedPaths.filter((path) => path.startsWith('**/')))
  const touched = protectedPaths.find((path) => {
    if (anywhere.has(path)) return names(glob, path)
    return !anywhere.has(`**/${path}`) && globsOverlap(glob, path)
  })
  return touched ?? null
}

/** Whether the words of a glob lead there, whatever its wildcards stand for. */
const names = (glob: string, path: string): boolean =>
  plainGlobs(glob).some((plain) => matches([path], plain.replace(/\*+|\?/g, ANYTHING)))
