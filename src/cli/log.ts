import { replay } from '../core/evolve.ts'
import { runIdSchema } from '../core/ref.ts'
import { renderTimeline } from '../render/timeline.ts'
import { readJournal } from './journal.ts'
import { remoteUrl } from './journal-url.ts'
import { readArguments, type Subcommand } from './subcommand.ts'
import { Mistake } from './terminal.ts'

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
