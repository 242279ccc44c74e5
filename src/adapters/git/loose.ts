import { createHash, randomUUID } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import type { Sha } from '../../core/ref.ts'
import { commitMessage } from './message.ts'
import { type CommitParts, EMAIL, NAME, secondsOf } from './objects.ts'
import { checkedSha, type GitPlace } from './place.ts'

const deflated = promisify(deflate)

/**
 * Writes a commit as git does, byte for byte, without a process for it: of a merge's time that was half. Tree and parents
 * must be there; nobody looks.
 */
export async function writeLooseCommit(place: GitPlace, { tree, parents, words, at }: CommitParts): Promise<Sha> {
  const by = `${NAME} <${EMAIL}> ${secondsOf(at)} +0000`
  const head = [`tree ${checkedSha(tree)}`, ...parents.map((parent) => `parent ${checkedSha(parent)}`)]
  const text = Buffer.from([...head, `author ${by}`, `committer ${by}`, '', commitMessage(words)].join('\n'))
  const object = Buffer.concat([Buffer.from(`commit ${text.length}\0`), text])
  const sha = createHash('sha1').update(object).digest('hex')
  await writeObject(place, sha, await deflated(object))
  return sha
}

/** Under another name first: whoever finds an object finds all of it. */
async function writeObject({ gitDir }: GitPlace, sha: Sha, bytes: Buffer): Promise<void> {
  const folder = join(gitDir, 'objects', sha.slice(0, 2))
  await mkdir(folder, { recursive: true })
  const unfinished = join(folder, `tmp_obj_${randomUUID()}`)
  await writeFile(unfinished, bytes, { mode: 0o444 })
  await rename(unfinished, join(folder, sha.slice(2)))
}
