import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

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
