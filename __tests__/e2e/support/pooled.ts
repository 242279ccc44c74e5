import { connect } from 'node:net'
import { constants } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { killDescendants } from '../../../src/hub/runner/process/descendants.ts'
import { readLines, type StartProcess, startProcess } from '../../../src/hub/runner/process/process.ts'
import type { Said } from './job-pool.ts'
import { ROOT } from './repository.ts'

const MAIN = join(ROOT, 'dist', 'index.js')

/** Has the action run by a process that has loaded it before; everything else is started as the hub does. */
export const startPooled: StartProcess = (request, grace) => {
  const port = process.env.TRIBUTARY_JOB_POOL
  if (port === undefined || request.args.at(-1) !== MAIN) return startProcess(request, grace)
  const socket = connect(Number(port), '127.0.0.1')
  const output = new PassThrough()
  readLines(output, request.onLine)
  const timers: NodeJS.Timeout[] = []
  let pid: number | undefined
  let isKilled = false
  const kill = (): void => {
    isKilled = true
    if (pid === undefined) return
    killDescendants(pid)
    signal(-pid, 'SIGKILL')
  }
  const interrupt = (): void => {
    signal(pid, 'SIGINT')
    timers.push(setTimeout(() => signal(pid, 'SIGTERM'), grace.interruptMs))
    timers.push(setTimeout(kill, grace.interruptMs + grace.terminateMs))
  }
  const ended = new Promise<{ code: number }>((resolve, reject) => {
    socket.once('error', reject)
    readLines(socket, (line) => {
      const said: Said = JSON.parse(line)
      pid = said.pid ?? pid
      if (isKilled) kill()
      if (said.text !== undefined) output.write(said.text)
      if (said.code === undefined) return
      pid = undefined
      const code = said.code ?? 128 + constants.signals[said.signal ?? 'SIGKILL']
      output.end(() => resolve({ code }))
    })
  })
  const { cwd, env } = request
  socket.write(`${JSON.stringify({ main: pathToFileURL(MAIN).href, cwd, env })}\n`)
  return { done: ended.finally(() => timers.forEach(clearTimeout)), interrupt, kill }
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, name)
  } catch {
    // It has ended meanwhile.
  }
}
