import { stat } from 'node:fs/promises'
import { git } from './git.ts'
import { Mistake } from './terminal.ts'

/** git reads what belongs to another user only if it is told to. */
const TRUSTED = ['-c', 'safe.directory=*']
const GIT_DIR = ['rev-parse', '--path-format=absolute', '--git-common-dir']

/** The folder in which git keeps a repository, asked for at a folder that a person named. `trusted`: also if it belongs to another user. */
export async function gitDirOf(folder: string, { trusted = false } = {}): Promise<string> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new Mistake(`there is no folder ${folder}`, { typing: false })
    throw error
  })
  if (!found.isDirectory()) throw new Mistake(`${folder} is a file, not the folder of a repository`, { typing: false })
  const gitDir = await git(folder, ...(trusted ? TRUSTED : []), ...GIT_DIR)
  if (gitDir === null) throw new Mistake(await whyNone(folder), { typing: false })
  return gitDir
}

/** git says the same of a folder without a repository and of one that it does not trust. */
async function whyNone(folder: string): Promise<string> {
  return (await git(folder, ...TRUSTED, ...GIT_DIR)) === null
    ? `${folder} is no git repository; in it, run: git init && git add . && git commit -m "First"`
    : `${folder} belongs to another user, so git does not read it; run this as that user`
}
