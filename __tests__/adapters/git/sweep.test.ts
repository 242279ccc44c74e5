import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type KnownIndex, knownIndex } from '../../../src/adapters/git/worktree/index-names.ts'
import { sweep } from '../../../src/adapters/git/worktree/special-files.ts'
import { git, tempDir } from '../../support/git.ts'

interface Place {
  folder: string
  index: KnownIndex
  write(...paths: string[]): void
  /** What the index does not have. */
  unknown(): Promise<string[]>
}

function place(): Place {
  const folder = tempDir()
  git(folder, ['init', '--quiet', '.'])
  const write = (...paths: string[]) => {
    for (const path of paths) {
      mkdirSync(join(folder, path, '..'), { recursive: true })
      writeFileSync(join(folder, path), `${path}\n`)
    }
  }
  write('a.txt', 'src/b.txt', 'src/deep/c.txt')
  git(folder, ['add', '.'])
  const index = knownIndex({ gitDir: join(folder, '.git'), workTree: folder })
  return { folder, index, write, unknown: async () => (await sweep(folder, await index.names())).toSorted() }
}

it('names what the index does not have: files, and folders as a whole', async () => {
  const { write, unknown, folder } = place()
  expect(await unknown()).toEqual([])
  write('new.txt', 'src/new.txt', 'made/x/1.txt', 'made/2.txt')
  mkdirSync(join(folder, 'src', 'empty'))
  expect(await unknown()).toEqual(['made/', 'new.txt', 'src/empty/', 'src/new.txt'])
})

it('names a folder where the index has a file, and a file where it has a folder', async () => {
  const { write, unknown, folder } = place()
  for (const path of ['a.txt', 'src/deep']) rmSync(join(folder, path), { recursive: true })
  write('a.txt/x', 'src/deep')
  expect(await unknown()).toEqual(['a.txt/', 'src/deep'])
})

it('follows the index when git writes it, also behind its back', async () => {
  const { write, unknown, folder, index } = place()
  const tree = () => git(folder, ['write-tree'])
  await index.holds(tree())
  write('made/1.txt', 'made/2.txt')
  rmSync(join(folder, 'src/deep/c.txt'))
  git(folder, ['add', '--all'])
  await index.holds(tree())
  expect([await unknown(), await index.tree()]).toEqual([['src/deep/'], tree()])
  git(folder, ['rm', '--quiet', '--cached', 'made/1.txt'])
  expect([await unknown(), await index.tree()]).toEqual([['made/1.txt', 'src/deep/'], null])
})

it('removes special files wherever they are', async () => {
  const { write, unknown, folder } = place()
  write('made/x/1.txt')
  const pipes = ['pipe', 'src/pipe', 'made/x/pipe'].map((name) => join(folder, name))
  execFileSync('sh', ['-c', 'mkfifo "$@"', 'sh', ...pipes])
  expect(await unknown()).toEqual(['made/'])
  expect(pipes.filter((path) => existsSync(path))).toEqual([])
})
