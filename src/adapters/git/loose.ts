import { createHash, randomUUID } from 'node:crypto'
import { access, mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import type { Sha } from '../../core/ref.ts'
import { checkedRef, checkedSha, type GitPlace } from './place.ts'

const deflated = promisify(deflate)

/**
 * Writes an object as git does, byte for byte, without a process for it: of a merge's time that was half. What it names must be
 * there; nobody looks.
 */
export async function writeLoose(
  { gitDir }: GitPlace,
  type: 'blob' | 'tree' | 'commit',
  content: Buffer,
): Promise<Sha> {
  const object = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
  const sha = createHash('sha1').update(object).digest('hex')
  const folder = join(gitDir, 'objects', sha.slice(0, 2))
  const path = join(folder, sha.slice(2))
  if (!(await exists(path))) {
    await mkdir(folder, { recursive: true })
    // Under another name first: whoever finds an object finds all of it.
    const unfinished = join(folder, `tmp_obj_${randomUUID()}`)
    await writeFile(unfinished, await deflated(object), { mode: 0o444 })
    await rename(unfinished, path)
  }
  return sha
}

/**
 * Points a ref at a commit, in a file, as `git update-ref` does: for refs of a repository that is ours alone, in which nothing
 * packs refs and nothing else writes this one.
 */
export async function writeRef({ gitDir }: GitPlace, ref: string, sha: Sha): Promise<void> {
  const path = join(gitDir, checkedRef(ref))
  await mkdir(dirname(path), { recursive: true })
  // A name that git takes for no ref.
  const unfinished = `${path}.${randomUUID()}.lock`
  await writeFile(unfinished, `${checkedSha(sha)}\n`)
  await rename(unfinished, path)
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
