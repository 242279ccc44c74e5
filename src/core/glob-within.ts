import { plainGlobs } from './glob.ts'

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
