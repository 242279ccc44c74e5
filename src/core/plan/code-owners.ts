import { LOGIN_OR_TEAM } from '../settings.ts'
import { globWithin, matches, validGlob, writesCollide } from './glob.ts'

/** The files that GitHub looks for, in its order; the first that is there counts. */
export const CODEOWNERS_PATHS: readonly string[] = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']

/** GitHub ignores a larger file. */
const MOST_CHARACTERS = 3 * 1024 * 1024

interface OwnerRule {
  globs: readonly string[]
  /** `mona` or `org/team`; empty: the rule takes ownership away. */
  owners: readonly string[]
}

export type CodeOwners = readonly OwnerRule[]

/** The rules of a CODEOWNERS file. As on GitHub, a line that is not understood is skipped; owners by mail cannot be called. */
export function readCodeOwners(text: string): CodeOwners {
  if (text.length > MOST_CHARACTERS) return []
  return text.split(/\r?\n/).flatMap((line) => {
    const [pattern = '', ...words] = wordsOf(line)
    const globs = globsOf(pattern)
    return globs.length === 0 ? [] : [{ globs, owners: words.flatMap(ownerOf) }]
  })
}

/** A space in a path is written as `\ `; what follows a `#` is a comment. */
function wordsOf(line: string): string[] {
  const uncommented = line.replace(/(^|\s)#.*$/, '')
  return (uncommented.match(/(?:\\.|[^\s\\])+/g) ?? []).map((word) => word.replaceAll(/\\(.)/g, '$1'))
}

function ownerOf(word: string): string[] {
  const name = word.startsWith('@') ? word.slice(1) : ''
  return LOGIN_OR_TEAM.test(name) ? [name] : []
}

/**
 * GitHub knows no `!` and no `[ ]`, and takes braces as they are, which our globs cannot say. A name stands for a file or for a
 * folder and all in it; `docs/*` is not deep.
 */
function globsOf(pattern: string): string[] {
  if (pattern === '' || /^!|[[\]{}]/.test(pattern)) return []
  const isAnchored = pattern.slice(0, -1).includes('/')
  const path = pattern.replace(/^\//, '').replace(/\/$/, '')
  if (path === '*' && !isAnchored) return ['**']
  const rooted = isAnchored || path.startsWith('**') ? path : `**/${path}`
  const own = pattern.endsWith('/')
    ? [`${rooted}/**`]
    : /(?:^|\/)\*\*?$/.test(rooted)
      ? [rooted]
      : [rooted, `${rooted}/**`]
  return own.filter((glob) => validGlob(glob) === null)
}

/**
 * Who owns what these paths or globs stand for. The last rule that matches a path wins; for a glob, each rule counts that may win
 * for one of its paths.
 */
export const ownersOf = (rules: CodeOwners, paths: readonly string[]): string[] => [
  ...new Set(paths.flatMap((path) => ownersOfOne(rules, path))),
]

/** A plan asks for the same paths whenever it is shown, and a large file of rules takes a second for a large plan. */
const known = new WeakMap<CodeOwners, Map<string, readonly string[]>>()

function ownersOfOne(rules: CodeOwners, path: string): readonly string[] {
  const found = known.get(rules) ?? new Map<string, readonly string[]>()
  known.set(rules, found)
  const owners = found.get(path) ?? lookUp(rules, path)
  found.set(path, owners)
  return owners
}

function lookUp(rules: CodeOwners, path: string): string[] {
  if (!/[*?{]/.test(path)) return [...(rules.findLast(({ globs }) => matches(globs, path))?.owners ?? [])]
  const owners: string[] = []
  for (const rule of rules.toReversed()) {
    if (!rule.globs.some((glob) => writesCollide(glob, path))) continue
    owners.push(...rule.owners)
    if (globWithin(path, rule.globs)) break
  }
  return owners
}
