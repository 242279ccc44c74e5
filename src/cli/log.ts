import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { runIdSchema } from '../core/ids.ts'
import { replay } from '../core/run/evolve.ts'
import { renderRunPage } from '../render/page/run-page.ts'
import { renderTimeline } from '../render/timeline/timeline.ts'
import { readJournal, remoteUrl, shownAddress, tokenIn } from './journal.ts'
import { Mistake, readArguments, type Subcommand } from './subcommand.ts'

const options = {
  remote: { type: 'string' },
  repo: { type: 'string' },
  json: { type: 'boolean' },
  html: { type: 'string' },
} as const

export const log: Subcommand = {
  name: 'log',
  summary: 'shows a run as a timeline, read from its journal in git',
  help: [
    'tributary log RUN [--remote REMOTE | --repo DIR] [--json | --html FILE]',
    '',
    'RUN is named by its issue: 42, or 42-2 for the second run of issue 42.',
    '  --remote REMOTE   the repository with the journal: its address, or the name of a remote of this folder;',
    '                    the remote `origin` otherwise',
    '  --repo DIR        a repository on this machine, bare or not',
    '  --json            the events themselves, one a line',
    '  --html FILE       a page with graph, lanes, tasks and a slider over the time of the run; it needs no network',
    'A private repository on a server needs GITHUB_TOKEN (or GH_TOKEN).',
  ],
  run: async (words, terminal) => {
    const { values, positionals } = readArguments(words, options, 1)
    const [named] = positionals
    if (named === undefined) throw new Mistake('which run? Name it by its issue, like 42, or 42-2 for the second one')
    const run = runIdSchema.safeParse(named)
    if (!run.success)
      throw new Mistake(`'${named}' is no run; a run is named by its issue, like 42, or 42-2 for the second one`)
    if (values.json === true && values.html !== undefined) throw new Mistake('--json or --html, not both')
    const url = await remoteUrl(values, terminal)
    const events = await readJournal(url, tokenIn(terminal), run.data)
    const state = replay(events)
    if (state.phase === 'empty') {
      terminal.error(`There is no journal of run ${run.data} at ${shownAddress(url)}.`)
      return 1
    }
    if (values.html !== undefined) {
      await writeFile(resolve(terminal.cwd, values.html), renderRunPage(events, state))
      terminal.out(`${values.html} shows run ${run.data}; open it in a browser.`)
      return 0
    }
    if (values.json === true) for (const event of events) terminal.out(JSON.stringify(event))
    else terminal.out(renderTimeline(events, state))
    return 0
  },
}
