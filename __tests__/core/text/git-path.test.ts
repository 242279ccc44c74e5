import { expect, it } from 'vitest'
import { isGitName, treePath } from '../../../src/core/text/git-path.ts'

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
