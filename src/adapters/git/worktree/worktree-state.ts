import { lstat, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../../core/ids.ts'
import { rawChanges } from '../diff.ts'
import { checkedSha, type LocalRepo } from '../local-repo.ts'
import { bytesOf, fileAt, type Name, namesIn, pathOf } from '../name.ts'
import { runGit } from '../plumbing.ts'

export type Checkout = LocalRepo & { workTree: string }

/** Ignored files and, with a trailing `/`, ignored folders. */
export type IgnoredEntries = ReadonlySet<Name>

const SECONDS = 600
const MEBIBYTE = 1024 * 1024
const LIST = ['ls-files', '--others', '--ignored', '--exclude-standard', '-z']

/** A folder that is ignored as a whole is one entry. */
export const ignoredEntries = async (repo: Checkout): Promise<IgnoredEntries> =>
  new Set(await listed(repo, ['--directory']))

/**
 * Removes what is neither in the index nor in `kept`, including empty folders and nested repositories. `unknown`: what the index
 * does not have.
 */
export async function removeUntracked(repo: Checkout, unknown: readonly Name[], kept: IgnoredEntries): Promise<void> {
  const isKept = (entry: string) => kept.has(entry) || foldersAround(entry).some((folder) => kept.has(folder))
  if (unknown.every(isKept)) return
  await runGit(repo, ['clean', '--quiet', '-ffd'], { seconds: SECONDS })
  const around = new Set([...kept].flatMap(foldersAround))
  for (const entry of await ignoredEntries(repo)) {
    if (isKept(entry)) continue
    // A folder that became ignored, and holds something that is kept.
    const inside = around.has(entry) ? await listed(repo, ['--', bytesOf(entry).toString()]) : [entry]
    for (const one of inside) if (!isKept(one)) await remove(repo, one)
  }
}

/** `a/b/c` lies in `a/` and `a/b/`. */
const foldersAround = (entry: string): string[] =>
  [...entry.slice(0, -1).matchAll(/\//g)].map(({ index }) => entry.slice(0, index + 1))

/** Without the trailing `/`: if the folder was replaced by a link, the link is removed and not followed. */
const remove = ({ workTree }: Checkout, entry: Name): Promise<void> =>
  rm(fileAt(workTree, entry.replace(/\/$/, '')), { recursive: true, force: true })

async function listed(repo: Checkout, more: readonly string[]): Promise<Name[]> {
  const options = { env: { GIT_LITERAL_PATHSPECS: '1' }, seconds: SECONDS, maxBytes: 256 * MEBIBYTE }
  return namesIn((await runGit(repo, [...LIST, ...more], options)).stdout)
}

const [IGNORED, OUT_OF_REACH] = [0, 128]

/** Whether git ignores the path; false if it is in the index or behind a symbolic link. */
export async function isIgnored(repo: LocalRepo, path: string): Promise<boolean> {
  if (path.includes('\0')) return false
  const options = { input: `${path}\0`, codes: [IGNORED, 1, OUT_OF_REACH], seconds: 20 }
  return (await runGit(repo, ['check-ignore', '--quiet', '-z', '--stdin'], options)).code === IGNORED
}

/** Treats paths as names, not as patterns. */
export const LITERAL = { GIT_LITERAL_PATHSPECS: '1' }

/**
 * Restores the files for which `keeps` is false from the commit, and returns their paths. The index must match the work
 * tree (`tree`). Only git writes the files, since it follows no link that a task left.
 */
export async function putBack(
  repo: LocalRepo,
  commit: Sha,
  tree: Sha,
  keeps: (path: string) => boolean,
): Promise<string[]> {
  const undone = (await changedNames(repo, commit, tree)).filter((name) => !keeps(pathOf(name)))
  if (undone.length === 0) return []
  await runGit(repo, ['reset', '--quiet', checkedSha(commit), '--pathspec-from-file=-', '--pathspec-file-nul'], {
    input: bytesOf(undone.map((name) => `${name}\0`).join('')),
    env: LITERAL,
  })
  // Removes what the reset took out of the index; a folder may stand where a file has to be restored.
  await runGit(repo, ['clean', '--quiet', '-ffd'], { seconds: 600 })
  await runGit(repo, ['checkout-index', '--quiet', '--force', '--all'], { seconds: 600 })
  return undone.map(pathOf)
}

const changedNames = async (repo: LocalRepo, from: Sha, to: Sha): Promise<Name[]> =>
  (await rawChanges(repo, from, to)).map(({ name }) => name)

export const changedPaths = async (repo: LocalRepo, from: Sha, to: Sha): Promise<string[]> =>
  (await changedNames(repo, from, to)).map(pathOf)

/** The files of a git folder that decide which programs git runs and where it looks for objects. */
const FILES = ['config', 'config.worktree', 'commondir', 'info/attributes', 'info/exclude', 'objects/info/alternates']

/** Content by path; null if the file does not exist. */
type Configuration = ReadonlyMap<string, Buffer | null>

/** Reads the configuration before any command of a task runs. */
export async function readConfiguration(gitDir: string): Promise<Configuration> {
  const contents = FILES.map(async (file) => [file, await contentOf(join(gitDir, file))] as const)
  return new Map(await Promise.all(contents))
}

/**
 * The sandbox makes the git folder read-only. If the sandbox is off, this prevents a task from configuring a program that
 * git would run later outside of it.
 */
export async function restoreConfiguration(gitDir: string, before: Configuration): Promise<void> {
  for (const [file, content] of before) {
    const path = join(gitDir, file)
    const now = await contentOf(path)
    if (now === null ? content === null : content?.equals(now)) continue
    await rm(path, { recursive: true, force: true })
    if (content !== null) await writeFile(path, content)
  }
}

/** Never follows a link, whose target can change at any time. */
async function contentOf(path: string): Promise<Buffer | null> {
  const found = await lstat(path).catch(() => null)
  if (found === null) return null
  return found.isFile() ? readFile(path) : Buffer.from('\0')
}
