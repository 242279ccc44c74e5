import { lstat, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { argumentOf, namesIn } from '../name.ts'
import { runGit } from '../plumbing.ts'
import type { Checkout, IgnoredEntries } from './worktree-state.ts'

const [SOME, NONE] = [0, 1]

/**
 * The folders of `kept` that are there and that git still ignores as a whole, those nearest to the root first. What a command
 * changes in any other folder may become part of a commit. `guard`: called before git reads files that a command may have left.
 */
export async function keptFolders(
  repo: Checkout,
  kept: IgnoredEntries,
  guard: () => Promise<unknown>,
): Promise<string[]> {
  const names = [...kept].flatMap((entry) => (entry.endsWith('/') ? (argumentOf(entry.slice(0, -1)) ?? []) : []))
  const found = await Promise.all(names.map((name) => isOwnFolder(join(repo.workTree, name))))
  const there = names.filter((_, index) => found[index])
  if (there.length === 0) return []
  await guard()
  const ignored = await ignoredOf(repo, there)
  return ignored.toSorted((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1)).map((name) => join(repo.workTree, name))
}

/** Not if a command has put a link in its place, or in that of a folder around it. */
const isOwnFolder = async (path: string): Promise<boolean> =>
  (await realpath(path).catch(() => null)) === path && (await lstat(path)).isDirectory()

/** Git does not count a folder as ignored that holds something of the index. */
async function ignoredOf(repo: Checkout, names: readonly string[]): Promise<string[]> {
  const input = names.map((name) => `${name}/\0`).join('')
  const options = { input, codes: [SOME, NONE], seconds: 20 }
  const { stdout } = await runGit(repo, ['check-ignore', '-z', '--stdin'], options)
  return namesIn(stdout).flatMap((name) => argumentOf(name.slice(0, -1)) ?? [])
}

const depth = (name: string): number => name.split('/').length
