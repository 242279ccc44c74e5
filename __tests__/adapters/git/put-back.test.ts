import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openFiles } from '../../../src/adapters/files/files.ts'
import { openWorktree } from '../../../src/adapters/git/worktree/worktree.ts'
import { git, tempDir } from '../../support/git.ts'
import { hastyClock } from '../../support/hasty-clock.ts'
import { fileStage } from './stage.ts'

const START = {
  '.gitignore': '*.log\n',
  'a.txt': 'a\n',
  'b.txt': 'b\n',
  lib: { folder: { 'c.txt': 'c\n', 'd.txt': 'd\n' } },
}
const words = { subject: 'Do it', trailers: {} }

async function stage() {
  const { remote, url } = fileStage()
  const dir = tempDir()
  git(dir, ['init', '--quiet', '.'])
  const base = remote.commit(START, [remote.tip('refs/heads/main') ?? ''])
  const worktree = await openWorktree({ dir, remoteUrl: url, token: '', clock: hastyClock(), openFiles })
  await worktree.prepare(base)
  const at = (...path: string[]) => join(worktree.path, ...path)
  const read = (...path: string[]) => readFileSync(at(...path), 'utf8')
  return { worktree, base, dir, at, read }
}

const keepsLib = (path: string) => path.startsWith('lib/')

it('changed, new and deleted files are as they were, those to be kept and ignored ones stay as they are', async () => {
  const { worktree, dir, at, read } = await stage()
  writeFileSync(at('a.txt'), 'changed\n')
  rmSync(at('b.txt'))
  mkdirSync(at('coverage', 'deep'), { recursive: true })
  writeFileSync(at('coverage', 'deep', '*'), 'new\n')
  writeFileSync(at('lib', 'c.txt'), 'kept\n')
  writeFileSync(at('lib', 'e.txt'), 'kept too\n')
  rmSync(at('lib', 'd.txt'))
  writeFileSync(at('debug.log'), 'ignored\n')
  expect(await worktree.putBack(keepsLib)).toEqual(['a.txt', 'b.txt', 'coverage/deep/*'])
  expect([read('a.txt'), read('b.txt'), read('lib', 'c.txt'), read('lib', 'e.txt')]).toEqual([
    'a\n',
    'b\n',
    'kept\n',
    'kept too\n',
  ])
  expect([existsSync(at('coverage')), existsSync(at('lib', 'd.txt')), read('debug.log')]).toEqual([
    false,
    false,
    'ignored\n',
  ])
  const commit = await worktree.commitAll(words)
  expect(git(dir, ['show', '--format=', '--name-status', commit?.head ?? '']).split('\n')).toEqual([
    'M\tlib/c.txt',
    'D\tlib/d.txt',
    'A\tlib/e.txt',
  ])
})

it('a file is again where a task had put a folder, a link or a repository, and nothing behind a link is touched', async () => {
  const { worktree, at, read } = await stage()
  const outside = tempDir()
  writeFileSync(join(outside, 'c.txt'), 'mine\n')
  rmSync(at('a.txt'))
  mkdirSync(at('a.txt'))
  writeFileSync(at('a.txt', 'inner'), 'x\n')
  rmSync(at('lib'), { recursive: true })
  symlinkSync(outside, at('lib'))
  git(worktree.path, ['init', '--quiet', 'nested'])
  writeFileSync(at('nested', 'x'), 'x\n')
  const paths = await worktree.putBack(() => false)
  expect(paths.toSorted()).toEqual(['a.txt', 'a.txt/inner', 'lib', 'lib/c.txt', 'lib/d.txt', 'nested'])
  expect([read('a.txt'), read('lib', 'c.txt'), existsSync(at('nested'))]).toEqual(['a\n', 'c\n', false])
  expect(readFileSync(join(outside, 'c.txt'), 'utf8')).toBe('mine\n')
  expect(await worktree.commitAll(words)).toBeNull()
})

it('after a commit the base counts, and where all is to be kept nothing happens', async () => {
  const { worktree, base, at, read } = await stage()
  writeFileSync(at('lib', 'c.txt'), 'one\n')
  await worktree.commitAll(words)
  writeFileSync(at('lib', 'c.txt'), 'two\n')
  expect(await worktree.putBack(keepsLib)).toEqual([])
  writeFileSync(at('a.txt'), 'by-product\n')
  expect(await worktree.putBack(keepsLib)).toEqual(['a.txt'])
  expect(read('lib', 'c.txt')).toBe('two\n')
  const second = await worktree.commitAll(words)
  expect(await worktree.changedPaths(base, second?.head ?? '')).toEqual(['lib/c.txt'])
})
