import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { topOf } from './git.ts'
import { remoteOf } from './remote.ts'
import { readArguments, type Subcommand } from './subcommand.ts'
import { Mistake, type Terminal } from './terminal.ts'
import { SETTINGS_BOX, WORKFLOW, WORKFLOW_PATH } from './workflow-file.ts'

const options = { force: { type: 'boolean' }, print: { type: 'boolean' } } as const

export const init: Subcommand = {
  name: 'init',
  summary: 'writes the workflow file into this repository',
  help: [
    'tributary init [--force] [--print]',
    '',
    `Writes ${WORKFLOW_PATH} into the git repository of this folder and says what to do next.`,
    '  --force   overwrite a file that is there and says something else',
    '  --print   print the file, write nothing',
  ],
  run: async (words, terminal) => {
    const { force = false, print = false } = readArguments(words, options, 0).values
    if (!print) return install(force, terminal)
    terminal.out(WORKFLOW.trimEnd())
    return 0
  },
}

async function install(force: boolean, terminal: Terminal): Promise<number> {
  const top = await topOf(terminal.cwd)
  if (top === null) throw new Mistake('this folder is in no git repository')
  const file = join(top, WORKFLOW_PATH)
  const present = await readFile(file, 'utf8').catch(() => null)
  if (present !== null && present !== WORKFLOW && !force) return refuse(terminal)
  if (present === WORKFLOW) terminal.out(`${WORKFLOW_PATH} is there already, and up to date.`)
  else await write(file, terminal)
  for (const line of await nextSteps(top)) terminal.out(line)
  return 0
}

async function write(file: string, terminal: Terminal): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, WORKFLOW)
  terminal.out(`Wrote ${WORKFLOW_PATH}.`)
}

function refuse(terminal: Terminal): number {
  terminal.error(`${WORKFLOW_PATH} is there already and says something else; nothing was written.`)
  terminal.error(`See the difference:  tributary init --print | git diff --no-index ${WORKFLOW_PATH} -`)
  terminal.error('Overwrite it:        tributary init --force')
  return 1
}

async function nextSteps(top: string): Promise<string[]> {
  const remote = await remoteOf(top)
  const address = remote === null ? '' : ` (https://${remote.host}/${remote.owner}/${remote.repo}/settings/actions)`
  return [
    '',
    'Next:',
    '1. Commit the file and push it to the default branch: workflows of comments run from there only.',
    `2. Tick ${SETTINGS_BOX}${address}.`,
    '3. Add the secret ANTHROPIC_API_KEY, unless all plans are to be written by hand (docs/plan-by-hand.md).',
    '4. Comment /plan on an issue.',
    '',
    '`tributary doctor` says what is missing.',
  ]
}
