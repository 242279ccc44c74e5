import { lstat, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../core/ids.ts'
import { checkedSha, type GitPlace } from './place.ts'
import { gitLine, gitText, runGit } from './plumbing.ts'

type Checkout = GitPlace & { workTree: string }

/** Files and, with a `/` behind them, folders that git ignores. A byte is a character: a name need not be UTF-8. */
export type IgnoredEntries = ReadonlySet<string>

const SECONDS = 600
const MEBIBYTE = 1024 * 1024
const LIST = ['ls-files', '--others', '--ignored', '--exclude-standard', '-z']

/** A folder that is ignored as a whole is one entry, however much is in it. */
export const ignoredEntries = async (place: Checkout): Promise<IgnoredEntries> =>
  new Set(await listed(place, ['--directory']))

/** Removes what is neither in the index nor among the entries that are kept, empty folders and repositories inside too. */
export async function removeUntracked(place: Checkout, kept: IgnoredEntries): Promise<void> {
  await runGit(place, ['clean', '--quiet', '-ffd'], { seconds: SECONDS })
  const around = new Set([...kept].flatMap(foldersAround))
  const isKept = (entry: string) => kept.has(entry) || foldersAround(entry).some((folder) => kept.has(folder))
  for (const entry of await ignoredEntries(place)) {
    if (isKept(entry)) continue
    // A folder that has come to be ignored around something that is kept.
    const inside = around.has(entry) ? await listed(place, ['--', Buffer.from(entry, 'latin1').toString()]) : [entry]
    for (const one of inside) if (!isKept(one)) await remove(place, one)
  }
}

/** `a/b/c` lies in `a/` and `a/b/`. */
const foldersAround = (entry: string): string[] =>
  [...entry.slice(0, -1).matchAll(/\//g)].map(({ index }) => entry.slice(0, index + 1))

/** Without the `/` of a folder: a link that has its name meanwhile is removed, not followed. */
const remove = ({ workTree }: Checkout, entry: string): Promise<void> =>
  rm(Buffer.concat([Buffer.from(`${workTree}/`), Buffer.from(entry.replace(/\/$/, ''), 'latin1')]), {
    recursive: true,
    force: true,
  })

async function listed(place: Checkout, more: readonly string[]): Promise<string[]> {
  const options = { env: { GIT_LITERAL_PATHSPECS: '1' }, seconds: SECONDS, maxBytes: 256 * MEBIBYTE }
  const { stdout } = await runGit(place, [...LIST, ...more], options)
  return stdout
    .toString('latin1')
    .split('\0')
    .filter((entry) => entry !== '')
}

const [IGNORED, OUT_OF_REACH] = [0, 128]

/** Whether git leaves out a file of that name; not, where it is in the index. A path behind a link is nobody's. */
export async function isIgnored(place: GitPlace, path: string): Promise<boolean> {
  if (path.includes('\0')) return false
  const options = { input: `${path}\0`, codes: [IGNORED, 1, OUT_OF_REACH], seconds: 20 }
  return (await runGit(place, ['check-ignore', '--quiet', '-z', '--stdin'], options)).code === IGNORED
}

/** Paths are names here, never patterns. */
const LITERAL = { GIT_LITERAL_PATHSPECS: '1' }

/**
 * Makes files that are not to be kept those of the commit again, and answers with their paths. The index must hold the
 * files as they are (`tree`). Only git touches them, which follows no link that a task left.
 */
export async function putBack(
  place: GitPlace,
  commit: Sha,
  tree: Sha,
  keeps: (path: string) => boolean,
): Promise<string[]> {
  const args = ['diff-tree', '-r', '--name-only', '-z', '--no-renames', checkedSha(commit), checkedSha(tree)]
  const paths = (await gitText(place, args)).split('\0').filter((path) => path !== '' && !keeps(path))
  if (paths.length === 0) return []
  const input = paths.map((path) => `${path}\0`).join('')
  await runGit(place, ['reset', '--quiet', checkedSha(commit), '--pathspec-from-file=-', '--pathspec-file-nul'], {
    input,
    env: LITERAL,
  })
  // What the index no longer names is nobody's; a folder may stand where a file has to come back.
  await runGit(place, ['clean', '--quiet', '-ffd'], { seconds: 600 })
  await runGit(place, ['checkout-index', '--quiet', '--force', '--all'], { seconds: 600 })
  return paths
}

/** The files of a git folder from which git takes what to run, or where to look for objects. */
const FILES = ['config', 'config.worktree', 'commondir', 'info/attributes', 'info/exclude', 'objects/info/alternates']

/** Null: the file is not there. */
type Configuration = ReadonlyMap<string, Buffer | null>

/** What the git folder said before any command of a task ran. */
export async function readConfiguration(gitDir: string): Promise<Configuration> {
  const contents = FILES.map(async (file) => [file, await contentOf(join(gitDir, file))] as const)
  return new Map(await Promise.all(contents))
}

/**
 * The sandbox makes the git folder read-only. Where somebody has switched the sandbox off, this keeps a task from naming,
 * in the configuration, a program that git would run for us later.
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

/** A link is never followed: what it leads to can change at any time. */
async function contentOf(path: string): Promise<Buffer | null> {
  const found = await lstat(path).catch(() => null)
  if (found === null) return null
  return found.isFile() ? readFile(path) : Buffer.from('\0')
}

/**
 * Takes every file as it is now into the index, and writes the tree. Not by `git add`: that looks into a submodule by
 * running git inside it, and what a task left there decides what this git runs.
 */
export async function stageAll(place: GitPlace, placeholder: Sha): Promise<Sha> {
  const { changed, gone } = await trackedChanges(place)
  const { files, repositories } = await untracked(place)
  await update(
    place,
    ['--force-remove', '-z', '--stdin'],
    gone.map((path) => `${path}\0`),
  )
  await update(
    place,
    ['--add', '--replace', '--remove', '-z', '--stdin'],
    [...changed, ...files].map((path) => `${path}\0`),
  )
  // Git cannot carry a repository inside a repository. As an entry that no audit lets through, it is named to a person.
  await update(
    place,
    ['-z', '--index-info'],
    repositories.map((path) => `160000 ${checkedSha(placeholder)}\t${path}\0`),
  )
  return checkedSha(await gitLine(place, ['write-tree']))
}

async function update(place: GitPlace, args: readonly string[], lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await runGit(place, ['update-index', ...args], { input: lines.join('') })
}

/** A file behind a folder that became a link is gone, although it can still be opened. */
async function trackedChanges(place: GitPlace): Promise<{ changed: string[]; gone: string[] }> {
  const args = ['diff-files', '-z', '--name-status', '--no-renames', '--ignore-submodules=all', '--no-ext-diff']
  const fields = (await gitText(place, args)).split('\0')
  const changed: string[] = []
  const gone: string[] = []
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const path = fields[index + 1] ?? ''
    if (fields[index] === 'D') gone.push(path)
    else changed.push(path)
  }
  return { changed, gone }
}

async function untracked(place: GitPlace): Promise<{ files: string[]; repositories: string[] }> {
  const all = (await gitText(place, ['ls-files', '--others', '--exclude-standard', '-z'])).split('\0').filter(isSome)
  const repositories = all.filter((path) => path.endsWith('/'))
  return {
    files: all.filter((path) => !path.endsWith('/')),
    repositories: repositories.map((path) => path.slice(0, -1)),
  }
}

const isSome = (path: string): boolean => path !== ''
