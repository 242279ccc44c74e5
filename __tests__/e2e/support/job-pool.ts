import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { killDescendants } from '../../../src/hub/runner/process/descendants.ts'
import { readLines } from '../../../src/hub/runner/process/process.ts'

const PROGRAM = join(import.meta.dirname, 'job-process.mjs')

/** What is said of a job: who runs it, what it prints, how it ended. */
export interface Said {
  pid?: number | undefined
  text?: string
  code?: number | null
  signal?: NodeJS.Signals | null
}

/** Processes that run jobs, for all files of tests together. A connection is a job, its first line what the job is given. */
export default async function setUp(): Promise<() => void> {
  const all = new Set<ChildProcess>()
  const idle = new Set<ChildProcess>()
  const start = (): ChildProcess => {
    // The head of a group, as every process of a job.
    const child = fork(PROGRAM, { cwd: '/', detached: true, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    all.add(child)
    child.once('exit', () => all.delete(child) && idle.delete(child))
    return child
  }
  const server = createServer((socket) => {
    readLines(socket, (line) => {
      const [child = start()] = idle
      idle.delete(child)
      serve(socket, child, line, () => idle.add(child))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.env.TRIBUTARY_JOB_POOL = `${(server.address() as AddressInfo).port}`
  return () => {
    server.close()
    for (const child of all) child.disconnect()
  }
}

function serve(socket: Socket, child: ChildProcess, job: string, isFree: () => void): void {
  const say = (said: Said): void => {
    if (socket.writable) socket.write(`${JSON.stringify(said)}\n`)
  }
  // Only what Node prints of itself as it dies: all else comes as a message.
  const onDeath = (text: Buffer): void => say({ text: `${text}` })
  const onMessage = (said: Said): void => {
    say(said)
    if (said.code !== undefined) leave()
  }
  const onExit = (code: number | null, signal: NodeJS.Signals | null): void => {
    say({ code, signal })
    socket.end()
  }
  const leave = (): void => {
    // As at the end of a process: what reads from it ends too.
    if (child.pid !== undefined) killDescendants(child.pid)
    child.stderr?.off('data', onDeath)
    child.off('message', onMessage).off('exit', onExit)
    socket.off('close', kill).end()
    isFree()
  }
  // The tests that wanted it are gone.
  const kill = (): boolean => child.kill('SIGKILL')
  child.stderr?.on('data', onDeath)
  child.on('message', onMessage).once('exit', onExit)
  socket.once('close', kill).on('error', kill)
  say({ pid: child.pid })
  child.send(JSON.parse(job))
}
