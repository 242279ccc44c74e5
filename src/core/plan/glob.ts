import { quoted } from '../text/quoted.ts'

/*
 * A glob here knows `*`, `?`, `**` between slashes, and `{a,b}`. Every other character stands for itself, so that
 * `app/[id]/(group)/+page.ts` is the file of that name. Matching and overlapping are the same walk, so they never
 * disagree, and it takes no regular expression, so no glob can make it slow.
 */

/** More alternatives than anybody writes by hand; braces multiply. */
const ALTERNATIVES = 256
const KEPT = 10_000
const expansions = new Map<string, readonly string[] | null>()

/** Whether one of the globs matches a path, as git writes paths. */
export const matches = (globs: readonly string[], path: string): boolean =>
  globs.some((glob) => plainGlobs(glob).some((one) => foldersMatch(one, path)))

/** The globs that braces stand for; the glob itself where there would be too many. */
export const plainGlobs = (glob: string): readonly string[] => expansion(glob) ?? [glob]

/** A glob without its braces, as all globs that it stands for; null where there would be too many. */
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

/** Whether two tasks could write the same path. */
export const writesOverlap = (a: { writes: readonly string[] }, b: { writes: readonly string[] }): boolean =>
  a.writes.some((one) => b.writes.some((other) => globsOverlap(one, other)))

/** Whether one path could match both. Exact; `true` for a glob with too many alternatives to look at. */
export function globsOverlap(a: string, b: string): boolean {
  if (a === b) return true
  if (beginApart(a, b)) return false
  const [left, right] = [expansion(a), expansion(b)]
  if (left === null || right === null) return true
  return left.some((one) => right.some((other) => foldersOverlap(one, other)))
}

/** Mostly two tasks write in different folders, and a look at the first letters tells. */
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
  overlap(left.split(''), right.split(''), isSigns, isSigns, (a, b) => a === b || a === '?' || b === '?')

const foldersMatch: Meet = (glob, path) => overlap(glob.split('/'), path.split('/'), isFolders, never, nameMatches)

const nameMatches: Meet = (glob, name) =>
  overlap(glob.split(''), name.split(''), isSigns, never, (sign, letter) => sign === letter || sign === '?')

/**
 * Whether one sequence fits both sides, where a star of either side stands for any number of parts. `row[j]` says
 * whether one fits what was read of the left side and the first j parts of the right.
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

/** What is wrong with a glob, as the end of a sentence; null where nothing is. */
export function validGlob(glob: string): string | null {
  if (glob.trim() === '') return 'a glob may not be empty'
  if (/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(glob)) return 'a control character may not be in it'
  if (/[\\`]/.test(glob)) return `a ${glob.includes('`') ? 'backtick' : 'backslash'} may not be in it`
  if (/^!|[!@+?*]\(/.test(glob)) return 'patterns with `!`, or with a sign before `(`, are not understood'
  const globs = expansion(glob)
  if (globs === null) return 'its braces stand for too many globs'
  const problem =
    globs.map(badBraces).find((found) => found !== null) ?? globs.map(badParts).find((found) => found !== null)
  return problem ?? null
}

const badBraces = (glob: string): string | null => (/[{}]/.test(glob) ? 'braces hold a list, such as `{a,b}`' : null)

function badParts(glob: string): string | null {
  if (glob.startsWith('/') || /^[A-Za-z]:/.test(glob)) return 'it starts at the root of the repository, without a `/`'
  if (glob.endsWith('/')) return `for a folder and all in it, write ${quoted(`${glob}**`)}`
  for (const part of glob.split('/')) {
    if (part === '') return 'there is nothing between two slashes'
    if (part === '.' || part === '..') return `${quoted(part)} may not be a part of it`
    if (part.includes('**') && part !== '**') return '`**` stands alone between slashes'
  }
  return null
}

/**
 * Whether every path that the glob matches is surely matched by one of the globs. Careful: it may say no where several of
 * them match all of it together, never yes where one path would be left out.
 */
export const globWithin = (glob: string, globs: readonly string[]): boolean =>
  plainGlobs(glob).every((inner) =>
    globs.some((outer) => plainGlobs(outer).some((one) => within(inner.split('/'), one.split('/'), '**', nameWithin))),
  )

const nameWithin = (inner: string, outer: string): boolean =>
  inner === outer || within(inner.split(''), outer.split(''), '*', (sign, other) => sign === other || other === '?')

/**
 * `fits[j]`: whatever the parts of the inner side stand for that were read so far, from its end, the parts of the outer
 * side from the j-th on match it. A star of the inner side fits only where the outer side has one.
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
