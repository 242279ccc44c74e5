import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listed } from '../../../core/text/quoted.ts'
import { bytesOf, type Name, namesIn, pathOf } from '../name.ts'
import { runGit } from '../plumbing.ts'
import { touchedFiles } from './staging.ts'
import type { Checkout } from './worktree-state.ts'

/** Lock files of a git that was killed, on a runner that is used again. No git is at work here when this is called. */
export async function removeStaleLocks(gitDir: string): Promise<void> {
  const inRefs = await readdir(join(gitDir, 'refs'), { recursive: true }).catch(() => [])
  const names = [...(await readdir(gitDir)), ...inRefs.map((name) => join('refs', name))]
  for (const name of names) if (name.endsWith('.lock')) await rm(join(gitDir, name), { force: true })
}

/** Takes over the checkout from the steps before, before any task. `left`: what the index does not have. Returns what people should know of it. */
export async function takeOver(repo: Checkout, left: readonly Name[]): Promise<string[]> {
  return [...(left.length === 0 ? [] : await keepUntracked(repo)), ...(await undone(repo))]
}

/** What the checkout left out. */
export interface Lacks {
  /** Files: git was told to leave them out of the folder. */
  sparse: boolean
  /** Objects: git would fetch them when it needs them, and cannot here, without the token. */
  partial: boolean
}

export async function lacksOf(gitDir: string): Promise<Lacks> {
  const texts = ['config', 'config.worktree'].map((file) => readFile(join(gitDir, file), 'utf8').catch(() => ''))
  const text = (await Promise.all(texts)).join('\n')
  return {
    sparse: /^\s*sparsecheckout\s*=\s*true/im.test(text),
    partial: /^\s*(?:promisor\s*=\s*true|partialclone)/im.test(text),
  }
}

/** The next checkout writes every file, since the index that knew of some as left out is gone. */
export async function dropSparseIndex(gitDir: string): Promise<string> {
  await rm(join(gitDir, 'index'), { force: true })
  return 'The checkout is sparse. Tasks see the whole tree all the same, since the whole tree is what they are accepted on.'
}

/** From now on git ignores what the steps before made, such as a `.venv`: it survives clean-ups, and no commit has it. */
async function keepUntracked(repo: Checkout): Promise<string[]> {
  const args = ['ls-files', '--others', '--exclude-standard', '--directory', '--no-empty-directory', '-z']
  const entries = namesIn((await runGit(repo, args, { seconds: 600 })).stdout)
  if (entries.length === 0) return []
  const file = join(repo.gitDir, 'info', 'exclude')
  const before = await readFile(file).catch(() => Buffer.alloc(0))
  await mkdir(join(repo.gitDir, 'info'), { recursive: true })
  await writeFile(file, Buffer.concat([before, bytesOf(['', ...entries.map(ignorePattern), ''].join('\n'))]))
  return [
    `The steps before left ${some(entries)}, which git does not ignore: kept for every task, and part of no commit. A task that has to write there needs it gone before the slot begins.`,
  ]
}

/** Matches exactly this entry. A pattern cannot hold a line break. */
const ignorePattern = (entry: Name): string =>
  `/${entry
    .replace(/[\\*?[]/g, (sign) => `\\${sign}`)
    .replace(/[\r\n]/g, '?')
    .replace(/ $/, '\\ ')}`

async function undone(repo: Checkout): Promise<string[]> {
  const touched = await touchedFiles(repo)
  if (touched.length === 0) return []
  const names = some(touched.map(({ name }) => name))
  return [`The steps before changed ${names}: undone, since every task begins with the files of its base.`]
}

const SHOWN = 10

const some = (names: readonly Name[]): string =>
  `${listed(names.slice(0, SHOWN).map(pathOf))}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''}`
