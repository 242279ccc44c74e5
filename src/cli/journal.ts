import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { openJournal } from '../adapters/git/journal/journal.ts'
import { systemClock } from '../adapters/system/clock.ts'
import type { RunEvent } from '../core/run/event.ts'
import { nearest } from '../core/text/nearest.ts'
import { systemErrorWords, unreachableHost } from './explain-error.ts'
import { webAddress } from './remote.ts'
import { git, gitDirOf, topOf } from './repository.ts'
import { EnvironmentError, Mistake, type Terminal } from './subcommand.ts'
import { dataDirOf, hubRepository } from './up/place.ts'

/** Reads every event of a run from its remote, through a temporary repository. */
export async function readJournal(remoteUrl: string, token: string, run: string): Promise<RunEvent[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-log-'))
  try {
    const journal = await openJournal({ gitDir: join(folder, 'journal.git'), remoteUrl, token, clock: systemClock })
    return await journal.history(run)
  } catch (cause) {
    if (systemErrorWords(cause) !== null || !(cause instanceof Error)) throw cause
    throw new EnvironmentError(whyNotRead(remoteUrl, token, cause.message), { cause })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The token that people and `gh` keep in the environment; empty: none. */
export const tokenIn = ({ env }: Pick<Terminal, 'env'>): string => env.GITHUB_TOKEN || env.GH_TOKEN || ''

/** The address without credentials: people put tokens in it. */
export function shownAddress(remoteUrl: string): string {
  const url = new URL(remoteUrl)
  if (url.protocol === 'file:') return fileURLToPath(url)
  url.username = ''
  url.password = ''
  return url.href
}

const UNREACHABLE = /Could not resolve host|Failed to connect|Couldn't connect|timed out|No route|unreachable/
const UNREADABLE = /not found|Authentication failed|could not read (?:Username|Password)|returned error: 40[134]/i

/** What git said, in a sentence that names the host or the address. */
function whyNotRead(remoteUrl: string, token: string, message: string): string {
  const address = shownAddress(remoteUrl)
  const line = lastWords(message, remoteUrl)
  if (UNREACHABLE.test(message)) return unreachableHost(new URL(remoteUrl).host, line)
  if (!UNREADABLE.test(message)) return `the journal at ${address} cannot be read: ${line}`
  const fix = token === '' ? 'for a private one, set GITHUB_TOKEN' : 'or GITHUB_TOKEN may not read it'
  return `${address} cannot be read: there is no such repository, ${fix}`
}

/** The line in which git says why, without its prefix. */
function lastWords(message: string, remoteUrl: string): string {
  const lines = message.split('\n').filter((line) => line.trim() !== '')
  const fatal = lines.find((line) => line.includes('fatal: ')) ?? lines[0] ?? ''
  const words = fatal.replace(/^.*fatal: /, '').replace(/^unable to access '[^']*': /, '')
  return words.replaceAll(remoteUrl, shownAddress(remoteUrl)).slice(0, 300)
}

/** Where the journal is: the remote or the repository that was named, else the remote `origin` of the folder, else the hub of `up`. */
export async function remoteUrl(
  asked: { remote?: string | undefined; repo?: string | undefined },
  terminal: Terminal,
): Promise<string> {
  const { cwd } = terminal
  if (asked.remote !== undefined && asked.repo !== undefined) throw new Mistake('use --remote or --repo, not both')
  if (asked.repo !== undefined) return folderUrl(cwd, asked.repo)
  if (asked.remote !== undefined) return (await addressOf(cwd, asked.remote)) ?? noSuchRemote(cwd, asked.remote)
  const origin = await git(cwd, 'remote', 'get-url', 'origin')
  if (origin !== null) return urlOf((await topOf(cwd)) ?? cwd, origin)
  const local = await localRuns(terminal)
  if (local === null)
    throw new Mistake('this folder has no remote `origin` and no runs of `up`; use --remote or --repo', {
      typing: false,
    })
  return folderUrl(cwd, local)
}

/** The repository in which `up` and `run` keep the runs of this folder; null if they have none. */
async function localRuns(terminal: Terminal): Promise<string | null> {
  const top = await topOf(terminal.cwd)
  if (top === null) return null
  const repository = hubRepository({ dataDir: await dataDirOf(top, terminal) })
  return existsSync(repository) ? repository : null
}

/** Why nothing can be shown of a run, and where else it may be. */
export async function missingRun(run: string, what: string, url: string, terminal: Terminal): Promise<string> {
  const local = await localRuns(terminal)
  const elsewhere =
    local === null || pathToFileURL(local).href === url ? '' : ` Those of \`up\` and \`run\` are in --repo ${local}`
  return `Run ${run} has no ${what} at ${shownAddress(url)}.${elsewhere}`
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
    throw new Mistake(
      `'${named}' is not the address of a repository; write one that begins with https://, http://, ssh:// or file://`,
    )
  const names = ((await git(cwd, 'remote')) ?? '').split('\n').filter((name) => name !== '')
  const meant = nearest(named, names)
  const hint = names.length === 0 ? 'this folder has none' : `there are ${names.join(', ')}`
  throw new Mistake(`there is no remote '${named}'; ${meant === null ? hint : `did you mean '${meant}'?`}`)
}

/** git's own folder of the repository: that of a folder inside it is none that git would serve. */
const folderUrl = async (cwd: string, folder: string): Promise<string> =>
  pathToFileURL(await gitDirOf(resolve(cwd, folder))).href
