import { caseFolded } from '../text/git-path.ts'
import { quoted } from '../text/quoted.ts'

/*
 * Globs have `*`, `?`, `**` between slashes, and `{a,b}`. Every other character is literal, so that
 * `app/[id]/(group)/+page.ts` is the file of that name. Matching and overlap use the same algorithm, so they never
 * disagree, and no regular expression, so no glob can make it slow.
 */

/** More alternatives than people write; braces multiply. */
const ALTERNATIVES = 256
const KEPT = 10_000
const expansions = new Map<string, readonly string[] | null>()

/** Whether one of the globs matches a path, as git writes paths. */
export const matches = (globs: readonly string[], path: string): boolean => {
  const composed = path.normalize('NFC')
  return globs.some((glob) =>
    plainGlobs(glob.normalize('NFC')).some((one) => !beginApart(one, composed) && foldersMatch(one, composed)),
  )
}

/** The glob with its braces expanded; the glob itself if there are too many alternatives. */
export const plainGlobs = (glob: string): readonly string[] => expansion(glob) ?? [glob]

/** The glob with its braces expanded (cached); null if there are too many alternatives. */
function expansion(glob: string): readonly string[] | null {
  const known = expansions.get(glob)
  if (known !== undefined) return known
  if (expansions.size >= KEPT) expansions.clear()
  const globs = expand(glob)
  expansions.set(glob, globs)
  return globs
}

function expand(glob: string): readonly string[] | null {
  const open: string[] = [glob]
  const done: string[] = []
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const braces = innermost(next)
    if (braces === null) done.push(next)
    else open.push(...braces.choices.map((choice) => braces.before + choice + braces.after).reverse())
    if (open.length + done.length > ALTERNATIVES) return null
  }
  return done
}

function innermost(glob: string): { before: string; choices: string[]; after: string } | null {
  const found = /\{([^{}]*,[^{}]*)\}/.exec(glob)
  if (found?.[1] === undefined) return null
  const after = glob.slice(found.index + found[0].length)
  return { before: glob.slice(0, found.index), choices: found[1].split(','), after }
}

/** Whether two tasks could write the same path, or one a file where the other needs a folder. */
export const writesOverlap = (a: { writes: readonly string[] }, b: { writes: readonly string[] }): boolean =>
  a.writes.some((one) => b.writes.some((other) => writesCollide(one, other)))

/** Names that differ in case or composition are one file on some systems. */
export function writesCollide(a: string, b: string): boolean {
  const [one, other] = [folded(a), folded(b)]
  if (beginApart(one, other)) return false
  return globsOverlap(one, other) || isFolderOf(one, other) || isFolderOf(other, one)
}

const foldings = new Map<string, string>()

function folded(glob: string): string {
  const known = foldings.get(glob)
  if (known !== undefined) return known
  if (foldings.size >= KEPT) foldings.clear()
  const text = caseFolded(glob)
  foldings.set(glob, text)
  return text
}

/** Whether a file of the one glob could stand where the other has a folder. A last part `*` is meant for files beside folders. */
const isFolderOf = (file: string, other: string): boolean =>
  plainGlobs(file).some((one) => !/(?:^|\/)\*+$/.test(one) && globsOverlap(`${one}/**`, other))

/** Whether one path could match both. Exact, except `true` if a glob has too many alternatives. */
export function globsOverlap(a: string, b: string): boolean {
  if (a === b) return true
  if (beginApart(a, b)) return false
  const [left, right] = [expansion(a), expansion(b)]
  if (left === null || right === null) return true
  return left.some((one) => right.some((other) => foldersOverlap(one, other)))
}

/** Fast path: globs and paths of different folders usually differ before the first wildcard. */
function beginApart(a: string, b: string): boolean {
  for (let index = 0; index < a.length && index < b.length; index += 1) {
    const [one, other] = [a.charAt(index), b.charAt(index)]
    if (SIGNS.includes(one) || SIGNS.includes(other)) return false
    if (one !== other) return true
  }
  return false
}

const SIGNS = '*?{'

type IsStar = (part: string) => boolean
type Meet = (left: string, right: string) => boolean

const never: IsStar = () => false
const isFolders: IsStar = (part) => part === '**'
const isSigns: IsStar = (sign) => sign === '*'

const foldersOverlap: Meet = (left, right) =>
  overlap(left.split('/'), right.split('/'), isFolders, isFolders, namesOverlap)

