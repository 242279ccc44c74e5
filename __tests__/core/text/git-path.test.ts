import { expect, it } from 'vitest'
import { foldedPaths, isGitName, treePath } from '../../../src/core/text/git-path.ts'

it.each([
  '.git',
  '.GIT',
  '.Git.',
  '.git ',
  '.git . .',
  'git~1',
  'GIT~2',
  '.git::$INDEX_ALLOCATION',
  '.git:x',
  '.g\u200cit',
  '\ufeff.git',
  '.gi\u202et',
  '.g\u{e0069}it',
  '.ｇｉｔ',
  '.g\u00adit',
  'a\\.git',
  '.git\\config',
])('takes %j for `.git`, since some machine does', (name) => {
  expect(isGitName(name)).toBe(true)
  for (const path of [name, `${name}/config`, `a/${name}`, `a/${name}/hooks/x`]) expect(treePath(path)).toBeNull()
})

it.each(['.gitignore', '.gitattributes', '.github', 'git', '.git2', 'a.git', 'git~', 'git~x'])(
  'takes %j for itself',
  (name) => {
    expect(isGitName(name)).toBe(false)
    expect(treePath(`a/${name}`)).toEqual({ folders: ['a'], name })
  },
)

it.each(['', '/', '/a', 'a/', 'a//b', '.', './a', 'a/.', '..', 'a/../b', 'a/..', 'a\0b'])('has no path %j', (path) => {
  expect(treePath(path)).toBeNull()
})

it('parts a path into folders and a name', () => {
  expect(treePath('a/b c/ü\n"d"')).toEqual({ folders: ['a', 'b c'], name: 'ü\n"d"' })
  expect(treePath('a')).toEqual({ folders: [], name: 'a' })
})

it.each([
  ['.GitHub/Workflows/CI.yml', '.github/workflows/ci.yml'],
  ['.github::$INDEX_ALLOCATION/workflows./x ', '.github/workflows/x'],
  ['.git\u200chub\\workflows/ｃi.yml', '.github/workflows/ci.yml'],
  ['cafe\u0301', 'café'],
  ['...', '...'],
])('folds %j to %j', (path, folded) => expect(foldedPaths(path)).toEqual([folded]))

it.each([
  ['GITHUB~1', '.github'],
  ['GITMOD~1', '.gitmodules'],
  ['gi7eba~1', '.gitmodules'],
  ['WORKF~12', 'workflows'],
  ['TRIBUT~1.YML', 'tributary.yml'],
])('takes %j for a short name of %j', (short, long) => {
  expect(foldedPaths(`a/${short}/b`, [long])).toContain(`a/${long}/b`)
})

it.each([
  ['backup~1', '.github'],
  ['github~', '.github'],
  ['github~1.yml', '.github'],
  ['tribut~1.md', 'tributary.yml'],
  ['file.txt~1', '.github'],
])('does not take %j for a short name of %j', (name, long) => expect(foldedPaths(name, [long])).toEqual([name]))

it('reads a path of endless short names in a bounded number of ways', () => {
  expect(foldedPaths(Array.from({ length: 500 }, () => 'git~1').join('/'), ['.git']).length).toBe(256)
})
