import { execFile } from 'node:child_process'
import { access, constants, cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Settings } from '../../core/settings.ts'
import { cappedLog } from '../../core/text/capped-log.ts'
import type { Redact } from '../../core/text/redact.ts'
import type { CommandRun, Sandbox, SandboxProbe } from '../../ports/sandbox.ts'
import { killMarked } from '../system/marked-processes.ts'
import { type Advice, adviceWhenMissing, adviceWhenRefused, type Machine, thisMachine } from './advice.ts'
import { type Bubblewrap, bubblewrap } from './bubblewrap.ts'
import { commandEnvironment, type SandboxHost } from './host.ts'
import { type LimitSettings, limitsOf } from './limits.ts'
import { publicInternet } from './network/internet.ts'
import type { NetworkAccess } from './network/proxy.ts'
import { runInSandbox } from './run-command.ts'

const PROBE_SECONDS = 20

interface Surroundings {
  /** If not set, commands reach nothing. */
  network?: NetworkAccess
  machine?: () => Promise<Machine>
}

/** The sandbox that the settings name, after a command has run in it. Never falls back to a weaker one. */
export async function probeSandbox(
  setting: Settings['sandbox'],
  host: SandboxHost,
  limits: LimitSettings,
  redact: Redact,
  { network = { allow: [], internet: publicInternet }, machine = thisMachine }: Surroundings = {},
): Promise<SandboxProbe> {
  if (setting === 'off') return { ok: true, sandbox: noSandbox(host, redact) }
  const found = await findBubblewrap(host.path)
  if (found === null) return unavailable(adviceWhenMissing(await machine()))
  const sandbox = bubblewrap(found, host, limitsOf(limits), redact, network)
  const refused = await refusalOf(sandbox, host)
  if (refused === null) return { ok: true, sandbox }
  return unavailable(adviceWhenRefused(await machine(), `${sandbox.name} cannot run a command here: ${refused}`))
}

const unavailable = ({ why, fix }: Advice): SandboxProbe => ({ ok: false, detail: why, fix })

/** Why a command that does nothing failed; null if it ran. */
async function refusalOf(sandbox: Sandbox, host: SandboxHost): Promise<string | null> {
  try {
    const { exitCode, log } = await tryOut(sandbox, host)
    return exitCode === 0 ? null : log.trim() || `exit code ${exitCode}`
  } catch (error) {
    return String(error)
  }
}

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

async function tryOut(sandbox: Sandbox, host: SandboxHost): Promise<CommandRun> {
  const worktree = await mkdtemp(join(host.temp, 'tributary-probe-'))
  try {
    await mkdir(join(worktree, '.git'))
    return await sandbox.run(['/bin/sh', '-c', ':'], { worktree, seconds: PROBE_SECONDS })
  } finally {
    await rm(worktree, { recursive: true, force: true })
  }
}

/** No isolation, for `sandbox: off`: only a clean environment, and the end of all processes that a command starts. */
const noSandbox = (host: SandboxHost, redact: Redact): Sandbox => ({
  name: 'off',
  layers: false,
  // It filters nothing.
  refusedHosts: () => [],
  async run(argv, { worktree, seconds, signal, env, kept, home: found }) {
    const isShared = found?.changes === 'stay'
    const home = isShared ? found.folder : await mkdtemp(join(host.temp, HOME))
    try {
      if (found !== undefined && !isShared) await cp(found.folder, home, { recursive: true, verbatimSymlinks: true })
      const log = cappedLog(redact, kept)
      return await runInSandbox({
        argv,
        cwd: worktree,
        env: { ...env, ...commandEnvironment(host, home) },
        seconds,
        signal,
        log,
      })
    } finally {
      // What a command left outside of its group is known by the home folder that no other command has; only a sandbox holds all.
      killMarked('HOME', home)
      if (!isShared) await rm(home, { recursive: true, force: true })
    }
  },
})

const HOME = 'tributary-home-'
