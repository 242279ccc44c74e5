import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Sha } from '../../../core/ids.ts'
import { isFileMode, parseRawChanges, type RawChange, rawChanges } from '../diff.ts'
import { checkedSha } from '../local-repo.ts'
import { argumentOf, bytesOf, fileAt, type Name, namesIn } from '../name.ts'
import { gitLine, runGit } from '../plumbing.ts'
import type { KnownIndex } from './index-names.ts'
import { type Submodule, writtenSubmodules } from './submodules.ts'
import { type Checkout, LITERAL } from './worktree-state.ts'

export interface Staged {
  /** The commit that was checked out. */
  base: Sha
  submodules: readonly Submodule[]
  index: KnownIndex
  /** What the index does not have. */
  unknown: readonly Name[]
}

/**
 * Adds every file to the index as it is now, and writes the tree. Not with `git add`, which runs git inside each submodule,
 * and so a program that a task configured there.
 */
export async function stageAll(repo: Checkout, { base, submodules, index, unknown }: Staged): Promise<Sha> {
  const { changed, gone } = await trackedChanges(repo)
  const { files, repositories } = unknown.length === 0 ? NOTHING : await untracked(repo, unknown)
  const before = submodules.length === 0 ? await index.tree() : null
  if (before !== null && [changed, gone, files, repositories].every((names) => names.length === 0)) return before
  await update(
    repo,
    ['--force-remove', '-z', '--stdin'],
    gone.map((name) => `${name}\0`),
  )
  await update(
    repo,
    ['--add', '--replace', '--remove', '-z', '--stdin'],
    [...changed, ...files].map((name) => `${name}\0`),
  )
  // Git cannot store a nested repository, nor what is in a submodule. Such an entry makes the audit fail and name the path.
  const written = await writtenSubmodules(repo, submodules)
  await update(
    repo,
    ['-z', '--index-info'],
    [...repositories, ...written].map((name) => `160000 ${checkedSha(base)}\t${name}\0`),
  )
  const tree = await keepUntouched(repo, base, written)
  await index.holds(tree)
  return tree
}

const NOTHING = { files: [], repositories: [] }

/** Of the index alone: no file of the work tree is read. */
const writeIndexTree = async ({ gitDir }: Checkout): Promise<Sha> =>
  checkedSha(await gitLine({ gitDir }, ['write-tree']))

async function update(repo: Checkout, args: readonly string[], lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await runGit(repo, ['update-index', ...args], { input: bytesOf(lines.join('')) })
}

/** A file behind a folder that became a link is gone, although it can still be opened. */
async function trackedChanges(repo: Checkout): Promise<{ changed: Name[]; gone: Name[] }> {
  const changes = await indexChanges(repo)
  const names = (isGone: boolean) => changes.filter(({ status }) => (status === 'D') === isGone).map(({ name }) => name)
  return { changed: names(false), gone: names(true) }
}

async function indexChanges(repo: Checkout): Promise<RawChange[]> {
  const args = ['diff-files', '-z', '--raw', '--no-abbrev', '--no-renames', '--ignore-submodules=all', '--no-ext-diff']
  return parseRawChanges((await runGit(repo, args)).stdout)
}

/** Names of files that seem to differ from the index, or that it does not have. Writes nothing. */
export async function changedInFolder(repo: Checkout): Promise<Name[]> {
  const changes = await indexChanges(repo)
  return [...changes.map(({ name }) => name), ...(await untracked(repo)).files]
}

/** Names of files that the index has otherwise than the commit. */
export async function changedInIndex(repo: Checkout, base: Sha): Promise<Name[]> {
  const args = ['diff-index', '--cached', '-z', '--raw', '--no-abbrev', '--no-renames', checkedSha(base)]
  return parseRawChanges((await runGit(repo, args)).stdout).map(({ name }) => name)
}

/** Files of the index that have other content than they would have after a checkout. */
export async function touchedFiles(repo: Checkout): Promise<RawChange[]> {
  const touched: RawChange[] = []
  for (const change of await indexChanges(repo)) if (!(await isUntouched(repo, change))) touched.push(change)
  return touched
}

/** More names than these are not worth comparing with each other. */
const MOST_NAMES = 100

/** `among`: what the index does not have, as far as that is known; git then reads no other folder. */
async function untracked(
  repo: Checkout,
  among: readonly Name[] = [],
): Promise<{ files: Name[]; repositories: Name[] }> {
  const paths = among.map((name) => argumentOf(name.replace(/\/$/, '')))
  const isShort = paths.length <= MOST_NAMES && paths.every((path) => path !== null && path !== '')
  const args = ['ls-files', '--others', '--exclude-standard', '-z', '--', ...(isShort ? paths : [])]
  const all = namesIn(
    (
      await runGit(
        repo,
        args.filter((arg) => arg !== null),
        { env: LITERAL },
      )
    ).stdout,
  )
  return {
    files: all.filter((name) => !name.endsWith('/')),
    repositories: all.filter((name) => name.endsWith('/')).map((name) => name.slice(0, -1)),
  }
}

/**
 * The tree of the index. A file may be stored in another way than its attributes say, such as a `*.bat text eol=crlf` with CRLF
 * in the blob. Git then takes it for changed, and would store it again, whenever it looks at more than its time stamp. Such a
 * file keeps the base's blob unless a task wrote other bytes than a checkout does.
 */
async function keepUntouched(repo: Checkout, base: Sha, written: readonly Name[]): Promise<Sha> {
  const tree = await writeIndexTree(repo)
  const lines: string[] = []
  for (const change of await rawChanges(repo, base, tree))
    if (isRestored(change, written) || (await isUntouched(repo, change)))
      lines.push(`${change.newMode} ${change.oldSha}\t${change.name}\0`)
  if (lines.length === 0) return tree
  await update(repo, ['-z', '--index-info'], lines)
  return writeIndexTree(repo)
}

/** A submodule that was written into before, and is again as it was. */
const isRestored = ({ name, oldMode, newMode }: RawChange, written: readonly Name[]): boolean =>
  oldMode === '160000' && newMode === '160000' && !written.includes(name)

async function isUntouched(repo: Checkout, { status, name, oldMode, newMode, oldSha, newSha }: RawChange) {
  if (status !== 'M' || ![oldMode, newMode].every(isFileMode)) return false
  const content = await contentAt(repo, name)
  const raw = content === null ? null : blobSha(content)
  if (raw === null || raw === oldSha || raw === newSha) return raw === oldSha
  const path = argumentOf(name)
  if (path === null) return false
  const args = ['cat-file', '--filters', `--path=${path}`, checkedSha(oldSha)]
  const checkedOut = await runGit(repo, args, { maxBytes: MOST_BYTES }).catch(() => null)
  return checkedOut !== null && content !== null && checkedOut.stdout.equals(content)
}

const blobSha = (content: Buffer): Sha =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')

/** GitHub takes no larger file. */
const MOST_BYTES = 100 * 1024 * 1024

/** Null for anything but a file; never follows a link, and never waits for a fifo. */
async function contentAt({ workTree }: Checkout, name: Name): Promise<Buffer | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = await open(fileAt(workTree, name), flags).catch(() => null)
  try {
    const found = await file?.stat()
    return file !== null && found?.isFile() && found.size <= MOST_BYTES ? await file.readFile() : null
  } finally {
    await file?.close()
  }
}
