import { describe, expect, it } from 'vitest'
import { ownersOf, readCodeOwners } from '../../../src/core/plan/code-owners.ts'

const owners = (text: string, ...paths: string[]) => ownersOf(readCodeOwners(text), paths)

describe('the owners of a path', () => {
  it('are those of the last pattern that matches', () => {
    const text = '* @global\n*.ts @typescript\n/src/api/ @acme/api'
    expect(owners(text, 'README.md')).toEqual(['global'])
    expect(owners(text, 'lib/a.ts')).toEqual(['typescript'])
    expect(owners(text, 'src/api/a.ts')).toEqual(['acme/api'])
    expect(owners(text, 'README.md', 'src/api/deep/a.md')).toEqual(['global', 'acme/api'])
  })

  it('are none if the last pattern that matches names none', () => {
    expect(owners('/apps/ @mona\n/apps/github', 'apps/github/a.ts')).toEqual([])
  })

  it.each([
    ['apps/', 'deep/apps/a.ts', true],
    ['/docs/', 'deep/docs/a.md', false],
    ['docs/*', 'docs/a.md', true],
    ['docs/*', 'docs/deep/a.md', false],
    ['**/logs', 'build/logs/a/b.txt', true],
    ['docs/**', 'docs/deep/a.md', true],
    ['Makefile', 'deep/Makefile', true],
    ['/Makefile', 'deep/Makefile', false],
    ['src/a', 'src/a/b.ts', true],
    ['src/a', 'x/src/a', false],
    ['my\\ file.txt', 'my file.txt', true],
    ['/Docs/', 'docs/a.md', false],
  ])('by `%s`: of %s %s', (pattern, path, isOwned) => {
    expect(owners(`${pattern} @mona`, path)).toEqual(isOwned ? ['mona'] : [])
  })

  it('are read past comments, lines that GitHub does not know, and owners by mail', () => {
    const text = '# * @nobody\n*.js @mona docs@example.com # @octo\n!keep.js @x\n[a-z].js @y'
    expect(owners(text, 'keep.js')).toEqual(['mona'])
  })
})

describe('the owners of a glob', () => {
  it('are all that may own one of its paths', () => {
    expect(owners('* @global\n/src/ @src\n/src/api/ @api', 'src/**')).toEqual(['api', 'src'])
    expect(owners('* @global\n/src/api/ @api', 'src/**')).toEqual(['api', 'global'])
    expect(owners('* @global\n/docs/ @docs', 'src/*.ts')).toEqual(['global'])
  })

  it('are not read from patterns with braces, which GitHub takes as they are and which would multiply', () => {
    expect(owners('* @mona\n*.{js,ts} @octo', 'a.ts')).toEqual(['mona'])
    expect(readCodeOwners('{a,b}{a,b}{a,b}{a,b} @mona\n')).toEqual([])
  })
})

it('looks at the rules once for each path, however often a plan is shown', () => {
  let looks = 0
  const rules = readCodeOwners('* @global\n/src/ @src\n/docs/ @docs').map(({ globs, owners }) => ({
    owners,
    get globs() {
      looks += 1
      return globs
    },
  }))
  const paths = ['src/**', 'docs/a.md', 'README.md']
  const first = ownersOf(rules, paths)
  expect([first, looks]).toEqual([['src', 'docs', 'global'], 7])
  expect([ownersOf(rules, [...paths, ...paths]), looks]).toEqual([first, 7])
})
