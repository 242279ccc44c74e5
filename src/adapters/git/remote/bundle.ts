import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../../core/ids.ts'
import { checkedSha, type LocalRepo } from '../local-repo.ts'
import { infoOf, writeRef } from '../objects.ts'
import { type GitInput, gitText, runGit } from '../plumbing.ts'
import type { GitStore } from '../store.ts'
import { bringFiles, lacksFiles, withFiles } from './absent-files.ts'
import { missingCommits } from './fetch.ts'

interface BundleHeader {
  heads: Sha[]
  /** Prerequisites: commits that the importing repository must have. */
  needs: Sha[]
  /** Offset of the pack, in bytes. */
  bytes: number
}

const HEADER_BYTES = 64 * 1024
const PACK_BYTES = 512 * 1024 * 1024
const MAGIC = '# v2 git bundle'

/**
 * Imports a slot's bundle. Not with `git fetch`, which checks no object of a bundle before git 2.46: `index-pack --strict`
 * refuses a tree with an entry `.git` and an object that refers to a missing one.
 */
export async function importBundle(store: GitStore, file: string, head: Sha): Promise<void> {
  try {
    await importPack(store, file, checkedSha(head))
  } catch (cause) {
    throw new Error(`the bundle cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

async function importPack(store: GitStore, file: string, head: Sha): Promise<void> {
  const { heads, needs, bytes } = await readHeader(file)
  if (!heads.includes(head)) throw new Error(`it holds ${heads.join(', ') || 'nothing'}, not ${head}`)
  const absent = await missingCommits(store, needs)
  if (absent.length > 0) throw new Error(`it builds on ${absent.join(', ')}, which is not here`)
  const input = { file, from: bytes }
  await withFiles(store.repo, async () => {
    if (lacksFiles(store.repo)) await indexPackAlone(store.repo, input, head, needs)
    else await indexPack(store.repo, ['--fix-thin', '--strict'], input)
    await requireCommit(store, head)
    await requireComplete(store, head)
  })
  await writeRef(store.repo, `refs/intake/${head}`, head)
}

/** What git said: the name of the pack, and then files `.gitmodules` that it could not check, since they are not here. */
async function indexPack(repo: LocalRepo, checks: readonly string[], input: GitInput): Promise<string[]> {
  const args = ['index-pack', '--stdin', ...checks, `--max-input-size=${PACK_BYTES}`]
  const words = await gitText(repo, args, { input, seconds: 300 })
  return words.split(/\s+/).filter((word) => SHA.test(word))
}

const SHA = /^[0-9a-f]{40}$/

/**
 * In a store that lacks files, where links to them cannot be checked. `requireComplete` checks what the head reaches; so that
 * nothing else counts as fetched, the pack may hold no other commits.
 */
async function indexPackAlone(repo: LocalRepo, input: GitInput, head: Sha, needs: readonly Sha[]): Promise<void> {
  const [pack = '', ...unchecked] = await indexPack(repo, ['--fsck-objects'], input)
  try {
    await bringFiles(repo, unchecked)
    const isChecked = unchecked.length === 0 || (await indexPack(repo, ['--fsck-objects'], input)).length === 1
    if (!isChecked) throw new Error('it refers to a file .gitmodules that is missing')
    const commits = await commitsIn(repo, pack)
    const reached = await gitText(repo, ['rev-list', checkedSha(head), '--not', ...needs.map(checkedSha)])
    if (commits.some((sha) => !reached.includes(sha))) throw new Error('it holds commits that its head does not reach')
  } catch (error) {
    // Without its index, git does not find it.
    await rm(indexPath(repo, pack), { force: true })
    throw error
  }
}

const indexPath = ({ gitDir }: LocalRepo, pack: string): string => join(gitDir, 'objects', 'pack', `pack-${pack}.idx`)

async function commitsIn(repo: LocalRepo, pack: string): Promise<Sha[]> {
  const index = await gitText(repo, ['show-index'], { input: { file: indexPath(repo, pack), from: 0 } })
  const ids = index.split('\n').map((line) => `${line.split(' ')[1] ?? ''}\n`)
  // By a process of its own: the reader of this store would go on to find what is refused here.
  const args = ['cat-file', '--batch-check=%(objecttype) %(objectname)']
  const types = await gitText(repo, args, { input: ids.slice(0, -1).join('') })
  return [...types.matchAll(/^commit ([0-9a-f]{40})$/gm)].map(([, sha = '']) => sha)
}

/** Git follows an annotated tag to its commit nearly everywhere, but no branch can be pushed to a tag. */
async function requireCommit({ repo }: GitStore, head: Sha): Promise<void> {
  const [found] = await infoOf(repo, [head])
  if (found?.type !== 'commit') throw new Error(`${head} is a ${found?.type ?? 'missing object'}, not a commit`)
}

/** Throws if an object that the head reaches is missing. */
async function requireComplete({ repo }: GitStore, head: Sha): Promise<void> {
  await runGit(repo, ['rev-list', '--objects', '--quiet', checkedSha(head), '--not', '--all'])
}

async function readHeader(path: string): Promise<BundleHeader> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
    return parseHeader(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

function parseHeader(start: Buffer): BundleHeader {
  const end = start.indexOf('\n\n')
  const [magic, ...lines] = start.subarray(0, Math.max(end, 0)).toString('utf8').split('\n')
  if (magic !== MAGIC) throw new Error('it is no git bundle')
  const named = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[1] ?? [])
  return { heads: named(/^([0-9a-f]{40}) /), needs: named(/^-([0-9a-f]{40})(?: |$)/), bytes: end + 2 }
}
