import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SETTINGS_PATH } from '../core/settings.ts'
import { type ActionAddress, parseAddress, readAddress } from './action-address.ts'
import { difference } from './difference.ts'
import { checkoutAt } from './git.ts'
import { leftToDo } from './left-to-do.ts'
import { ownAddress } from './own-address.ts'
import { type Pinned, pin } from './pin.ts'
import { settingsFor } from './settings-file.ts'
import { readArguments, type Subcommand } from './subcommand.ts'
import { Mistake, type Terminal } from './terminal.ts'
import { urlIn } from './url-variable.ts'
import { addressIn, WORKFLOW_PATH, workflowFor } from './workflow-file.ts'

const options = { uses: { type: 'string' }, settings: { type: 'boolean' }, print: { type: 'boolean' } } as const

export const init: Subcommand = {
  name: 'init',
  summary: 'writes the workflow file into this repository',
  help: [
    'tributary init [--uses OWNER/REPO@REF] [--settings] [--print]',
    '',
    `Writes ${WORKFLOW_PATH} into the git repository of this folder and says what to do next. It never overwrites.`,
    '  --uses OWNER/REPO@REF  where the action is: a repository on GitHub, and a tag, a branch or a commit of it;',
    '                         otherwise the repository that this command was taken from',
    `  --settings             also write ${SETTINGS_PATH}, with all defaults as comments`,
    '  --print                print the workflow file, write nothing',
  ],
  run: async (words, terminal) => {
    const { uses, settings = false, print = false } = readArguments(words, options, 0).values
    if (!print) return install(uses, settings, terminal)
    const { pinned } = await actionFor(uses, terminal)
    if (pinned.notice !== null) terminal.error(pinned.notice)
    terminal.out(workflowFor(pinned.uses).trimEnd())
    return 0
  },
}

interface Action {
  address: ActionAddress
  pinned: Pinned
}

async function actionFor(uses: string | undefined, terminal: Terminal): Promise<Action> {
  const address = uses === undefined ? await ownAddress(terminal.home) : readAddress(uses)
  if (address === null)
    throw new Mistake(
      'where the action is cannot be seen from this copy of it; name a repository on GitHub that holds it: --uses OWNER/REPO@REF',
    )
  return { address, pinned: await pin(address, urlIn(terminal, 'GITHUB_SERVER_URL') ?? 'https://github.com') }
}

async function install(uses: string | undefined, settings: boolean, terminal: Terminal): Promise<number> {
  const top = await checkoutAt(terminal.cwd)
  const present = await readFile(join(top, WORKFLOW_PATH), 'utf8').catch(() => null)
  const named = present === null || uses !== undefined ? null : addressIn(present)
  if (named !== null) terminal.out(`${WORKFLOW_PATH} is there already, with the action ${named}.`)
  if (named !== null && !settings) return finish(top, [], terminal)
  const action = await actionFor(named === null || parseAddress(named) === null ? uses : named, terminal)
  if (action.pinned.notice !== null) terminal.out(action.pinned.notice)
  const wanted = workflowFor(action.pinned.uses)
  if (present !== null && named === null && present !== wanted) return refuse(present, wanted, terminal)
  const files = [
    ...(present === null ? [{ path: WORKFLOW_PATH, text: wanted }] : []),
    ...(settings ? [{ path: SETTINGS_PATH, text: settingsFor(action.address, action.pinned.ref) }] : []),
  ]
  const written: string[] = []
  for (const { path, text } of files) if (await write(top, path, text, terminal)) written.push(path)
  return finish(top, written, terminal)
}

async function write(top: string, path: string, text: string, terminal: Terminal): Promise<boolean> {
  await mkdir(dirname(join(top, path)), { recursive: true })
  const isNew = await writeFile(join(top, path), text, { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false
      throw error
    },
  )
  terminal.out(isNew ? `Wrote ${path}.` : `${path} is there already, and stays as it is.`)
  return isNew
}

async function refuse(present: string, wanted: string, terminal: Terminal): Promise<number> {
  for (const line of await difference(WORKFLOW_PATH, present, wanted)) terminal.out(line)
  terminal.error(`${WORKFLOW_PATH} is there already and says something else; nothing was written.`)
  terminal.error('Above is what would have to change. Take over what you want, or move the file away and start again.')
  return 1
}

async function finish(top: string, written: readonly string[], terminal: Terminal): Promise<number> {
  for (const line of await leftToDo(top, written, terminal)) terminal.out(line)
  return 0
}
