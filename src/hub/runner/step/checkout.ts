import { existsSync, mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { StepSession } from '../job/session.ts'
import { textAt } from '../workflow/json.ts'
import { runChild, StepFailure } from './child.ts'

type Inputs = ReadonlyMap<string, string>

interface Git {
  (...args: string[]): Promise<void>
  readonly reads: (...args: string[]) => Promise<string | undefined>
}

/** `actions/checkout`: real git over HTTP from the hub, with the step's token. */
export async function checkout(step: StepSession, inputs: Inputs): Promise<void> {
  const { host } = step.job.world
  refuseOthers(step, inputs)
  const folder = folderOf(step, inputs.get('path') ?? '')
  const credentials = credentialsOf(step, inputs)
  const git = gitIn(step, folder, credentials)
  const target = targetOf(inputs.get('ref') ?? '', textAt(step.job.github, 'ref'), textAt(step.job.github, 'sha'))
  await prepare(git, folder, `${host.serverUrl}/${host.owner}/${host.repo}.git`, inputs)
  await fetch(git, target, inputs)
  await git(...(await checkoutArguments(target, git.reads)))
  if (inputs.get('persist-credentials') !== 'false') {
    await git('config', '--local', credentials.key, credentials.header)
  }
  step.outputs.commit = (await git.reads('rev-parse', 'HEAD')) ?? ''
  step.outputs.ref = target.ref
}

function refuseOthers(step: StepSession, inputs: Inputs): void {
  const own = textAt(step.job.github, 'repository')
  const requested = inputs.get('repository') || own
  if (requested.toLowerCase() !== own.toLowerCase()) {
    throw new StepFailure(`The hub serves ${own} only: ${requested} cannot be checked out.`)
  }
  for (const key of ['submodules', 'lfs']) {
    const value = inputs.get(key) ?? 'false'
    if (value !== 'false') step.job.log.write(`##[warning]actions/checkout: the hub does not honour '${key}'.`)
  }
}

function folderOf(step: StepSession, path: string): string {
  const { workspace } = step.job.folders
  const folder = resolve(workspace, path)
  if (relative(workspace, folder).startsWith('..')) {
    throw new StepFailure(`Repository path '${folder}' is not under '${workspace}'`)
  }
  mkdirSync(folder, { recursive: true })
  return folder
}

function credentialsOf(step: StepSession, inputs: Inputs): { key: string; header: string } {
  const token = inputs.get('token') || step.job.token
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64')
  step.job.log.masks.add(token)
  step.job.log.masks.add(basic)
  const { origin } = new URL(step.job.world.host.serverUrl)
  return { key: `http.${origin}/.extraheader`, header: `AUTHORIZATION: basic ${basic}` }
}

/** git gets the token through its environment, so that no process list or configuration file shows it. */
function gitIn(step: StepSession, folder: string, credentials: { key: string; header: string }): Git {
  const { log } = step.job
  const env = {
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: credentials.key,
    GIT_CONFIG_VALUE_0: credentials.header,
  }
  const run = (args: readonly string[], onLine: (line: string) => void): Promise<number> =>
    runChild(step, { command: 'git', args, cwd: folder, env, onLine })
  const git = async (...args: string[]): Promise<void> => {
    log.write(`[command]git ${args.join(' ')}`)
    const code = await run(args, (line) => log.write(line))
    if (code !== 0) throw new StepFailure(`The process 'git' failed with exit code ${code}`)
  }
  const reads = async (...args: string[]): Promise<string | undefined> => {
    const lines: string[] = []
    return (await run(args, (line) => lines.push(line))) === 0 ? lines.join('\n') : undefined
  }
  return Object.assign(git, { reads })
}

async function prepare(git: Git, folder: string, url: string, inputs: Inputs): Promise<void> {
  if (existsSync(join(folder, '.git'))) {
    if (inputs.get('clean') !== 'false') {
      await git('clean', '-ffdx')
      await git('reset', '--hard', 'HEAD')
    }
    await git('remote', 'set-url', 'origin', url)
  } else {
    await git('init', '--quiet')
    await git('remote', 'add', 'origin', url)
    await git('config', '--local', 'gc.auto', '0')
  }
  const sparse = (inputs.get('sparse-checkout') ?? '').split('\n').filter((line) => line.trim() !== '')
  const cone = inputs.get('sparse-checkout-cone-mode') === 'false' ? '--no-cone' : '--cone'
  if (sparse.length > 0) await git('sparse-checkout', 'set', cone, ...sparse)
}

async function fetch(git: Git, target: Target, inputs: Inputs): Promise<void> {
  const depth = Number(inputs.get('fetch-depth') || '1')
  const filter = inputs.get('filter') || (inputs.get('sparse-checkout') ? 'blob:none' : '')
  const options = ['-c', 'protocol.version=2', 'fetch', '--prune', '--no-recurse-submodules', '--quiet']
  if (inputs.get('fetch-tags') !== 'true') options.push('--no-tags')
  if (filter !== '') options.push(`--filter=${filter}`)
  if (depth > 0) {
    await mustExist(git, target)
    return git(...options, `--depth=${depth}`, 'origin', ...fetchSpecs(target))
  }
  await git(...options, 'origin', '+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*')
  // The branch may have moved on since the event.
  if (target.sha !== '') await git(...options.filter((option) => option !== '--prune'), 'origin', ...fetchSpecs(target))
}

/** A short name becomes a fetch pattern; git's message for a pattern without a match does not name it. */
async function mustExist(git: Git, { ref }: Target): Promise<void> {
  if (ref === '' || ref.startsWith('refs/')) return
  const found = await git.reads('ls-remote', '--exit-code', 'origin', `refs/heads/${ref}`, `refs/tags/${ref}`)
  if (found === undefined) throw new StepFailure(`A branch or tag with the name '${ref}' could not be found`)
}

/** What to check out: a ref, a commit, or a ref as it was at a commit. */
interface Target {
  readonly ref: string
  readonly sha: string
}

function targetOf(requested: string, eventRef: string, eventSha: string): Target {
  if (requested === '') return { ref: eventRef, sha: eventSha }
  return /^[0-9a-f]{40}$/i.test(requested) ? { ref: '', sha: requested } : { ref: requested, sha: '' }
}

const tracking = (ref: string): string =>
  ref.replace(/^refs\/heads\//, 'refs/remotes/origin/').replace(/^refs\/pull\//, 'refs/remotes/pull/')

function fetchSpecs({ ref, sha }: Target): string[] {
  if (ref === '') return [sha]
  if (ref.startsWith('refs/')) return [`+${sha || ref}:${tracking(ref)}`]
  return [`+refs/heads/${ref}*:refs/remotes/origin/${ref}*`, `+refs/tags/${ref}*:refs/tags/${ref}*`]
}

type Reads = (...args: string[]) => Promise<string | undefined>

async function checkoutArguments({ ref, sha }: Target, reads: Reads): Promise<string[]> {
  const detached = (revision: string): string[] => ['checkout', '--quiet', '--force', '--detach', revision]
  const branch = (name: string): string[] => [
    'checkout',
    '--quiet',
    '--force',
    '-B',
    name,
    `refs/remotes/origin/${name}`,
  ]
  if (ref === '') return detached(sha)
  if (ref.startsWith('refs/heads/')) return branch(ref.slice('refs/heads/'.length))
  if (ref.startsWith('refs/')) return detached(tracking(ref))
  const exists = async (full: string): Promise<boolean> =>
    (await reads('rev-parse', '-q', '--verify', full)) !== undefined
  if (await exists(`refs/remotes/origin/${ref}`)) return branch(ref)
  if (await exists(`refs/tags/${ref}`)) return detached(`refs/tags/${ref}`)
  throw new StepFailure(`A branch or tag with the name '${ref}' could not be found`)
}
