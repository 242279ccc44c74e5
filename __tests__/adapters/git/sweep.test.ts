import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type KnownIndex, knownIndex } from '../../../src/adapters/git/worktree/index-names.ts'
import { type KnownFolders, sweep } from '../../../src/adapters/git/worktree/special-files.ts'
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

const DAY = 86_400_000
/** As if every folder had changed long ago. */
const knownLater = (): KnownFolders => ({ folders: new Map(), now: () => Date.now() + DAY })

it('reads a folder again only if something came or went there since', async () => {
  const { write, folder, index } = place()
  const known = knownLater()
  const names = async () => (await sweep(folder, await index.names(), known)).toSorted()
  expect(await names()).toEqual([])
  const before = known.folders
  write('src/new.txt')
  expect(await names()).toEqual(['src/new.txt'])
  const isSame = (name: string) => known.folders.get(name) === before.get(name)
  expect(['', 'src/', 'src/deep/'].map(isSame)).toEqual([true, false, true])
  git(folder, ['rm', '--quiet', '--cached', 'src/deep/c.txt'])
  expect(await names()).toEqual(['src/deep/', 'src/new.txt'])
  rmSync(join(folder, 'src'), { recursive: true })
  expect([await names(), [...known.folders.keys()]]).toEqual([[], ['']])
})

it('compares a folder with the index that it knew only for its special files', async () => {
  const { write, folder, index } = place()
  write('made/1.txt', 'made/2.txt')
  const known = knownLater()
  expect(await sweep(folder, await index.names(), known)).toEqual(['made/'])
  git(folder, ['add', 'made/1.txt'])
  expect(await sweep(folder, await index.names(), known)).toEqual(['made/2.txt'])
})

it('finds what a command hides in a folder that it knows, whatever time the command gives the folder', async () => {
  const { write, folder, index } = place()
  write('src/old.txt', 'src/other/x.txt')
  const known = knownLater()
  await sweep(folder, await index.names(), known)
  const at = (path: string) => join(folder, path)
  utimesSync(at('src/deep'), 1_000, 1_000)
  await sweep(folder, await index.names(), known)
  execFileSync('/usr/bin/mkfifo', [at('src/deep/pipe'), at('pipe')])
  renameSync(at('pipe'), at('src/old.txt'))
  renameSync(at('src/other'), at('src/moved'))
  for (const path of ['src/deep', 'src', 'src/moved']) utimesSync(at(path), 1_000, 1_000)
  expect((await sweep(folder, await index.names(), known)).toSorted()).toEqual(['src/moved/'])
  expect(['src/deep/pipe', 'src/old.txt'].filter((path) => existsSync(at(path)))).toEqual([])
})

it('does not rely on the time of a folder that changed a moment ago, which may change again within it', async () => {
  const { folder, index } = place()
  const changed = statSync(join(folder, 'src')).ctimeMs
  const isKnownAfter = async (milliseconds: number) => {
    const known: KnownFolders = { folders: new Map(), now: () => changed + milliseconds }
    await sweep(folder, await index.names(), known)
    return known.folders.has('src/')
  }
  expect([await isKnownAfter(1_900), await isKnownAfter(2_100)]).toEqual([false, true])
})
