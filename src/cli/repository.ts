import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { EnvironmentError, Mistake } from './subcommand.ts'

const execute = promisify(execFile)

/** The list of a large repository's files. */
const MOST_BYTES = 256 * 1024 * 1024

/** What git printed, or null where it refused. The person's own configuration counts: it is their checkout. */
export async function git(folder: string, ...words: string[]): Promise<string | null> {
  try {
    const { stdout } = await execute('git', words, { cwd: folder, encoding: 'utf8', maxBuffer: MOST_BYTES })
    return stdout.trimEnd()
  } catch (error) {
    // An exit code is an answer; that there is no git, or no way into the folder, is none.
    if (isAnswer(error) || !existsSync(folder)) return null
    if (error instanceof Error && 'code' in error && error.code === 'EACCES')
      throw new EnvironmentError(`${folder} cannot be read by this user`, { cause: error })
    throw error
  }
}

const isAnswer = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (typeof error.code === 'number' || error.code === null)

/** The top of the checkout that a folder is in. */
export const topOf = (folder: string): Promise<string | null> => git(folder, 'rev-parse', '--show-toplevel')

/** The same, or the sentence that says what to do instead. */
export async function checkoutAt(folder: string): Promise<string> {
  const top = await topOf(folder)
  if (top !== null) return top
  if ((await git(folder, 'rev-parse', '--is-bare-repository')) === 'true')
    throw new Mistake('this repository is bare and has no files; run this in a clone: git clone . ../checkout', {
      typing: false,
    })
  throw new Mistake('this folder is not in a git repository; run this in a clone, or run git init first', {
    typing: false,
  })
}

/** The paths that git tracks in the checkout that a folder is in; null if there is none. */
export async function trackedFiles(folder: string): Promise<string[] | null> {
  const top = await topOf(folder)
  const listed = top === null ? null : await git(top, 'ls-files', '-z')
  return listed === null ? null : listed.split('\0').filter((path) => path !== '')
}

/** git reads what belongs to another user only if it is told to. */
const TRUSTED = ['-c', 'safe.directory=*']
const GIT_DIR = ['rev-parse', '--path-format=absolute', '--git-common-dir']

/** The folder in which git keeps a repository, asked for at a folder that a person named. `trusted`: also if it belongs to another user. */
export async function gitDirOf(folder: string, { trusted = false } = {}): Promise<string> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new Mistake(`there is no folder ${folder}`, { typing: false })
    throw error
  })
  if (!found.isDirectory()) throw new Mistake(`${folder} is a file, not a folder`, { typing: false })
  const gitDir = await git(folder, ...(trusted ? TRUSTED : []), ...GIT_DIR)
  if (gitDir === null) throw new Mistake(await whyNone(folder), { typing: false })
  return gitDir
}

/** git says the same of a folder without a repository and of one that it does not trust. */
async function whyNone(folder: string): Promise<string> {
  return (await git(folder, ...TRUSTED, ...GIT_DIR)) === null
    ? `${folder} is not a git repository; in it, run: git init && git add . && git commit -m "First"`
    : `${folder} belongs to another user, so git does not read it; run this as that user`
}
