import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Mistake } from './terminal.ts'

const execute = promisify(execFile)

/** What git printed, or null where it refused. The person's own configuration counts: it is their checkout. */
export async function git(folder: string, ...words: string[]): Promise<string | null> {
  try {
    const { stdout } = await execute('git', words, { cwd: folder, encoding: 'utf8' })
    return stdout.trimEnd()
  } catch {
    return null
  }
}

/** The top of the checkout that a folder is in. */
export const topOf = (folder: string): Promise<string | null> => git(folder, 'rev-parse', '--show-toplevel')

/** The same, or the sentence that says what to do instead. */
export async function checkoutAt(folder: string): Promise<string> {
  const top = await topOf(folder)
  if (top !== null) return top
  if ((await git(folder, 'rev-parse', '--is-bare-repository')) === 'true')
    throw new Mistake('this repository is bare, it has no files; run this in a clone of it: git clone . ../checkout')
  throw new Mistake('this folder is in no git repository; run this in a clone of yours, or first: git init')
}
