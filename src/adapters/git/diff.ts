import type { Sha } from '../../core/ids.ts'
import { cappedLog } from '../../core/text/capped-log.ts'
import type { ChangedPath } from '../../ports/repo.ts'
import { checkedRef, checkedSha, type LocalRepo } from './local-repo.ts'
import { type Name, pathOf } from './name.ts'
import { contentOf, infoOf, readCommit } from './objects.ts'
import { runGit } from './plumbing.ts'
import { bringFiles } from './remote/absent-files.ts'
import { missingCommits } from './remote/fetch.ts'
import { fetchInto, type GitStore } from './store.ts'

export interface RawChange extends Omit<ChangedPath, 'bytes'> {
  name: Name
  oldSha: Sha
  newSha: Sha
}

export const isFileMode = (mode: string): boolean => mode.startsWith('100')
export const isBlob = (mode: string): boolean => mode.startsWith('100') || mode === '120000'

/** What there is to read of a change whose new side is a blob. */
export const oldAndNewBlobs = ({ oldMode, oldSha, newSha }: RawChange): Sha[] =>
  isBlob(oldMode) ? [oldSha, newSha] : [newSha]

export async function treeChangesBetween(repo: LocalRepo, from: Sha, to: Sha): Promise<ChangedPath[]> {
  const raw = await rawChanges(repo, from, to)
  const blobs = raw.filter((change) => isBlob(change.newMode)).map((change) => change.newSha)
  const sizes = await sizesOf(repo, blobs)
  return raw.map(({ path, status, oldMode, newMode, newSha }) => ({
    path,
    status,
    oldMode,
    newMode,
    bytes: sizes.get(newSha) ?? 0,
  }))
}

/** Of the last comparisons: each step of a task, and of its audit, asks for the same. */
const REMEMBERED = 16
const remembered = new Map<string, Promise<RawChange[]>>()

/** What differs between two commits or trees. What git said once of two trees is true for ever. */
export async function rawChanges(repo: LocalRepo, from: Sha, to: Sha): Promise<readonly RawChange[]> {
  const trees = await infoOf(repo, [`${checkedSha(from)}^{tree}`, `${checkedSha(to)}^{tree}`])
  const [before = from, after = to] = trees.map((tree) => tree?.sha)
  const key = `${repo.gitDir} ${before} ${after}`
  const changes = remembered.get(key) ?? compare(repo, before, after)
  remembered.delete(key)
  remembered.set(key, changes)
  const [oldest] = remembered.keys()
  if (remembered.size > REMEMBERED && oldest !== undefined) remembered.delete(oldest)
  changes.catch(() => remembered.delete(key))
  return changes
}

/** Of objects alone: in no work tree, where a git is started that ends with this process. */
async function compare({ gitDir }: LocalRepo, from: Sha, to: Sha): Promise<RawChange[]> {
  const args = ['diff-tree', '-r', '--raw', '-z', '--no-renames', '--no-abbrev', from, to]
  return parseRawChanges((await runGit({ gitDir }, args)).stdout)
}

/** What `git diff-tree`, `diff-index` and `diff-files` say with `--raw -z --no-abbrev`. */
export function parseRawChanges(output: Buffer): RawChange[] {
  const fields = output.toString('latin1').split('\0')
  const changes: RawChange[] = []
  for (let index = 0; index + 1 < fields.length; index += 2) {
    changes.push(parseRaw(fields[index] ?? '', fields[index + 1] ?? ''))
  }
  return changes
}

