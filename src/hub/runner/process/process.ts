import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { killDescendants } from './descendants.ts'

export interface Request {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly onLine: (line: string) => void
}

/** How long a process may take to exit: from SIGINT to SIGTERM, and from there to SIGKILL. */
export interface Grace {
  readonly interruptMs: number
  readonly terminateMs: number
}

interface Exit {
  readonly code: number
  readonly error?: Error
}

/** A step's process: the head of a process group of its own. */
export interface Running {
  readonly done: Promise<Exit>
  /** GitHub's way to cancel: the entry process is asked twice, then the whole group is killed. */
  interrupt(): void
  /** Sends SIGKILL to all descendants and to every process of the group, also if the group's leader has exited. */
  kill(): void
}

/** Later output belongs to a process that was left behind. */
const drainMs = 100

export type StartProcess = (request: Request, grace: Grace) => Running

export function startProcess(request: Request, grace: Grace): Running {
  const child = spawn(request.command, request.args, {
    cwd: request.cwd,
    env: { ...request.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  readLines(child.stdout, request.onLine)
  readLines(child.stderr, request.onLine)
  const timers: NodeJS.Timeout[] = []
  // An empty group's id may be reused by an unrelated process: do not kill it.
  let empty = false
  const kill = (): void => {
    if (empty) return
    // A command that runs without a sandbox has its own group, and would survive.
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killDescendants(child.pid)
    signal(child, 'SIGKILL', true)
  }
  child.once('exit', () => {
    empty = !signal(child, 0, true)
  })
  const interrupt = (): void => {
    signal(child, 'SIGINT', false)
    timers.push(setTimeout(() => signal(child, 'SIGTERM', false), grace.interruptMs))
    timers.push(setTimeout(kill, grace.interruptMs + grace.terminateMs))
  }
  const done = exitOf(child).finally(() => timers.forEach(clearTimeout))
  return { done, interrupt, kill }
}

/** Whether any process received the signal. */
function signal(child: ChildProcess, name: NodeJS.Signals | 0, group: boolean): boolean {
  if (child.pid === undefined) return false
  if (!group) return child.exitCode === null && child.signalCode === null && child.kill(name)
  try {
    return process.kill(-child.pid, name)
  } catch {
    return false
  }
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 127, error }))
    child.once('exit', (code, name) => {
      const exit = { code: code ?? 128 + (name === null ? 0 : signalNumber(name)) }
      child.once('close', () => resolve(exit))
      whenQuiet(child, () => resolve(exit))
    })
  })
}

const signalNumber = (name: NodeJS.Signals): number => ({ SIGINT: 2, SIGKILL: 9, SIGTERM: 15 })[String(name)] ?? 0

function whenQuiet(child: ChildProcess, quiet: () => void): void {
  const timer = setTimeout(() => {
    child.stdout?.destroy()
    child.stderr?.destroy()
    quiet()
  }, drainMs)
  child.stdout?.on('data', () => timer.refresh())
  child.stderr?.on('data', () => timer.refresh())
  child.once('close', () => clearTimeout(timer))
}

/** Calls `line` for each line, also for a last one without a line break. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split(/\r?\n/)
    rest = lines.pop() ?? ''
    lines.forEach(onLine)
  })
  const flush = (): void => {
    if (rest !== '') onLine(rest)
    rest = ''
  }
  stream.on('end', flush)
  stream.on('close', flush)
}
