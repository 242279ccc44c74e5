import { readFile, realpath } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { LONGEST_REFUSED_HOST } from '../../core/allowed-host.ts'
import type { Argv } from '../../core/plan/plan.ts'
import { cappedLog } from '../../core/text/capped-log.ts'
import type { Redact } from '../../core/text/redact.ts'
import type { CommandOptions, CommandRun, Sandbox } from '../../ports/sandbox.ts'
import { busyNote, type CommandFolders, commandFolders, HOME } from './command-folders.ts'
import { commandEnvironment, type SandboxHost } from './host.ts'
import { gitFoldersOf, type Layout, layoutOf, resolverFiles } from './layout.ts'
import { type CommandLimits, limitsMet, underLimits } from './limits.ts'
import { NO_WAY_OUT, openWayOut, type WayOut } from './network/network.ts'
import type { NetworkAccess } from './network/proxy.ts'
import { refusedNote, tally } from './network/tally.ts'
import { runInSandbox } from './run-command.ts'
import { watchUsage } from './usage.ts'

/** The descriptor to which bubblewrap writes the pid of its child. */
const INFO = ['--info-fd', '3']

/** Package managers that know they are offline fail at once, instead of after minutes. */
const OFFLINE = { npm_config_offline: 'true', CARGO_NET_OFFLINE: 'true' }

const ISOLATION = [
  '--unshare-all',
  '--die-with-parent',
  '--new-session',
  // For root, bubblewrap keeps all capabilities, and a mount could be made writable again.
  ...['--cap-drop', 'ALL'],
]

const SYSTEM = [...['--ro-bind', '/', '/'], ...['--dev', '/dev'], ...['--proc', '/proc']]

export interface Bubblewrap {
  /** Its full path. */
  file: string
  version: string
}

interface Box {
  bubblewrap: Bubblewrap
  host: SandboxHost
  limits: CommandLimits
  redact: Redact
}

export function bubblewrap(
  found: Bubblewrap,
  host: SandboxHost,
  limits: CommandLimits,
  redact: Redact,
  access: NetworkAccess,
): Sandbox {
  const box = { bubblewrap: found, host, limits, redact }
  const all = tally()
  return {
    name: `bubblewrap ${found.version}`,
    layers: true,
    refusedHosts: all.hosts,
    async run(argv, options) {
      const way = options.network ? NO_WAY_OUT : await openWayOut(access)
      try {
        const run = await runIn(box, argv, options, way)
        const refused = way.refused().map((one) => ({ ...one, host: redact(one.host).slice(0, LONGEST_REFUSED_HOST) }))
        for (const one of refused) all.add(one)
        return withNote(run, refusedNote(refused))
      } finally {
        await way.close()
      }
    },
  }
}

async function runIn(
  { bubblewrap: found, host, limits, redact }: Box,
  argv: Argv,
  options: CommandOptions,
  way: WayOut,
): Promise<CommandRun> {
  const { worktree, seconds, signal, env, readable = [], network = false, kept, layers } = options
  const tree = await realpath(worktree)
  const shown = [...readable, ...(network ? await resolverFiles() : [])].flatMap(readOnly)
  const tmpfs = privateFolder(found.version, limits)
  const folders = await commandFolders(found, tmpfs, options)
  const further = [...shown, ...way.mounts]
  const mounts = mountArguments(await layoutOf(host), tmpfs, folders, tree, await gitFoldersOf(tree), further)
  const init = initProcess()
  let exceeded: string | null = null
  let stopWatching = () => {}
  let hasEnded = false
  const isolation = [...ISOLATION, ...(network ? ['--share-net'] : [])]
  const inside = [...way.bridge, ...underLimits(limits), ...argv]
  const run = await runInSandbox({
    argv: [...folders.before, found.file, ...isolation, ...mounts, ...INFO, '--chdir', tree, '--', ...inside],
    cwd: '/',
    // Not as arguments of bubblewrap (`--setenv`), which every process can read: a value may be a key.
    env: { ...env, ...(network || way !== NO_WAY_OUT ? {} : OFFLINE), ...commandEnvironment(host, HOME) },
    seconds,
    signal,
    log: cappedLog(redact, kept),
    onInfo: async (info) => {
      const pid = await init.readInfo(info)
      if (pid === null || hasEnded) return
      stopWatching = watchUsage(
        { init: pid, written: layers === undefined ? [tree] : [tree, layers.changes], limits },
        (why) => {
          exceeded = why
          void init.kill()
        },
      )
    },
    kill: () => init.kill(),
  })
  hasEnded = true
  stopWatching()
  await init.ended()
  return withLimits(run, exceeded, limits, options)
}

