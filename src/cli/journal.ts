import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openJournal } from '../adapters/git/journal.ts'
import { systemClock } from '../clock.ts'
import type { RunEvent } from '../core/event.ts'
import { systemErrorWords } from './system-error.ts'
import { EnvironmentError, type Terminal } from './terminal.ts'

/** Every event of a run, read from its remote into a repository that is thrown away afterwards. */
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

/** The address as it may be shown: people keep tokens in it. */
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
function whyNotRead(remoteUrl: string, token: string, said: string): string {
  const address = shownAddress(remoteUrl)
  const line = lastWords(said, remoteUrl)
  if (UNREACHABLE.test(said)) return `${new URL(remoteUrl).host} cannot be reached: ${line}`
  if (!UNREADABLE.test(said)) return `the journal at ${address} cannot be read: ${line}`
  const fix = token === '' ? 'for a private one, set GITHUB_TOKEN' : 'or GITHUB_TOKEN may not read it'
  return `${address} cannot be read: there is no such repository, ${fix}`
}

/** The line in which git says why, without its prefix. */
function lastWords(said: string, remoteUrl: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  const fatal = lines.find((line) => line.includes('fatal: ')) ?? lines[0] ?? ''
  const words = fatal.replace(/^.*fatal: /, '').replace(/^unable to access '[^']*': /, '')
  return words.replaceAll(remoteUrl, shownAddress(remoteUrl)).slice(0, 300)
}
