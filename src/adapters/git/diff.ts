import type { Sha } from '../../core/ref.ts'
import type { ChangedPath } from '../../ports/repo.ts'
import { contentOf, infoOf } from './batch.ts'
import { checkedSha, type GitPlace } from './place.ts'
import { gitText } from './plumbing.ts'

export interface RawChange extends Omit<ChangedPath, 'bytes'> {
  oldSha: Sha
  newSha: Sha
}

export const isBlob = (mode: string): boolean => mode.startsWith('100') || mode === '120000'

export async function changesBetween(place: GitPlace, from: Sha, to: Sha): Promise<ChangedPath[]> {
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
