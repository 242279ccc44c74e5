import type { Sha } from '../../core/ids.ts'
import {
  isKeyHeader,
  type SecretSearch,
  type SecretSeeker,
  type SecretsFound,
  secretSeeker,
} from '../../core/landing/secrets.ts'
import { isBinary, isBlob, newLines, oldAndNewBlobs, type RawChange, rawChanges, sizesOf } from './diff.ts'
import { checkedSha, type LocalRepo } from './local-repo.ts'
import { contentOf } from './objects.ts'
import { runGit } from './plumbing.ts'

const MEBIBYTE = 1024 * 1024
/** A larger file is not compared with its old version, but searched completely, in pieces. */
const COMPARED_BYTES = 4 * MEBIBYTE
const PIECE = MEBIBYTE
/** Of all files together: a small bundle can hold very large files. */
const ALL_BYTES = 512 * MEBIBYTE

/** Searches names of added files, added lines and whole binary files; lists in `unread` what is too large. */
export async function secretsBetween(
  repo: LocalRepo,
  from: Sha,
  to: Sha,
  { own, known, mostBytes }: SecretSearch,
): Promise<SecretsFound> {
  const seeker = secretSeeker(own, known)
  const changes = await rawChanges(repo, from, to)
  const raw = changes.filter(({ status }) => status !== 'D')
  const sizes = await sizesOf(repo, raw.filter(({ newMode }) => isBlob(newMode)).flatMap(oldAndNewBlobs))
  const found: SecretsFound = { paths: [], unread: [] }
  let left = ALL_BYTES
  for (const change of raw) {
    const bytes = sizes.get(change.newSha) ?? 0
    left -= bytes
    const isRead = bytes <= mostBytes(change.path) && left >= 0
    if (!isRead) found.unread.push(change.path)
    if (nameHolds(seeker, change) || (isRead && (await holds(repo, seeker, change, sizes, NONE))))
      found.paths.push(change.path)
  }
  return found.paths.length === 0 ? found : { ...found, paths: await withoutMoved(found.paths) }

  /** What the base has already, in a file that moved, was copied, or gave up lines, is no finding. */
  async function withoutMoved(paths: readonly string[]): Promise<string[]> {
    const [blobs, lines] = [await blobsOf(repo, from), await oldLines(repo, changes)]
    const left: string[] = []
    for (const change of raw.filter(({ path }) => paths.includes(path))) {
      const isOld = blobs.has(change.newSha) || !(await holds(repo, seeker, change, sizes, lines))
      if (nameHolds(seeker, change) || !isOld) left.push(change.path)
    }
    return left
  }
}

const NONE: ReadonlySet<string> = new Set()

async function blobsOf(repo: LocalRepo, commit: Sha): Promise<Set<Sha>> {
  const { stdout } = await runGit(repo, ['ls-tree', '-r', '-z', checkedSha(commit)], { maxBytes: ALL_BYTES })
  return new Set(
    [...stdout.toString('latin1').matchAll(/(?:^|\0)\d{6} blob ([0-9a-f]{40})\t/g)].map(([, sha = '']) => sha),
  )
}

/** Lines of the old versions of all changed files. */
async function oldLines(repo: LocalRepo, changes: readonly RawChange[]): Promise<Set<string>> {
  const shas = changes.filter(({ oldMode }) => isBlob(oldMode)).map(({ oldSha }) => oldSha)
  const sizes = await sizesOf(repo, shas)
  const lines = new Set<string>()
  for (const sha of new Set(shas.filter((each) => (sizes.get(each) ?? ALL_BYTES) <= COMPARED_BYTES))) {
    const [old] = await contentOf(repo, [sha], 2 * COMPARED_BYTES)
    if (old == null || isBinary(old.content)) continue
    for (const line of old.content.toString('utf8').split('\n')) if (!isKeyHeader(line)) lines.add(line)
  }
  return lines
}

const nameHolds = (seeker: SecretSeeker, { status, path }: RawChange): boolean =>
  status === 'A' && seeker.inBytes(path, Buffer.from(path).toString('latin1'))

async function holds(
  repo: LocalRepo,
  seeker: SecretSeeker,
  change: RawChange,
  sizes: ReadonlyMap<Sha, number>,
  /** Lines that count for nothing. */
  moved: ReadonlySet<string>,
): Promise<boolean> {
  const { path, oldSha, newSha } = change
  const bytes = sizes.get(newSha)
  if (bytes === undefined) return false
  if (bytes > COMPARED_BYTES) return inPieces(repo, seeker, path, newSha)
  const isComparable = (sizes.get(oldSha) ?? Number.POSITIVE_INFINITY) <= COMPARED_BYTES
  const [after, before] = await contentOf(repo, isComparable ? [newSha, oldSha] : [newSha], 3 * COMPARED_BYTES)
  if (after == null) throw new Error(`${newSha} is not here`)
  if (isBinary(after.content)) return seeker.inBytes(path, after.content.toString('latin1'))
  const old = before == null || isBinary(before.content) ? '' : before.content.toString('utf8')
  const added = newLines(old, after.content.toString('utf8')).split('\n')
  return seeker.inText(path, added.filter((line) => !moved.has(line)).join('\n'))
}

/** Pieces overlap by the longest secret, so that a secret across a border is complete in one of them. */
async function inPieces(repo: LocalRepo, seeker: SecretSeeker, path: string, sha: Sha): Promise<boolean> {
  let piece = ''
  let binary: boolean | null = null
  let found = false
  const look = () => {
    found ||= binary === true ? seeker.inBytes(path, piece) : seeker.inText(path, piece)
    piece = piece.slice(-seeker.longest)
  }
  const sink = (chunk: Buffer) => {
    binary ??= isBinary(chunk)
    if (found) return
    piece += chunk.toString('latin1')
    if (piece.length >= PIECE + seeker.longest) look()
  }
  await runGit(repo, ['cat-file', 'blob', checkedSha(sha)], { sink, seconds: 600 })
  if (!found) look()
  return found
}
