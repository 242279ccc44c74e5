import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { WorkflowText } from '../../git/built-in-workflow.ts'

const execute = promisify(execFile)

/** Plumbing on the bare repository that the server half serves. */
async function git(gitDir: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute('git', ['--git-dir', gitDir, ...args], { maxBuffer: 64 * 1024 * 1024 })
  return stdout
}

/** The commit that a ref or sha names, or undefined. */
export async function commitOf(gitDir: string, revision: string): Promise<string | undefined> {
  if (revision === '') return undefined
  try {
    const line = await git(gitDir, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`)
    return line.trim()
  } catch {
    return undefined
  }
}

/** The commit that merges the two; null: they are in conflict; undefined: git cannot merge them at all. */
export async function mergeCommitOf(gitDir: string, base: string, head: string): Promise<string | null | undefined> {
  try {
    const tree = (await git(gitDir, 'merge-tree', '--write-tree', base, head)).trim()
    const message = `Merge ${head} into ${base}`
    const parents = ['-p', base, '-p', head]
    return (await git(gitDir, ...AUTHOR, 'commit-tree', tree, ...parents, '-m', message)).trim()
  } catch (error) {
    return isConflict(error) ? null : undefined
  }
}

const AUTHOR = ['-c', 'user.name=hub', '-c', 'user.email=hub@hub.localhost']

export const setRef = (gitDir: string, ref: string, sha: string): Promise<string> => git(gitDir, 'update-ref', ref, sha)

/** git ends with 1 for a conflict, and with more if it cannot merge at all. */
const isConflict = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 1

export async function workflowFiles(gitDir: string, commit: string): Promise<WorkflowText[]> {
  const listing = await git(gitDir, 'ls-tree', '--name-only', '-z', commit, '.github/workflows/')
  const paths = listing.split('\0').filter((path) => /\.ya?ml$/.test(path))
  return Promise.all(paths.map(async (path) => ({ path, content: await git(gitDir, 'show', `${commit}:${path}`) })))
}

export async function pathsBetween(gitDir: string, from: string, to: string): Promise<string[]> {
  const listing = await git(gitDir, 'diff', '--name-only', '-z', from, to, '--')
  return listing.split('\0').filter((path) => path !== '')
}
