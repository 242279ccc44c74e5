import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { performance } from 'node:perf_hooks'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { CappedLog } from '../../core/text/capped-log.ts'
import type { CommandRun } from '../../ports/sandbox.ts'

export interface Launch {
  argv: readonly string[]
  cwd: string
  env: Readonly<Record<string, string>>
  seconds: number
  signal?: AbortSignal | undefined
  log: CappedLog
  /** Gets descriptor 3 of the child, to which a launcher writes the pid of its child. */
  onInfo?: (info: Readable) => void
  /** Kills processes outside of the process group; the group itself is killed here. */
  kill?: () => Promise<void>
}

/** Both streams into one pipe, in the order of their output. The script is fixed: the command's words are never parsed. */
const IN_ONE_STREAM = ['/bin/sh', '-c', 'exec "$@" 2>&1', 'sh'] as const

/** After a command has ended, a process that left its group may keep the pipe open; we wait no longer than this. */
const PIPE_GRACE_MS = 1000

const NOT_STARTED = 127

/** Runs a command in its own process group, until it ends, its time is over or the signal fires. */
export async function runInSandbox(launch: Launch): Promise<CommandRun> {
  const started = performance.now()
  if (launch.signal?.aborted) return { exitCode: NOT_STARTED, log: '', seconds: 0, timedOut: false }
  let timedOut = false
  let exitCode = NOT_STARTED
  try {
    const child = start(launch)
    const stop = () => void kill(child, launch)
    const timer = setTimeout(() => {
      timedOut = true
      stop()
    }, launch.seconds * 1000)
    launch.signal?.addEventListener('abort', stop, { once: true })
    exitCode = await ended(child).finally(() => {
      clearTimeout(timer)
      launch.signal?.removeEventListener('abort', stop)
    })
  } catch (error) {
    launch.log.add(`${error instanceof Error ? error.message : error}\n`)
  }
  return { exitCode, log: launch.log.text(), seconds: (performance.now() - started) / 1000, timedOut }
}

function start({ argv, cwd, env, log, onInfo }: Launch): ChildProcess {
  const [file, ...words] = [...IN_ONE_STREAM, ...argv]
  const stdio: ('ignore' | 'pipe')[] = ['ignore', 'pipe', 'ignore', ...(onInfo ? (['pipe'] as const) : [])]
  const child = spawn(file, words, { cwd, env, detached: true, stdio })
  const decoder = new StringDecoder('utf8')
  child.stdout?.on('data', (chunk: Buffer) => log.add(decoder.write(chunk)))
  child.stdout?.on('end', () => log.add(decoder.end()))
  const info = child.stdio[3]
  if (info && 'read' in info) onInfo?.(info)
  return child
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let exitCode = NOT_STARTED
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
      killGroup(child)
      const grace = setTimeout(() => child.stdout?.destroy(), PIPE_GRACE_MS)
      child.once('close', () => clearTimeout(grace))
    })
    child.once('close', () => resolve(exitCode))
  })
}

async function kill(child: ChildProcess, launch: Launch): Promise<void> {
  await launch.kill?.()
  killGroup(child)
}

function killGroup({ pid }: ChildProcess): void {
  try {
    // Without a pid there is no process; a group of 0 would be our own.
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It has already ended.
  }
}
