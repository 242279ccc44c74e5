import type { Sha } from '../../core/ids.ts'
import { type SecretSearch, type SecretSeeker, type SecretsFound, secretSeeker } from '../../core/landing/secrets.ts'
import { isBinary, isBlob, newLines, type RawChange, rawChanges, sizesOf } from './diff.ts'
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
  { own, mostBytes }: SecretSearch,
): Promise<SecretsFound> {
  const seeker = secretSeeker(own)
  const raw = (await rawChanges(repo, from, to)).filter(({ status }) => status !== 'D')
  const sizes = await sizesOf(repo, raw.filter(({ newMode }) => isBlob(newMode)).flatMap(oldAndNew))
  const found: SecretsFound = { paths: [], unread: [] }
  let left = ALL_BYTES
  for (const change of raw) {
    const bytes = sizes.get(change.newSha) ?? 0
    left -= bytes
    if (bytes > mostBytes || left < 0) found.unread.push(change.path)
    if (nameHolds(seeker, change) || (bytes <= mostBytes && left >= 0 && (await holds(repo, seeker, change, sizes))))
      found.paths.push(change.path)
  }
  return found
}

const oldAndNew = ({ oldMode, oldSha, newSha }: RawChange): Sha[] => (isBlob(oldMode) ? [oldSha, newSha] : [newSha])

const nameHolds = (seeker: SecretSeeker, { status, path }: RawChange): boolean =>
  status === 'A' && seeker.inBytes(Buffer.from(path).toString('latin1'))

async function holds(
  repo: LocalRepo,
  seeker: SecretSeeker,
  change: RawChange,
  sizes: ReadonlyMap<Sha, number>,
): Promise<boolean> {
  const { path, oldSha, newSha } = change
  const bytes = sizes.get(newSha)
  if (bytes === undefined) return false
  if (bytes > COMPARED_BYTES) return inPieces(repo, seeker, path, newSha)
  const isComparable = (sizes.get(oldSha) ?? Number.POSITIVE_INFINITY) <= COMPARED_BYTES
  const [after, before] = await contentOf(repo, isComparable ? [newSha, oldSha] : [newSha], 3 * COMPARED_BYTES)
  if (after == null) throw new Error(`${newSha} is not here`)
  if (isBinary(after.content)) return seeker.inBytes(after.content.toString('latin1'))
  const old = before == null || isBinary(before.content) ? '' : before.content.toString('utf8')
  return seeker.inText(path, newLines(old, after.content.toString('utf8')))
}

/** Pieces overlap by the longest secret, so that a secret across a border is complete in one of them. */
async function inPieces(repo: LocalRepo, seeker: SecretSeeker, path: string, sha: Sha): Promise<boolean> {
  let piece = ''
  let binary: boolean | null = null
  let found = false
  const look = () => {
    found ||= binary === true ? seeker.inBytes(piece) : seeker.inText(path, piece)
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
