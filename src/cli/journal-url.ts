import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { git } from './git.ts'
import { webAddress } from './remote.ts'
import { Mistake, type Terminal } from './terminal.ts'

/** Where the journal is: the remote or the repository that was named, else the remote `origin` of the folder. */
export async function remoteUrl(
  asked: { remote?: string | undefined; repo?: string | undefined },
  terminal: Terminal,
): Promise<string> {
  if (asked.remote !== undefined && asked.repo !== undefined)
    throw new Mistake('--remote and --repo exclude each other')
  if (asked.repo !== undefined) return folderUrl(terminal.cwd, asked.repo)
  if (asked.remote !== undefined) return asked.remote
  const origin = await git(terminal.cwd, 'remote', 'get-url', 'origin')
  if (origin === null) throw new Mistake('this folder has no remote `origin`; say --remote or --repo')
  return webAddress(origin) ?? folderUrl(terminal.cwd, origin)
}

const folderUrl = (cwd: string, folder: string): string => pathToFileURL(resolve(cwd, folder)).href
