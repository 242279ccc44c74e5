import { describe, expect, it } from 'vitest'
import { globsOverlap, matches, validGlob, writesCollide } from '../../../src/core/plan/glob.ts'
import { cases } from '../../support/random.ts'

describe('a glob', () => {
  it.each([
    ['src/a.ts', 'src/a.ts'],
    ['src/*', 'src/a.ts'],
    ['src/*.ts', 'src/.hidden.ts'],
    ['src/**', 'src/a/b/.c'],
    ['src/**', 'src/a'],
    ['**', '.github/workflows/ci.yml'],
    ['**/a.ts', 'a.ts'],
    ['src/**/a.ts', 'src/a.ts'],
    ['src/?.ts', 'src/a.ts'],
    ['src/{a,b}.ts', 'src/b.ts'],
    ['{src,lib/{a,b}}/*', 'lib/b/x'],
    ['src{,/**}', 'src/a'],
  ])('%s matches %s', (glob, path) => expect(matches([glob], path)).toBe(true))

  it.each([
    ['src/*', 'src/a/b'],
    ['src/a.ts', 'src/aXts'],
    ['src/?', 'src/ab'],
    ['*', 'a/b'],
    ['src/**', 'srcs/a'],
    ['src/A.ts', 'src/a.ts'],
    ['a**', 'a/b'],
  ])('%s does not match %s', (glob, path) => expect(matches([glob], path)).toBe(false))

  it.each([
    'app/[id]/page.tsx',
    'app/(group)/page.tsx',
    'app/+page.svelte',
    'packages/@scope/x',
    'a|b',
    'a$^b',
    'a+',
    '!a',
    '"a"',
    '{1..3}',
    '{a}',
    'a b',
    '~a-b,c;d=e&f%g#h',
    'grün/🌳.md',
  ])('takes every sign of %s for itself', (glob) => expect(matches([glob], glob)).toBe(true))

  it.each([
    ['app/[id]/x', 'app/i/x'],
    ['app/(a|b)/x', 'app/a/x'],
    ['a|b', 'a'],
    ['a+', 'aa'],
    ['!a', 'b'],
    ['"a"', 'a'],
    ['{1..3}', '2'],
  ])('%s has no second meaning that would match %s', (glob, path) => expect(matches([glob], path)).toBe(false))

  it('is one of several', () => expect(matches(['a', 'b/**'], 'b/c')).toBe(true))
  it('matches nothing where there is none', () => expect(matches([], 'a')).toBe(false))
})

describe('two globs', () => {
  it.each([
    ['src/**', 'src/a.ts'],
    ['src/**', '**/a.ts'],
    ['src/*/x', 'src/a/?'],
    ['*.ts', 'a.*'],
    ['src/{a,b}/**', 'src/{b,c}/x'],
    ['a*b*c', '*bb*'],
    ['**/x/**', 'a/**/b'],
    ['src', 'src/**'],
    ['.github/**', '.github/workflows/**'],
  ])('%s and %s can be the same path', (a, b) => {
    expect(globsOverlap(a, b)).toBe(true)
    expect(globsOverlap(b, a)).toBe(true)
  })

  it.each([
    ['src/a/**', 'src/b/**'],
    ['src/*.ts', 'src/*.js'],
    ['src/*', 'src/a/b'],
    ['a?', 'a'],
    ['src/{a,b}/x', 'src/{c,d}/x'],
    ['a*b', 'a*c'],
    ['src', 'src/*'],
    ['src/[ab].ts', 'src/a.ts'],
  ])('%s and %s cannot', (a, b) => {
    expect(globsOverlap(a, b)).toBe(false)
    expect(globsOverlap(b, a)).toBe(false)
  })

  it('count as overlapping where braces stand for too many to look at', () => {
    const many = '{a,b}'.repeat(12)
    expect(globsOverlap(many, 'c')).toBe(true)
    expect(validGlob(many)).toBe('its braces stand for too many globs')
  })
})

describe('what may be written as a glob', () => {
  it.each(['src/**', '*.md', '.github/ISSUE_TEMPLATE/*', 'app/[id]/(group)/+page.ts', 'a{b,c}', 'a!', '@scope/x', 'ü'])(
    '%s may',
    (glob) => expect(validGlob(glob)).toBeNull(),
  )

  it.each([
    ['', 'a glob cannot be empty'],
    ['  ', 'a glob cannot be empty'],
    ['/src', 'it must start at the root of the repository, without a `/`'],
    ['C:/src', 'it must start at the root of the repository, without a `/`'],
    ['../src', 'it cannot contain `..`'],
    ['src/../..', 'it cannot contain `..`'],
    ['{a,..}/b', 'it cannot contain `..`'],
    ['./src', 'it cannot contain `.`'],
    ['src\\a', 'it cannot contain a backslash'],
    ['src/`id`', 'it cannot contain a backtick'],
    ['src/\u0000', 'it cannot contain a control character'],
    ['src/\n', 'it cannot contain a control character'],
    ['src/\u202e', 'it cannot contain a control character'],
    ['src//a', 'there is nothing between two slashes'],
    ['src/', 'for a folder and all in it, write `src/**`'],
    ['src/a**', '`**` stands alone between slashes'],
    ['src/***', '`**` stands alone between slashes'],
    ['{a', 'braces hold a list, such as `{a,b}`'],
    ['{a}', 'braces hold a list, such as `{a,b}`'],
    ['{1..3}', 'braces hold a list, such as `{a,b}`'],
    ['!src/**', 'patterns with `!`, or with a sign before `(`, are not supported'],
    ['@(a|b)', 'patterns with `!`, or with a sign before `(`, are not supported'],
  ])('%j may not: %s', (glob, problem) => expect(validGlob(glob)).toBe(problem))
})

