import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { nearest } from '../core/nearest.ts'
import { git, topOf } from './git.ts'
import { webAddress } from './remote.ts'
import { gitDirOf } from './repository.ts'
import { Mistake, type Terminal } from './terminal.ts'

/** Where the journal is: the remote or the repository that was named, else the remote `origin` of the folder. */
export async function remoteUrl(
  asked: { remote?: string | undefined; repo?: string | undefined },
  terminal: Terminal,
): Promise<string> {
  const { cwd } = terminal
  if (asked.remote !== undefined && asked.repo !== undefined)
    throw new Mistake('--remote and --repo exclude each other')
  if (asked.repo !== undefined) return folderUrl(cwd, asked.repo)
  if (asked.remote !== undefined) return (await addressOf(cwd, asked.remote)) ?? noSuchRemote(cwd, asked.remote)
  const origin = await git(cwd, 'remote', 'get-url', 'origin')
  if (origin === null)
    throw new Mistake('this folder has no remote `origin`; say --remote or --repo', { typing: false })
  return urlOf((await topOf(cwd)) ?? cwd, origin)
}

/** A remote is named by its address, or as git knows it in this folder. */
async function addressOf(cwd: string, named: string): Promise<string | null> {
  const known = await git(cwd, 'remote', 'get-url', '--', named)
  if (known !== null) return urlOf((await topOf(cwd)) ?? cwd, known)
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(named) && !SPOKEN.test(named)) return null
  const address = webAddress(named)
  if (address !== null) return URL.canParse(address) ? address : null
  return existsSync(resolve(cwd, named)) ? folderUrl(cwd, named) : null
}

/** Protocols whose addresses can be read over the web, or from a folder. */
const SPOKEN = /^(https?|ssh|git|file):\/\//i

/** git reads a relative address from the top of the checkout. */
const urlOf = async (top: string, address: string): Promise<string> => webAddress(address) ?? folderUrl(top, address)

async function noSuchRemote(cwd: string, named: string): Promise<never> {
  if (/^[a-z][a-z0-9+.-]*:/i.test(named))
    throw new Mistake(`'${named}' is no address of a repository; one begins with https://, http://, ssh:// or file://`)
  const names = ((await git(cwd, 'remote')) ?? '').split('\n').filter((name) => name !== '')
  const meant = nearest(named, names)
  const hint = names.length === 0 ? 'this folder has none' : `there are ${names.join(', ')}`
  throw new Mistake(`there is no remote '${named}'; ${meant === null ? hint : `did you mean '${meant}'?`}`)
}

/** git's own folder of the repository: that of a folder inside it is none that git would serve. */
const folderUrl = async (cwd: string, folder: string): Promise<string> =>
  pathToFileURL(await gitDirOf(resolve(cwd, folder))).href