const namesOverlap: Meet = (left, right) =>
  left === right ||
  ((hasSign(left) || hasSign(right)) &&
    overlap(left.split(''), right.split(''), isSigns, isSigns, (a, b) => a === b || a === '?' || b === '?'))

const foldersMatch: Meet = (glob, path) => overlap(glob.split('/'), path.split('/'), isFolders, never, nameMatches)

const nameMatches: Meet = (glob, name) =>
  glob === name ||
  (hasSign(glob) &&
    overlap(glob.split(''), name.split(''), isSigns, never, (sign, letter) => sign === letter || sign === '?'))

/**
 * Whether one sequence matches both sides, where a star of either side stands for any number of parts. `row[j]`: whether
 * one matches the parts of the left side read so far and the first j parts of the right side.
 */
function overlap(
  left: readonly string[],
  right: readonly string[],
  leftStar: IsStar,
  rightStar: IsStar,
  meet: Meet,
): boolean {
  let row = [true]
  for (const other of right) row.push(row.at(-1) === true && rightStar(other))
  for (const part of left) {
    const star = leftStar(part)
    const next = [row[0] === true && star]
    for (const [index, other] of right.entries()) {
      const passed = row[index + 1] === true || next[index] === true
      next.push(star || rightStar(other) ? passed : row[index] === true && meet(part, other))
    }
    row = next
  }
  return row.at(-1) === true
}

/** Why a glob is invalid, as the end of a sentence; null if it is valid. */
export function validGlob(glob: string): string | null {
  if (glob.trim() === '') return 'a glob cannot be empty'
  if (/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(glob)) return 'it cannot contain a control character'
  if (/[\\`]/.test(glob)) return `it cannot contain a ${glob.includes('`') ? 'backtick' : 'backslash'}`
  if (/^!|[!@+?*]\(/.test(glob)) return 'patterns with `!`, or with a sign before `(`, are not supported'
  const globs = expansion(glob)
  if (globs === null) return 'its braces stand for too many globs'
  const problem =
    globs.map(badBraces).find((found) => found !== null) ?? globs.map(badParts).find((found) => found !== null)
  return problem ?? null
}

const badBraces = (glob: string): string | null => (/[{}]/.test(glob) ? 'braces hold a list, such as `{a,b}`' : null)

function badParts(glob: string): string | null {
  if (glob.startsWith('/') || /^[A-Za-z]:/.test(glob))
    return 'it must start at the root of the repository, without a `/`'
  if (glob.endsWith('/')) return `for a folder and all in it, write ${quoted(`${glob}**`)}`
  for (const part of glob.split('/')) {
    if (part === '') return 'there is nothing between two slashes'
    if (part === '.' || part === '..') return `it cannot contain ${quoted(part)}`
    if (part.includes('**') && part !== '**') return '`**` stands alone between slashes'
  }
  return null
}

/**
 * Whether every path that the glob matches is matched by one of the globs. Conservative: may be false if only several of
 * them together cover it, but is never true if a path is left out.
 */
export const globWithin = (glob: string, globs: readonly string[]): boolean =>
  plainGlobs(glob).every((inner) => {
    const parts = inner.split('/')
    return globs.some((outer) => plainGlobs(outer).some((one) => foldersWithin(parts, one.split('/'))))
  })

/** Fast path: a plain name of the outer glob has to stand in the inner one, too. */
const foldersWithin = (inner: readonly string[], outer: readonly string[]): boolean =>
  outer.every((part) => hasSign(part) || inner.includes(part)) && within(inner, outer, '**', nameWithin)

const hasSign = (part: string): boolean => /[*?{]/.test(part)

const nameWithin = (inner: string, outer: string): boolean =>
  inner === outer || within(inner.split(''), outer.split(''), '*', (sign, other) => sign === other || other === '?')

/**
 * `fits[j]`: the outer side's parts from the j-th on match everything that the inner side's parts read so far, from its
 * end, can stand for. A star of the inner side is matched only by a star of the outer side.
 */
function within(
  inner: readonly string[],
  outer: readonly string[],
  star: string,
  meet: (inner: string, outer: string) => boolean,
): boolean {
  let fits = [...outer.map((_, from) => outer.slice(from).every((part) => part === star)), true]
  for (const part of inner.toReversed()) {
    const next = [...outer.map(() => false), false]
    for (let from = outer.length - 1; from >= 0; from--) {
      const other = outer[from] ?? ''
      const taken = part !== star && meet(part, other) && fits[from + 1] === true
      next[from] = other === star ? next[from + 1] === true || fits[from] === true : taken
    }
    fits = next
  }
  return fits[0] === true
}
