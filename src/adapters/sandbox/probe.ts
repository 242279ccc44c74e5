import { execFile } from 'node:child_process'
import { access, constants, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Redact } from '../../core/redact.ts'
import type { Settings } from '../../core/settings.ts'
import type { CommandRun, Sandbox, SandboxProbe } from '../../ports/sandbox.ts'
import { type Bubblewrap, bubblewrap } from './bubblewrap.ts'
import type { Host } from './host.ts'
import { noSandbox } from './off.ts'

/** The two lines that mend it on GitHub's machines; the second where AppArmor forbids user namespaces. */
export const MEND = [
  'sudo apt-get install -y bubblewrap',
  'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
] as const

const PROBE_SECONDS = 20

/** The sandbox that the settings name, after one command has really run in it. There is no falling back to less. */
export async function probeSandbox(setting: Settings['sandbox'], host: Host, redact: Redact): Promise<SandboxProbe> {
  if (setting === 'off') return { ok: true, sandbox: noSandbox(host, redact) }
  const found = await findBubblewrap(host.path)
  if (found === null) return unavailable('bubblewrap (bwrap) is not installed')
  const sandbox = bubblewrap(found, host, redact)
  const tried = await tryOut(sandbox, host).catch((error: unknown) => `${error}`)
  if (typeof tried === 'string') return unavailable(tried)
  if (tried.exitCode !== 0) return unavailable(`${sandbox.name} cannot run a command here: ${tried.log.trim()}`)
  return { ok: true, sandbox }
}

const unavailable = (what: string): SandboxProbe => ({
  ok: false,
  detail: [what, 'A step of the job before Tributary mends it:', ...MEND].join('\n'),
})

async function findBubblewrap(path: string): Promise<Bubblewrap | null> {
  for (const folder of path.split(':')) {
    const file = join(folder, 'bwrap')
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return { file, version: await versionOf(file) }
  }
  return null
}

async function versionOf(file: string): Promise<string> {
  const said = await promisify(execFile)(file, ['--version'], { env: {} }).catch(() => ({ stdout: '' }))
  return /[0-9]+(\.[0-9]+)*/.exec(said.stdout)?.[0] ?? 'of an unknown version'
}

async function tryOut(sandbox: Sandbox, host: Host): Promise<CommandRun> {
  const worktree = await mkdtemp(join(host.temp, 'tributary-probe-'))
  try {
    await mkdir(join(worktree, '.git'))
    return await sandbox.run(['/bin/sh', '-c', ':'], { worktree, seconds: PROBE_SECONDS })
  } finally {
    await rm(worktree, { recursive: true, force: true })
  }
}
