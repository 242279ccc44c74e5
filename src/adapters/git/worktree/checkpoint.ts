import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../../core/ids.ts'
import type { Files } from '../../../ports/sources.ts'
import type { CheckpointPart } from '../../../ports/worktree.ts'
import { checkedSha } from '../local-repo.ts'
import { argumentOf, bytesOf, type Name, pathOf } from '../name.ts'
import { gitLine, runGit } from '../plumbing.ts'
import { changedInFolder, changedInIndex } from './staging.ts'
import type { Checkout } from './worktree-state.ts'

/**
 * Writes the tree of the base with a part of the files as they are now, while a command may run and change them: git only
 * names what seems to have changed, in an index of its own, and the files are read through no link. A file that is cut off in the middle
 * of a write is so here too. Links are left as the base has them.
 */
export async function treeInProgress(
  repo: Checkout,
  base: Sha,
  files: Pick<Files, 'content'>,
  part: CheckpointPart,
): Promise<Sha> {
  const names = (await changedNames(repo, base)).filter((name) => argumentOf(name) !== null && part.takes(pathOf(name)))
  if (names.length > part.files) throw new Error(`${names.length} files changed, more than ${part.files}`)
  const lines: string[] = []
  for (const name of names) lines.push(...(await entryOf(repo, files, name, part)))
  const index = join(repo.gitDir, 'checkpoint-index')
  for (const file of [index, `${index}.lock`]) await rm(file, { force: true })
  const env = { GIT_INDEX_FILE: index }
  await runGit(repo, ['read-tree', checkedSha(base)], { env })
  // What is gone goes first: a file may stand where a folder was.
  const input = bytesOf(lines.toSorted().join(''))
  await runGit(repo, ['update-index', '--replace', '-z', '--index-info'], { env, input })
  return checkedSha(await gitLine(repo, ['write-tree'], { env }))
}

/** The folder is looked at before the index: what is staged in between is then met in the index. */
async function changedNames(repo: Checkout, base: Sha): Promise<Name[]> {
  const inFolder = await changedInFolder(repo)
  return [...new Set([...inFolder, ...(await changedInIndex(repo, base))])]
}

const GONE = `0 ${'0'.repeat(40)}`

/** A line for `update-index`; none for what a checkpoint leaves as it is in the base. */
async function entryOf(
  repo: Checkout,
  files: Pick<Files, 'content'>,
  name: Name,
  { mostBytes }: CheckpointPart,
): Promise<string[]> {
  const path = pathOf(name)
  const found = await files.content(path, mostBytes(path))
  if (found.kind === 'other') return []
  if (found.kind === 'nothing') return [`${GONE}\t${name}\0`]
  // As the attributes of the path say, such as its line ends.
  const args = ['hash-object', '-w', '--stdin', `--path=${path}`]
  const blob = await gitLine(repo, args, { input: Buffer.from(found.bytes), seconds: 20 })
  return [`${found.executable ? '100755' : '100644'} ${checkedSha(blob)}\t${name}\0`]
}
