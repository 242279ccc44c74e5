import { open } from 'node:fs/promises'
import type { Sha } from '../../core/ref.ts'
import { missing } from './fetch.ts'
import { writeRef } from './loose.ts'
import { checkedSha } from './place.ts'
import { runGit } from './plumbing.ts'
import type { Store } from './store.ts'

interface BundleHeader {
  heads: Sha[]
  /** Commits that the one who takes the bundle must have. */
  needs: Sha[]
  /** Where the pack begins. */
  bytes: number
}

const HEADER_BYTES = 64 * 1024
const PACK_BYTES = 512 * 1024 * 1024
const MAGIC = '# v2 git bundle'

/**
 * Takes a slot's bundle in. Not by `git fetch`, which looks into no object of a bundle before git 2.46: index-pack is
 * told to be strict, so a tree with an entry `.git`, or an object that names one that is not there, comes to nothing.
 */
export async function takeBundle(store: Store, file: string, head: Sha): Promise<void> {
  try {
    await take(store, file, checkedSha(head))
  } catch (cause) {
    throw new Error(`the bundle cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

async function take(store: Store, file: string, head: Sha): Promise<void> {
  const { heads, needs, bytes } = await readHeader(file)
  if (!heads.includes(head)) throw new Error(`it holds ${heads.join(', ') || 'nothing'}, not ${head}`)
  const absent = await missing(store, needs)
  if (absent.length > 0) throw new Error(`it builds on ${absent.join(', ')}, which is not here`)
  const index = ['index-pack', '--stdin', '--fix-thin', '--strict', `--max-input-size=${PACK_BYTES}`]
  await runGit(store.place, index, { input: { file, from: bytes }, seconds: 300 })
  await mustBeWhole(store, head)
  await writeRef(store.place, `refs/intake/${head}`, head)
}

/** Every object that the head needs is here, down to what was here before. */
async function mustBeWhole({ place }: Store, head: Sha): Promise<void> {
  await runGit(place, ['rev-list', '--objects', '--quiet', checkedSha(head), '--not', '--all'])
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
