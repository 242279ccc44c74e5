import { lstat, readFile, realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'

/**
 * What git keeps of a work tree, all of which must be read-only: configuration there is code that git runs later,
 * outside the sandbox. `.git` itself must be there and no link, or a command could put its own in its place.
 */
export async function gitFoldersOf(worktree: string): Promise<string[]> {
  const git = join(worktree, '.git')
  const found = await lstat(git).catch(() => null)
  if (found?.isDirectory()) return [git]
  if (!found?.isFile()) throw new Error(`${git} is neither a folder nor a file: nothing to protect`)
  const [, named] = /^gitdir: (.+)$/m.exec(await readFile(git, 'utf8')) ?? []
  if (named === undefined) throw new Error(`${git} names no git folder`)
  const own = await realpath(resolve(worktree, named.trim()))
  const shared = await readFile(join(own, 'commondir'), 'utf8').catch(() => null)
  return [...(shared === null ? [] : [await realpath(resolve(own, shared.trim()))]), own, git]
}
