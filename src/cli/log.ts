import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { runIdSchema } from '../core/ids.ts'
import { replay } from '../core/run/evolve.ts'
import { renderRunPage } from '../render/page/run-page.ts'
import { renderTimeline } from '../render/timeline/timeline.ts'
import { missingRun, readJournal, remoteUrl, tokenIn } from './journal.ts'
import { Mistake, readArguments, type Subcommand } from './subcommand.ts'

const options = {
  remote: { type: 'string' },
  repo: { type: 'string' },
  json: { type: 'boolean' },
  html: { type: 'string' },
} as const

export const log: Subcommand = {
  name: 'log',
  summary: 'shows a run as a timeline, from its journal in git',
  help: [
    'tributary log RUN [--remote REMOTE | --repo DIR] [--json | --html FILE]',
    '',
    'RUN is named by its issue: 42, or 42-2 for the second run of issue 42.',
    '  --remote REMOTE   the repository with the journal: an address, or the name of a remote of this folder;',
    '                    default: the remote `origin`, or the runs of `up` and `run` if there is none',
    '  --repo DIR        a repository on this machine, bare or not',
    '  --json            print the events, one per line',
    '  --html FILE       write a page with the graph, who worked when, the tasks and a slider over time; it needs no network',
    'For a private repository on a server, set GITHUB_TOKEN (or GH_TOKEN).',
  ],
  run: async (words, terminal) => {
    const { values, positionals } = readArguments(words, options, 1)
    const [named] = positionals
    if (named === undefined) throw new Mistake('which run? Name it by its issue: 42, or 42-2 for the second run')
    const run = runIdSchema.safeParse(named)
    if (!run.success) throw new Mistake(`'${named}' is not a run; name it by its issue: 42, or 42-2 for the second run`)
    if (values.json === true && values.html !== undefined) throw new Mistake('use --json or --html, not both')
    const url = await remoteUrl(values, terminal)
    const events = await readJournal(url, tokenIn(terminal), run.data)
    const state = replay(events)
    if (state.phase === 'empty') {
      terminal.error(await missingRun(run.data, 'journal', url, terminal))
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
