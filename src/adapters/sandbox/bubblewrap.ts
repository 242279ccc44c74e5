import { realpath } from 'node:fs/promises'
import { cappedLog } from '../../core/capped-log.ts'
import type { Argv } from '../../core/plan.ts'
import type { Redact } from '../../core/redact.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import { gitFoldersOf } from './git-folders.ts'
import { commandEnvironment, type Host } from './host.ts'
import { initProcess } from './init-process.ts'
import { type Layout, layoutOf } from './layout.ts'
import { runCommand } from './run-command.ts'

/** Inside; private, and gone with the command. */
const HOME = '/tmp/home'

/** Where bubblewrap writes whom it started. */
const INFO = ['--info-fd', '3']

/** Who knows that there is no network fails at once, instead of trying for minutes. */
const OFFLINE = { npm_config_offline: 'true', CARGO_NET_OFFLINE: 'true' }

const ISOLATION = [
  '--unshare-all',
  '--die-with-parent',
  '--new-session',
  // For root, bubblewrap would keep them all, and a mount could be made writable again.
  ...['--cap-drop', 'ALL'],
  '--clearenv',
]

const SYSTEM = [...['--ro-bind', '/', '/'], ...['--dev', '/dev'], ...['--proc', '/proc']]

export interface Bubblewrap {
  /** Its full path. */
  file: string
  version: string
}

export const bubblewrap = ({ file, version }: Bubblewrap, host: Host, redact: Redact): Sandbox => ({
  name: `bubblewrap ${version}`,
  async run(argv, { worktree, seconds, signal, env }) {
    const tree = await realpath(worktree)
    const mounts = mountArguments(await layoutOf(host), tree, await gitFoldersOf(tree))
    const environment = environmentArguments({ ...env, ...OFFLINE, ...commandEnvironment(host, HOME) })
    const init = initProcess()
    const command: Argv = [file, ...ISOLATION, ...mounts, ...environment, ...INFO, '--chdir', tree, '--', ...argv]
    const run = await runCommand({
      argv: command,
      cwd: '/',
      env: {},
      seconds,
      signal,
      log: cappedLog(redact),
      onInfo: (info) => init.hear(info),
      kill: () => init.kill(),
    })
    await init.gone()
    return run
  },
})

/** Later mounts lie on top of earlier ones: the tree comes last, and on it its git folders, read-only again. */
const mountArguments = ({ hidden, shown }: Layout, tree: string, gitFolders: readonly string[]): string[] => [
  ...SYSTEM,
  ...hidden.flatMap((folder) => ['--tmpfs', folder]),
  ...['--dir', HOME],
  ...shown.flatMap((path) => ['--ro-bind', path, path]),
  ...['--bind', tree, tree],
  ...gitFolders.flatMap((path) => ['--ro-bind', path, path]),
]

const environmentArguments = (env: Readonly<Record<string, string>>): string[] =>
  Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value])
