import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { replay } from '../core/evolve.ts'
import { runIdSchema } from '../core/ref.ts'
import { renderTimeline } from '../render/timeline.ts'
import { git } from './git.ts'
import { readJournal } from './journal.ts'
import { webAddress } from './remote.ts'
import { readArguments, type Subcommand } from './subcommand.ts'
import { Mistake, type Terminal } from './terminal.ts'

const options = { remote: { type: 'string' }, repo: { type: 'string' }, json: { type: 'boolean' } } as const

export const log: Subcommand = {
  name: 'log',
  summary: 'shows a run as a timeline, read from its journal in git',
  help: [
    'tributary log RUN [--remote URL | --repo DIR] [--json]',
    '',
    'RUN is named by its issue: 42, or 42-2 for the second run of issue 42.',
    '  --remote URL   the repository with the journal; the remote `origin` of this folder otherwise',
    '  --repo DIR     a repository on this machine, bare or not',
    '  --json         the events themselves, one a line',
    'A private repository on a server needs GITHUB_TOKEN.',
  ],
  run: async (words, terminal) => {
    const { values, positionals } = readArguments(words, options, 1)
    const run = runIdSchema.safeParse(positionals[0])
    if (!run.success) throw new Mistake('a run is named like 42 or 42-2')
    const url = await remoteUrl(values, terminal)
    const events = await readJournal(url, terminal.env.GITHUB_TOKEN ?? '', run.data)
    const state = replay(events)
    if (state.phase === 'empty') {
      terminal.error(`There is no journal of run ${run.data} at ${url}.`)
      return 1
    }
    if (values.json === true) for (const event of events) terminal.out(JSON.stringify(event))
    else terminal.out(renderTimeline(events, state))
    return 0
  },
}

async function remoteUrl(
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