/** mulberry32: the same seed, the same globs. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const pick = <Item>(items: readonly Item[], next: (below: number) => number): Item | undefined =>
  items[next(items.length)]
const join = (items: readonly string[], count: number, next: (below: number) => number, by: string): string =>
  Array.from({ length: count }, () => pick(items, next) ?? '').join(by)

/** Every path of so many folders at most, each of at most three letters out of two. */
function allPaths(depth: number): string[] {
  const names = ['a', 'b'].flatMap((one) => [
    one,
    ...['a', 'b'].flatMap((two) => [one + two, `${one + two}a`, `${one + two}b`]),
  ])
  const levels = [names]
  while (levels.length < depth) {
    levels.push((levels.at(-1) ?? []).flatMap((path) => names.map((name) => `${path}/${name}`)))
  }
  return levels.flat()
}

/** Small enough that two globs which overlap at all do so on one of these paths. */
function randomGlob(next: (below: number) => number): string {
  const name = () => (next(4) === 0 ? '**' : join(['a', 'b', '*', '?', '{a,b}', '{a*,}'], 1 + next(2), next, ''))
  return Array.from({ length: 1 + next(3) }, name).join('/')
}

describe('globs by chance', () => {
  const seed = Number(process.env.SEED ?? 20_261_121)

  it(`overlap exactly where a path matches both (SEED=${seed})`, () => {
    const next = random(seed)
    const paths = allPaths(3)
    const deep = allPaths(4)
    let overlapping = 0
    let pairs = 0
    while (pairs < cases(200)) {
      const [a, b] = [randomGlob(next), randomGlob(next)]
      if (validGlob(a) !== null || validGlob(b) !== null) continue
      const both = (path: string) => matches([a], path) && matches([b], path)
      // `**/x/y` and `a/b/**` meet four folders deep; looked for only where it is claimed, as it takes long.
      const witness = paths.find(both) ?? (globsOverlap(a, b) ? deep.find(both) : undefined) ?? null
      expect
        .soft({ a, b, overlap: globsOverlap(a, b) }, `witness ${witness}`)
        .toEqual({ a, b, overlap: witness !== null })
      expect.soft(globsOverlap(b, a), `${b} and ${a}`).toBe(globsOverlap(a, b))
      pairs += 1
      overlapping += witness === null ? 0 : 1
    }
    expect(overlapping).toBeGreaterThan(pairs / 8)
    expect(overlapping).toBeLessThan(pairs - pairs / 8)
  })

  it(`match what a plain reading of them matches (SEED=${seed})`, () => {
    const next = random(seed + 1)
    const paths = allPaths(3)
    for (let count = 0; count < cases(200); count++) {
      const glob = randomGlob(next).replaceAll(/\{.*?\}/g, 'a')
      if (validGlob(glob) !== null) continue
      const plain = new RegExp(`^${plainly(glob)}$`)
      const wrong = paths.filter((path) => matches([glob], path) !== plain.test(`/${path}`))
      expect(wrong, glob).toEqual([])
    }
  })
})

/** A glob as a regular expression over a path with a slash in front. */
const plainly = (glob: string): string =>
  glob
    .split('/')
    .map((part) => (part === '**' ? '(/[^/]+)*' : `/(?=[^/])${part.replaceAll('?', '[^/]').replaceAll('*', '[^/]*')}`))
    .join('')

describe('what two tasks write', () => {
  it.each([
    ['x', 'x/y.ts'],
    ['x', 'x/**'],
    ['x/y.ts', 'X'],
    ['src/http', 'src/*/a/b.ts'],
    ['src/h*', 'src/http/index.ts'],
    ['README.md', 'readme.md'],
    ['caf\u00e9/a', 'cafe\u0301/*'],
  ])('collides: %s and %s', (a, b) => {
    expect([writesCollide(a, b), writesCollide(b, a)]).toEqual([true, true])
  })

  it.each([
    ['src/*', 'src/http/index.ts'],
    ['*', 'docs/a.md'],
    ['src/*.ts', 'src/http/index.ts'],
    ['x', 'xy/z'],
    ['a/x', 'b/x/y'],
  ])('does not collide: %s and %s', (a, b) => {
    expect([writesCollide(a, b), writesCollide(b, a)]).toEqual([false, false])
  })
})

it('a path matches in whichever composition its accents are written', () => {
  expect(matches(['caf\u00e9/**'], 'cafe\u0301/a')).toBe(true)
  expect(matches(['cafe\u0301/*'], 'caf\u00e9/a')).toBe(true)
})
