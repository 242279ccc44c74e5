import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SETTINGS_PATH } from '../core/settings.ts'
import { type ActionAddress, ownAddress, parseAddress, readAddress } from './address.ts'
import { addressIn, exampleSettings, SETTINGS_BOX, WORKFLOW_PATH, workflowFor } from './example-files.ts'
import { type Pinned, pin } from './pin.ts'
import { chooseRemote, ghFor, remotesOf, urlIn } from './remote.ts'
import { checkoutAt, git } from './repository.ts'
import { Mistake, readArguments, type Subcommand, type Terminal } from './subcommand.ts'

const options = { uses: { type: 'string' }, settings: { type: 'boolean' }, print: { type: 'boolean' } } as const

export const init: Subcommand = {
  name: 'init',
  summary: 'writes the workflow file to this repository',
  help: [
    'tributary init [--uses OWNER/REPO@REF] [--settings] [--print]',
    '',
    `Writes ${WORKFLOW_PATH} to the git repository of this folder and lists what to do next. It never overwrites a file.`,
    '  --uses OWNER/REPO@REF  the action: a repository on GitHub, and a tag, branch or commit;',
    '                         default: the repository that this command came from',
    `  --settings             also write ${SETTINGS_PATH}, with all defaults as comments`,
    '  --print                print the workflow file and write nothing',
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
    throw new Mistake("this copy does not know the action's address on GitHub; name it: --uses OWNER/REPO@REF")
  return { address, pinned: await pin(address, urlIn(terminal, 'GITHUB_SERVER_URL') ?? 'https://github.com') }
}

async function install(uses: string | undefined, settings: boolean, terminal: Terminal): Promise<number> {
  const top = await checkoutAt(terminal.cwd)
  const present = await readFile(join(top, WORKFLOW_PATH), 'utf8').catch(() => null)
  const named = present === null || uses !== undefined ? null : addressIn(present)
  if (named !== null) terminal.out(`${WORKFLOW_PATH} exists already, with the action ${named}.`)
  if (named !== null && !settings) return finish(top, [], terminal)
  const action = await actionFor(named === null || parseAddress(named) === null ? uses : named, terminal)
  if (action.pinned.notice !== null) terminal.out(action.pinned.notice)
  const wanted = workflowFor(action.pinned.uses)
  if (present !== null && named === null && present !== wanted) return refuse(present, wanted, terminal)
  const files = [
    ...(present === null ? [{ path: WORKFLOW_PATH, text: wanted }] : []),
    ...(settings ? [{ path: SETTINGS_PATH, text: exampleSettings(action.address, action.pinned.ref) }] : []),
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
  terminal.out(isNew ? `Wrote ${path}.` : `${path} exists already and stays as it is.`)
  return isNew
}

async function refuse(present: string, wanted: string, terminal: Terminal): Promise<number> {
  for (const line of await difference(WORKFLOW_PATH, present, wanted)) terminal.out(line)
  terminal.error(`${WORKFLOW_PATH} exists already and is different, so nothing was written.`)
  terminal.error('The differences are above. Copy what you want, or move the file away and run init again.')
  return 1
}

async function finish(top: string, written: readonly string[], terminal: Terminal): Promise<number> {
  for (const line of await leftToDo(top, written, terminal)) terminal.out(line)
  return 0
}

/** The remaining steps after `init`, in order, as commands with the names of the user's repository. */
async function leftToDo(top: string, written: readonly string[], { command }: Terminal): Promise<string[]> {
  const found = chooseRemote(await remotesOf(top, null), undefined)
  const remote = typeof found === 'string' ? null : found
  const repository = remote?.remote ?? { host: 'github.com', owner: 'OWNER', repo: 'REPO' }
  const { host } = repository
  const name = `${repository.owner}/${repository.repo}`
  const gh = ghFor(repository)
  const origin = remote?.name ?? 'origin'
  const branch = (await git(top, 'branch', '--show-current')) || 'main'
  const trunk = (await git(top, 'symbolic-ref', '--short', `refs/remotes/${origin}/HEAD`))?.slice(origin.length + 1)
  const files = written.join(' ')
  const steps = [
    ...(remote === null
      ? [['Put this repository on GitHub, if you have not yet:', `git remote add origin https://${host}/${name}.git`]]
      : []),
    ['If tasks need languages or dependencies, add your setup steps to the job `work`, at its comment:', WORKFLOW_PATH],
    [
      'Commit and push to the default branch. GitHub runs workflows for comments from there only.',
      ...(files === '' ? [] : [`git add ${files} && git commit -m 'Add Tributary'`]),
      `git push ${origin} ${branch}`,
      ...(trunk === undefined || trunk === branch ? [] : [`then merge '${branch}' into the default branch '${trunk}'`]),
    ],
    [
      'Let Actions create pull requests. Without that, runs work on the issue alone.',
      gh.allowPulls,
      `or tick it: ${SETTINGS_BOX} (https://${host}/${name}/settings/actions)`,
    ],
    ["Add the model's key. Plans by hand with a program for each task need none.", gh.setSecret('ANTHROPIC_API_KEY')],
    ['Check that nothing is missing:', `GITHUB_TOKEN="$(${gh.token})" ${command} doctor`],
    ['Comment /plan on an issue.'],
  ]
  return [
    '',
    'What is left to do, in this order:',
    ...steps.flatMap(([what = '', ...lines], n) => [`${n + 1}. ${what}`, ...lines.map((line) => `     ${line}`)]),
  ]
}

/** The difference between two texts, as git shows it. */
async function difference(name: string, from: string, to: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-init-'))
  try {
    await writeFile(join(folder, 'present'), from)
    await writeFile(join(folder, 'wanted'), to)
    const lines = (await diff(folder)).trimEnd().split('\n')
    // The names of two temporary files say nothing.
    return [
      `--- ${name} (yours)`,
      `+++ ${name} (this version)`,
      ...lines.slice(lines.findIndex((line) => line.startsWith('@@'))),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const diff = (cwd: string): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(
      'git',
      ['diff', '--no-index', '--no-color', '--no-ext-diff', 'present', 'wanted'],
      { cwd, encoding: 'utf8' },
      (error, out) => {
        // 1 says that there is a difference.
        if (error !== null && error.code !== 1) reject(error)
        else resolve(out)
      },
    )
  })
