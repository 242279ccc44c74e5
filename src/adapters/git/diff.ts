import type { Sha } from '../../core/ids.ts'
import { cappedLog } from '../../core/text/capped-log.ts'
import type { ChangedPath } from '../../ports/repo.ts'
import { missingCommits } from './fetch.ts'
import { contentOf, infoOf, readCommit } from './objects.ts'
import { checkedRef, checkedSha, type GitPlace } from './place.ts'
import { gitText, runGit } from './plumbing.ts'
import { fetchInto, type GitStore } from './store.ts'

export interface RawChange extends Omit<ChangedPath, 'bytes'> {
  oldSha: Sha
  newSha: Sha
}

export const isBlob = (mode: string): boolean => mode.startsWith('100') || mode === '120000'

export async function treeChangesBetween(place: GitPlace, from: Sha, to: Sha): Promise<ChangedPath[]> {
  const raw = await rawChanges(place, from, to)
  const blobs = raw.filter((change) => isBlob(change.newMode)).map((change) => change.newSha)
  const sizes = await sizesOf(place, blobs)
  return raw.map(({ path, status, oldMode, newMode, newSha }) => ({
    path,
    status,
    oldMode,
    newMode,
    bytes: sizes.get(newSha) ?? 0,
  }))
}

export async function rawChanges(place: GitPlace, from: Sha, to: Sha): Promise<RawChange[]> {
  const trees = [checkedSha(from), checkedSha(to)]
  const fields = (
    await gitText(place, ['diff-tree', '-r', '--raw', '-z', '--no-renames', '--no-abbrev', ...trees])
  ).split('\0')
  const changes: RawChange[] = []
  for (let index = 0; index + 1 < fields.length; index += 2) {
    changes.push(parseRaw(fields[index] ?? '', fields[index + 1] ?? ''))
  }
  return changes
}

function parseRaw(header: string, path: string): RawChange {
  const match = /^:([0-7]{6}) ([0-7]{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) ([AMDT])$/.exec(header)
  const [, oldMode, newMode, oldSha, newSha, letter] = match ?? []
  const status = (['A', 'M', 'D', 'T'] as const).find((known) => known === letter)
  if (!oldMode || !newMode || !oldSha || !newSha || !status)
    throw new Error(`git diff-tree said ${JSON.stringify(header)}`)
  return { path, status, oldMode, newMode, oldSha, newSha }
}

export async function sizesOf(place: GitPlace, shas: readonly Sha[]): Promise<Map<Sha, number>> {
  const infos = await infoOf(place, [...new Set(shas)])
  return new Map(infos.flatMap((info) => (info === null ? [] : [[info.sha, info.bytes] as const])))
}

const MEBIBYTE = 1024 * 1024
const FILE_BYTES = 4 * MEBIBYTE
const ALL_BYTES = 512 * MEBIBYTE
const ADDED_CHARACTERS = 512 * 1024

/**
 * Lines of a new file that its old one does not have, by path: the beginning, to be read by somebody. Not read from a printed diff: a path can be made to look
 * like a part of one.
 */
export async function addedLinesBetween(place: GitPlace, from: Sha, to: Sha): Promise<Map<string, string>> {
  const raw = (await rawChanges(place, from, to)).filter((change) => isBlob(change.newMode))
  const shas = raw.flatMap(({ oldMode, oldSha, newSha }) => (isBlob(oldMode) ? [oldSha, newSha] : [newSha]))
  const sizes = await sizesOf(place, shas)
  const readable = [...sizes].flatMap(([sha, bytes]) => (bytes <= FILE_BYTES ? [sha] : []))
  const contents = await contentOf(place, readable, ALL_BYTES)
  const texts = new Map(
    contents.flatMap((found) => (found === null ? [] : [[found.sha, textOf(found.content)] as const])),
  )
  const added = raw.map(({ path, oldSha, newSha }) => {
    const lines = newLines(texts.get(oldSha) ?? '', texts.get(newSha) ?? '')
    return [path, lines.slice(0, ADDED_CHARACTERS)] as const
  })
  return new Map(added.filter(([, lines]) => lines !== ''))
}

/** A zero byte near the beginning makes a file binary, as it does for git. */
export const isBinary = (content: Buffer): boolean => content.subarray(0, 8000).includes(0)

const textOf = (content: Buffer): string => (isBinary(content) ? '' : content.toString('utf8'))

/** Each line as often as the new text has it more than the old one. */
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
/** For the line that says how much is missing. */
const NOTE = 60

/** The diff as a reader sees it, at most so many characters: its beginning and its end. */
export async function shownDiff(place: GitPlace, from: Sha, to: Sha, most: number): Promise<string> {
  const plain = ['-r', '-p', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--ignore-submodules=all']
  const { stdout } = await runGit(place, ['diff-tree', ...plain, checkedSha(from), checkedSha(to)], {
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

const LOOKED_AT = 'refs/tributary/looked-at'

/** Null where the commit, or the parent that it is compared with, cannot be had. */
export async function diffOfCommit(store: GitStore, ref: string, head: Sha, most: number): Promise<string | null> {
  checkedRef(ref)
  checkedSha(head)
  const here = (await parentOf(store, head)) ?? (await fetched(store, ref, head))
  return here === null ? null : shownDiff(store.place, here, head, most)
}

/** By its id, since the ref may have moved on; some servers hand out what refs point at, and nothing by its id. */
async function fetched(store: GitStore, ref: string, head: Sha): Promise<Sha | null> {
  for (const name of [head, ref]) {
    const came = await fetchInto(store, ['--depth=2'], [`+${name}:${LOOKED_AT}/${head}`]).catch(() => null)
    const parent = came === null ? null : await parentOf(store, head)
    if (parent !== null) return parent
  }
  return null
}

/** The first parent, where both are here. A commit that was fetched without its parents has some all the same. */
async function parentOf(store: GitStore, head: Sha): Promise<Sha | null> {
  if ((await missingCommits(store, [head])).length > 0) return null
  const [parent] = (await readCommit(store.place, head)).parents
  return parent === undefined || (await missingCommits(store, [parent])).length > 0 ? null : parent
}
