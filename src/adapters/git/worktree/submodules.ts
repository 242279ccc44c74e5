import { lstat, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../../core/ids.ts'
import { listed } from '../../../core/text/quoted.ts'
import { bytesOf, fileAt, type Name, namesIn, pathOf } from '../name.ts'
import { runGit } from '../plumbing.ts'
import type { IndexNames } from './index-names.ts'
import type { Checkout } from './worktree-state.ts'

export interface Submodule {
  name: Name
  /** The commit that the index names. */
  sha: Sha
  /** The checkout filled its folder. */
  filled: boolean
  /** Of its files that are not ignored: git says nothing of them in the repository around it. */
  state: string
}

export const submodulesIn = (repo: Checkout, { submodules }: IndexNames): Promise<Submodule[]> =>
  Promise.all([...submodules].map(async ([name, sha]) => ({ name, sha, ...(await stateOf(repo, name)) })))

/** Not by git in the submodule, whose configuration a task may have written: the repository around it only lends its reader of ignore files. */
async function stateOf(repo: Checkout, name: Name): Promise<{ filled: boolean; state: string }> {
  const folder = fileAt(repo.workTree, name)
  const entries = await readdir(folder).catch((): string[] => [])
  if (entries.length === 0) return { filled: false, state: '' }
  const inside = { gitDir: repo.gitDir, workTree: folder.toString() }
  const args = ['ls-files', '--others', '--exclude-standard', '-z']
  const env = { GIT_INDEX_FILE: join(repo.gitDir, 'no-index') }
  const files = namesIn((await runGit(inside, args, { env })).stdout)
  const stats = files.map(async (file) => {
    const found = await lstat(Buffer.concat([folder, bytesOf(`/${file}`)])).catch(() => null)
    return `${file}\0${found?.mode} ${found?.size} ${found?.mtimeMs}`
  })
  return { filled: entries.includes('.git'), state: (await Promise.all(stats)).join('\0') }
}

/** Names of those whose files a task changed, which no commit of this repository can hold. */
export async function writtenSubmodules(repo: Checkout, before: readonly Submodule[]): Promise<Name[]> {
  const now = await Promise.all(before.map(async ({ name }) => (await stateOf(repo, name)).state))
  return before.filter(({ state }, index) => state !== now[index]).map(({ name }) => name)
}

/** Takes away what tasks wrote into folders that are to be empty. Throws for a filled one: its files cannot be restored. */
export async function resetSubmodules(repo: Checkout, before: readonly Submodule[]): Promise<void> {
  for (const name of await writtenSubmodules(repo, before)) {
    if (before.some((one) => one.name === name && one.filled))
      throw new Error(`a task changed files of the submodule ${pathOf(name)}, which this slot cannot undo`)
    await rm(fileAt(repo.workTree, name), { recursive: true, force: true })
    await mkdir(fileAt(repo.workTree, name), { recursive: true })
  }
}

/** What people should know of the submodules; `before`: as the checkout left them. */
export function submoduleNotices(now: readonly Submodule[], before: readonly Submodule[]): string[] {
  const empty = now.filter(({ filled }) => !filled).map(({ name }) => pathOf(name))
  const checkedOut = new Map(before.map(({ name, sha }) => [name, sha]))
  const stale = now.filter(({ name, sha, filled }) => filled && (checkedOut.get(name) ?? sha) !== sha)
  return [
    ...(empty.length === 0
      ? []
      : [
          `The submodules ${listed(empty)} are empty here: write \`submodules: true\` into the checkout step of the job \`work\` if tasks need them. No task can change them.`,
        ]),
    ...stale.map(
      ({ name, sha }) =>
        `The submodule ${listed([pathOf(name)])} holds another commit than the task's base names, ${sha}.`,
    ),
  ]
}