/** Says at the end of a failed command's output what of the sandbox it ran into. */
function withLimits(
  run: CommandRun,
  exceeded: string | null,
  limits: CommandLimits,
  options: CommandOptions,
): CommandRun {
  if (run.exitCode === 0) return run
  const notes = exceeded === null ? [...limitsMet(run.log, limits), ...busyNote(options, run)] : [exceeded]
  return withNote(run, notes.join('\n'))
}

const withNote = (run: CommandRun, note: string): CommandRun =>
  note === '' ? run : { ...run, log: `${run.log.trimEnd()}\n\n${note}\n` }

/** bubblewrap cannot limit a folder's size before 0.7: the kernel then does, to half of the memory. */
const privateFolder = (version: string, { tmp }: CommandLimits): string[] =>
  /^0\.[0-6](?:\.|$)/.test(version) ? ['--tmpfs'] : ['--size', `${tmp}`, '--tmpfs']

const readOnly = (path: string): string[] => ['--ro-bind', path, path]

/** Later mounts cover earlier ones: the tree comes last, and on top of it its git folders, read-only. */
const mountArguments = (
  { hidden, closed, shown }: Layout,
  tmpfs: readonly string[],
  folders: CommandFolders,
  tree: string,
  gitFolders: readonly string[],
  further: readonly string[],
): string[] => [
  ...SYSTEM,
  ...closed.flatMap((folder) => ['--tmpfs', folder]),
  ...hidden.flatMap((folder) => [...tmpfs, folder]),
  ...folders.home,
  ...shown.flatMap(readOnly),
  ...further,
  ...['--bind', tree, tree],
  ...folders.layers,
  ...gitFolders.flatMap(readOnly),
  ...closed.flatMap((folder) => ['--remount-ro', folder]),
]

/** The first process of a sandbox's PID namespace. When it dies, the kernel kills every process in the namespace. */
interface InitProcess {
  /** Reads its pid from bubblewrap's `--info-fd`; null if there will be none. */
  readInfo(info: Readable): Promise<number | null>
  kill(): Promise<void>
  /** Resolves when no process of the sandbox runs any more. */
  ended(): Promise<void>
}

const PAUSE_MS = 2
const MAX_WAIT_MS = 10_000

function initProcess(): InitProcess {
  let childPid: Promise<number | null> = Promise.resolve(null)
  return {
    readInfo(info) {
      childPid = readAll(info).then(pidIn)
      return childPid
    },
    async kill() {
      // Until bubblewrap has written the pid, its child does not yet die with it: wait, a few milliseconds.
      const pid = await childPid
      if (pid !== null && (await isAlive(pid))) killNow(pid)
    },
    async ended() {
      const pid = await childPid
      if (pid === null) return
      for (let waited = 0; await isAlive(pid); waited += PAUSE_MS) {
        if (waited > MAX_WAIT_MS) throw new Error(`the sandbox's first process ${pid} does not end`)
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
    // A killed launcher writes no pid.
  }
  return text
}

function pidIn(text: string): number | null {
  const [, pid] = /"child-pid": (\d+)/.exec(text) ?? []
  return pid === undefined ? null : Number(pid)
}

/** A zombie counts as dead: its namespace is already empty. */
async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  const [, state] = /^\d+ \(.*\) (\S)/s.exec(status ?? '') ?? []
  return state !== undefined && state !== 'Z' && state !== 'X'
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has already ended.
  }
}
