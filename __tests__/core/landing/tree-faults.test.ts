import { describe, expect, it } from 'vitest'
import { nameFaults, staysInside } from '../../../src/core/landing/tree-faults.ts'

describe('a symbolic link stays inside', () => {
  const links = new Map([
    ['packages/a/common', '../common'],
    ['here', '.'],
    ['out', '/usr'],
    ['one', 'other'],
    ['other', 'one'],
  ])
  const inside = (path: string, target: string) => staysInside(path, new Map([...links, [path, target]]))

  it.each([
    ['docs/latest', 'v2/index.md'],
    ['docs/latest', '../src//./x'],
    ['packages/a/x', 'common/y'],
    ['a', 'nowhere/yet'],
    ['a/b/c', '../..'],
  ])('%s -> %s', (path, target) => expect(inside(path, target)).toBe(true))

  it.each([
    ['a', '/etc/passwd'],
    ['a', '..'],
    ['docs/latest', '../../x'],
    ['a', 'docs/../../x'],
    ['a', '.git/config'],
    ['docs/a', '../.GIT'],
    ['a', 'out/passwd'],
    ['a', 'here/../x/../../y'],
    ['d/a', '../here/../x'],
    ['a', 'one'],
  ])('not %s -> %s', (path, target) => expect(inside(path, target)).toBe(false))
})

const faults = (added: string, base: readonly string[] = [], gone: readonly string[] = []) =>
  nameFaults([...gone.map((path) => ({ path, status: 'D' })), { path: added, status: 'A' }], base)

describe('a new name', () => {
  it.each([
    ['src/aux.c', 'device'],
    ['NUL', 'device'],
    ['com1/x', 'device'],
    ['a:b', '`:`'],
    ['what?', '`?`'],
    ['a/b\\c', '`\\`'],
    ['tab\there', 'control character'],
    ['dot./x', 'dot or a space'],
    ['space ', 'dot or a space'],
    [String.raw`caf\351.txt`, 'not UTF-8'],
    ['x'.repeat(256), '255 characters'],
  ])('%j is refused, unless the base has it', (path, why) => {
    expect(faults(path).join()).toContain(why)
    expect(faults(`${path}/more`, [`${path}/there`])).toEqual([])
  })

  it.each(['app/[id]/(group)/+page.ts', 'auxiliary.c', '.gitignore', 'nul_.txt', 'console', 'com10', 'a b', 'ünï'])(
    '%s is taken',
    (path) => expect(faults(path)).toEqual([]),
  )

  it.each([
    ['readme.md', 'README.md'],
    ['Src/new.ts', 'src/old.ts'],
    ['cafe\u0301.txt', 'caf\u00e9.txt'],
    ['lib', 'Lib/x'],
  ])('%s is refused beside %s, and taken in its place', (added, there) => {
    expect(faults(added, [there]).join()).toMatch(/is the same as/)
    expect(faults(added, [there], [there])).toEqual([])
  })

  it('collides with another new one too, and what the base has twice may stay', () => {
    const added = ['a', 'A'].map((path) => ({ path, status: 'A' }))
    expect(nameFaults(added, [])).toEqual([expect.stringMatching(/^`A` is the same as `a`/)])
    expect(nameFaults([{ path: 'README', status: 'M' }], ['README', 'readme'])).toEqual([])
    expect(faults('Doc/x', ['Doc/a', 'doc/b'])).toEqual([])
  })
})
