import { describe, expect, it } from 'vitest'
import { globWithin, matches } from '../../../src/core/plan/glob.ts'
import { cases, printedSeed, randomOf } from '../../support/random.ts'

describe('a glob is within others', () => {
  it.each([
    ['src/a.ts', ['src/a.ts']],
    ['src/a.ts', ['src/*']],
    ['src/a/b.ts', ['src/**']],
    ['src/a/**', ['src/**']],
    ['src/**/b.ts', ['src/**']],
    ['**/b.ts', ['**']],
    ['**/a/b.ts', ['**/b.ts']],
    ['src/x-*.ts', ['src/*.ts']],
    ['src/?.ts', ['src/*.ts']],
    ['src/{a,b}.ts', ['src/*.ts']],
    ['src/a.ts', ['lib/**', 'src/{a,b}.ts']],
    ['src/{a,lib/b}.ts', ['src/*.ts', 'src/lib/**']],
    ['a/x/b', ['a/**/b']],
    ['a/**/x/**/b', ['a/**/b']],
    ['app/[id]/page.tsx', ['app/[id]/*']],
  ])('%s in %j', (glob, globs) => expect(globWithin(glob, globs)).toBe(true))

  it.each([
    ['src/**', ['src/*']],
    ['src/*', ['src/a.ts']],
    ['src/*.ts', ['src/a*.ts']],
    ['src/?', ['src/a']],
    ['src/*', ['src/?']],
    ['**', ['src/**']],
    ['srcs/a', ['src/**']],
    ['src/{a,b}.ts', ['src/a.ts']],
    ['src/a.ts', []],
    ['src/../etc/passwd', ['src/*']],
  ])('%s is not in %j', (glob, globs) => expect(globWithin(glob, globs)).toBe(false))
})

it('never says that a glob is within others where a path would be left out', () => {
  const random = randomOf(printedSeed())
  const pick = <Item>(items: readonly Item[], fallback: Item): Item => items[random(items.length)] ?? fallback
  const name = () => pick(['a', 'b', 'ab', '*', '?', 'a*', '*b', '{a,b}', 'a?', '?*b'], 'a')
  const glob = () => Array.from({ length: 1 + random(4) }, () => (random(4) === 0 ? '**' : name())).join('/')
  const letters = ['a', 'b', 'ab', 'ba', 'aab', 'abb', 'c']
  const paths = letters.flatMap((one) => [
    one,
    ...letters.flatMap((two) => [`${one}/${two}`, ...letters.slice(0, 4).map((three) => `${one}/${two}/${three}`)]),
  ])
  const counts = { within: 0, matched: 0 }
  for (let round = 0; round < cases(1500); round++) {
    const inner = glob()
    const outer = Array.from({ length: 1 + random(3) }, glob)
    if (!globWithin(inner, outer)) continue
    counts.within += 1
    for (const path of paths.filter((one) => matches([inner], one))) {
      counts.matched += 1
      expect(matches(outer, path), `${inner} in ${outer.join(' ')}, but not ${path}`).toBe(true)
    }
  }
  expect(counts.within).toBeGreaterThan(100)
  expect(counts.matched).toBeGreaterThan(1000)
})