function parseRaw(header: string, name: Name): RawChange {
  const match = /^:([0-7]{6}) ([0-7]{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) ([AMDT])$/.exec(header)
  const [, oldMode, newMode, oldSha, newSha, letter] = match ?? []
  const status = (['A', 'M', 'D', 'T'] as const).find((known) => known === letter)
  if (!oldMode || !newMode || !oldSha || !newSha || !status) throw new Error(`git said ${JSON.stringify(header)}`)
  return { name, path: pathOf(name), status, oldMode, newMode, oldSha, newSha }
}

/** The files before and after a change. */
export const filesOf = ({ oldMode, oldSha, newMode, newSha }: RawChange): Sha[] => [
  ...(isBlob(oldMode) ? [oldSha] : []),
  ...(isBlob(newMode) ? [newSha] : []),
]

export async function sizesOf(repo: LocalRepo, shas: readonly Sha[]): Promise<Map<Sha, number>> {
  await bringFiles(repo, shas)
  const infos = await infoOf(repo, [...new Set(shas)])
  return new Map(infos.flatMap((info) => (info === null ? [] : [[info.sha, info.bytes] as const])))
}

const MEBIBYTE = 1024 * 1024
const FILE_BYTES = 4 * MEBIBYTE
const ALL_BYTES = 512 * MEBIBYTE
const ADDED_CHARACTERS = 512 * 1024

/**
 * By path, the first `ADDED_CHARACTERS` of the lines that the new version of a file has and the old one has not, for
 * display. Not parsed from a printed diff, because a path can be made to look like a part of one.
 */
export async function addedLinesBetween(repo: LocalRepo, from: Sha, to: Sha): Promise<Map<string, string>> {
  const raw = (await rawChanges(repo, from, to)).filter((change) => isBlob(change.newMode))
  const shas = raw.flatMap(oldAndNewBlobs)
  const sizes = await sizesOf(repo, shas)
  const readable = [...sizes].flatMap(([sha, bytes]) => (bytes <= FILE_BYTES ? [sha] : []))
  const contents = await contentOf(repo, readable, ALL_BYTES)
  const texts = new Map(
    contents.flatMap((found) => (found === null ? [] : [[found.sha, textOf(found.content)] as const])),
  )
  const added = raw.map(({ path, oldSha, newSha }) => {
    const lines = newLines(texts.get(oldSha) ?? '', texts.get(newSha) ?? '')
    return [path, lines.slice(0, ADDED_CHARACTERS)] as const
  })
  return new Map(added.filter(([, lines]) => lines !== ''))
}

/** As git does, takes a file for binary if it has a zero byte near its beginning. */
export const isBinary = (content: Buffer): boolean => content.subarray(0, 8000).includes(0)

const textOf = (content: Buffer): string => (isBinary(content) ? '' : content.toString('utf8'))

/** Lines of the new text minus lines of the old one, counting repetitions. */
export function newLines(before: string, after: string): string {
  const left = new Map<string, number>()
  for (const line of before.split('\n')) left.set(line, (left.get(line) ?? 0) + 1)
  const added = after.split('\n').filter((line) => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count <= 0
  })
  return added.join('\n')
}

const READ_BYTES = 16 * 1024 * 1024
const SECONDS = 60
const READABLE_PATHS = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.quotePath', GIT_CONFIG_VALUE_0: 'false' }
/** Room for the line that says how much is missing. */
const NOTE = 60

/** The diff as text. If it is longer than `most` characters, its beginning and its end. */
export async function shownDiff(repo: LocalRepo, from: Sha, to: Sha, most: number): Promise<string> {
  const files = (await rawChanges(repo, from, to)).flatMap(filesOf)
  await bringFiles(repo, files)
  const plain = ['-r', '-p', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--ignore-submodules=all']
  const { stdout } = await runGit(repo, ['diff-tree', ...plain, checkedSha(from), checkedSha(to)], {
    env: READABLE_PATHS,
    maxBytes: READ_BYTES,
    whenFull: 'cut',
    seconds: SECONDS,
  })
  const text = stdout.toString('utf8')
  if (text.length <= most) return text
  const log = cappedLog((line) => line, Math.max(Math.floor((most - NOTE) / 2), 0))
  log.add(text)
  return log.text().slice(0, most)
}

const COMMIT_DIFF_REF = 'refs/tributary/looked-at'

/** The diff of a commit with its first parent; null if either cannot be fetched. */
export async function diffOfCommit(store: GitStore, ref: string, head: Sha, most: number): Promise<string | null> {
  const parent = await parentOfFetched(store, ref, head)
  return parent === null ? null : shownDiff(store.repo, parent, head, most)
}

/** The first parent of a commit of the ref, both fetched if they are not here; null if one cannot be. */
export async function parentOfFetched(store: GitStore, ref: string, head: Sha): Promise<Sha | null> {
  checkedRef(ref)
  checkedSha(head)
  return (await parentOf(store, head)) ?? (await fetchWithParent(store, ref, head))
}

/** Fetches by id first, since the ref may have moved on; then by ref, since some servers refuse to serve an id. */
async function fetchWithParent(store: GitStore, ref: string, head: Sha): Promise<Sha | null> {
  for (const name of [head, ref]) {
    const answer = await fetchInto(store, ['--depth=2'], [`+${name}:${COMMIT_DIFF_REF}/${head}`]).catch(() => null)
    const parent = answer === null ? null : await parentOf(store, head)
    if (parent !== null) return parent
  }
  return null
}

/** The first parent if both commits are in the store: a commit that was fetched without its parents still names them. */
async function parentOf(store: GitStore, head: Sha): Promise<Sha | null> {
  if ((await missingCommits(store, [head])).length > 0) return null
  const [parent] = (await readCommit(store.repo, head)).parents
  return parent === undefined || (await missingCommits(store, [parent])).length > 0 ? null : parent
}
