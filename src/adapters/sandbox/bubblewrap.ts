import { readFile, realpath } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Argv } from '../../core/plan/plan.ts'
import { cappedLog } from '../../core/text/capped-log.ts'
import type { Redact } from '../../core/text/redact.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import { commandEnvironment, type SandboxHost } from './host.ts'
import { gitFoldersOf, type Layout, layoutOf, resolverFiles } from './layout.ts'
import { runInSandbox } from './run-command.ts'

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
]

const SYSTEM = [...['--ro-bind', '/', '/'], ...['--dev', '/dev'], ...['--proc', '/proc']]

export interface Bubblewrap {
  /** Its full path. */
  file: string
  version: string
}

export const bubblewrap = ({ file, version }: Bubblewrap, host: SandboxHost, redact: Redact): Sandbox => ({
  name: `bubblewrap ${version}`,
  async run(argv, { worktree, seconds, signal, env, readable = [], network = false }) {
    const tree = await realpath(worktree)
    const given = [...readable, ...(network ? await resolverFiles() : [])]
    const mounts = mountArguments(await layoutOf(host), tree, await gitFoldersOf(tree), given)
    const init = initProcess()
    const isolation = [...ISOLATION, ...(network ? ['--share-net'] : [])]
    const command: Argv = [file, ...isolation, ...mounts, ...INFO, '--chdir', tree, '--', ...argv]
    const run = await runInSandbox({
      argv: command,
      cwd: '/',
      // Not as words of bubblewrap's own: those every process of the machine can read, and a value may be a key.
      env: { ...env, ...(network ? {} : OFFLINE), ...commandEnvironment(host, HOME) },
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
const mountArguments = (
  { hidden, shown }: Layout,
  tree: string,
  gitFolders: readonly string[],
  given: readonly string[],
): string[] => [
  ...SYSTEM,
  ...hidden.flatMap((folder) => ['--tmpfs', folder]),
  ...['--dir', HOME],
  ...[...shown, ...given].flatMap((path) => ['--ro-bind', path, path]),
  ...['--bind', tree, tree],
  ...gitFolders.flatMap((path) => ['--ro-bind', path, path]),
]

/** The first process of a sandbox's PID namespace. When it has died, the kernel has killed everything in there. */
interface InitProcess {
  /** Listens to what bubblewrap tells on `--info-fd`. */
  hear(info: Readable): void
  kill(): Promise<void>
  /** Resolves when nothing of the sandbox runs any more. */
  gone(): Promise<void>
}

const PAUSE_MS = 2
const PATIENCE_MS = 10_000

function initProcess(): InitProcess {
  let heard: Promise<number | null> = Promise.resolve(null)
  return {
    hear(info) {
      heard = readAll(info).then(pidIn)
    },
    async kill() {
      // Before bubblewrap has told the pid, its child does not yet die with it: wait, a few milliseconds.
      const pid = await heard
      if (pid !== null && (await isAlive(pid))) killNow(pid)
    },
    async gone() {
      const pid = await heard
      if (pid === null) return
      for (let waited = 0; await isAlive(pid); waited += PAUSE_MS) {
        if (waited > PATIENCE_MS) throw new Error(`the sandbox's first process ${pid} does not end`)
        await pause(PAUSE_MS)
      }
    },
  }
}

async function readAll(info: Readable): Promise<string> {
  let text = ''
  try {
    for await (const chunk of info) text += chunk
  } catch {
    // A launcher that was killed told nothing.
  }
  return text
}

function pidIn(text: string): number | null {
  const [, pid] = /"child-pid": (\d+)/.exec(text) ?? []
  return pid === undefined ? null : Number(pid)
}

/** A zombie's namespace is empty already. */
async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  const [, state] = /^\d+ \(.*\) (\S)/s.exec(status ?? '') ?? []
  return state !== undefined && state !== 'Z' && state !== 'X'
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
