import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { gitEnvironment, gitSettings } from './environment.ts'
import type { LocalRepo } from './local-repo.ts'
import { failure, killGroup } from './plumbing.ts'

export interface ObjectInfo {
  sha: string
  type: string
  bytes: number
}

export interface ObjectContent extends ObjectInfo {
  content: Buffer
}

/** `name` must have no line breaks; null if there is no such object. */
export interface ObjectReader {
  info(name: string): Promise<ObjectInfo | null>
  content(name: string): Promise<ObjectContent | null>
}

interface PendingRequest {
  withContent: boolean
  answer(object: ObjectContent | null): void
  fail(error: Error): void
}

const IDLE_MS = 10_000
/** Without any output; a request takes milliseconds. */
const SILENT_MS = 120_000

const readers = new Map<string, ObjectReader>()

/** One git process per repository serves all reads of objects; it ends after `IDLE_MS` without a request. */
export function objectReader(repo: LocalRepo): ObjectReader {
  const reader = readers.get(repo.gitDir) ?? startReader(repo)
  readers.set(repo.gitDir, reader)
  return reader
}

function startReader(repo: LocalRepo): ObjectReader {
  const args = ['cat-file', '--batch-command']
  const child = spawn('git', [...gitSettings().flatMap((setting) => ['-c', setting]), ...args], {
    cwd: repo.gitDir,
    env: gitEnvironment(repo),
    detached: true,
  })
  const pending: PendingRequest[] = []
  const idle = setTimeout(stopIfIdle, IDLE_MS).unref()
  const silent = setTimeout(stopIfSilent, SILENT_MS).unref()
  let errorOutput = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errorOutput = `${errorOutput}${chunk}`.slice(-2000)
  })
  child.stdin.on('error', () => {})
  child.on('error', (cause) => stop(new Error('git cat-file could not be started', { cause })))
  child.on('close', (code) => stop(failure(args, { code: code ?? -1, stderr: errorOutput })))
  const parse = responseParser(
    (object) => pending.shift()?.answer(object),
    () => pending[0]?.withContent ?? false,
  )
  child.stdout.on('data', (chunk: Buffer) => {
    parse(chunk)
    silent.refresh()
    if (pending.length === 0) unrefHandles()
  })
  unrefHandles()

  /** An idle reader must keep neither our process nor git's alive. */
  function unrefHandles() {
    for (const handle of [child, child.stdin, child.stdout, child.stderr]) (handle as unknown as Socket).unref()
    idle.refresh()
  }
  function stopIfIdle() {
    if (pending.length > 0) return
    readers.delete(repo.gitDir)
    child.stdin.end()
  }
  function stopIfSilent() {
    if (pending.length === 0) return
    stop(new Error(`git cat-file took longer than ${SILENT_MS / 1000} s`))
    killGroup(child.pid)
  }
  function stop(error: Error) {
    clearTimeout(idle)
    clearTimeout(silent)
    if (readers.get(repo.gitDir) === reader) readers.delete(repo.gitDir)
    for (const request of pending.splice(0)) request.fail(error)
  }
  function request(command: string, name: string) {
    return new Promise<ObjectContent | null>((answer, fail) => {
      if (/[\n\0]/.test(name)) throw new Error(`no name of an object: ${JSON.stringify(name)}`)
      if (pending.length === 0) silent.refresh()
      pending.push({ withContent: command === 'contents', answer, fail })
      ;(child.stdout as unknown as Socket).ref()
      child.stdin.write(`${command} ${name}\n`)
    })
  }
  const reader = { info: (name: string) => request('info', name), content: (name: string) => request('contents', name) }
  return reader
}

/** Splits git's output into responses. */
function responseParser(deliver: (object: ObjectContent | null) => void, withContent: () => boolean) {
  let chunks: Buffer[] = []
  let buffered = 0
  /** With fewer bytes than these, no response is complete. */
  let needed = 1
  return (chunk: Buffer): void => {
    chunks.push(chunk)
    buffered += chunk.length
    if (buffered < needed) return
    let left = Buffer.concat(chunks)
    for (;;) {
      const lineEnd = left.indexOf(0x0a)
      const info = parseInfo(left.toString('utf8', 0, Math.max(lineEnd, 0)))
      // Git adds a line break to the content.
      const size = info !== null && withContent() ? info.bytes + 1 : 0
      const start = lineEnd + 1
      needed = lineEnd === -1 ? left.length + 1 : start + size
      if (left.length < needed) break
      deliver(info === null ? null : { ...info, content: left.subarray(start, start + Math.max(size - 1, 0)) })
      left = left.subarray(needed)
    }
    chunks = [left]
    buffered = left.length
  }
}

function parseInfo(line: string): ObjectInfo | null {
  const match = /^([0-9a-f]{40}) (blob|tree|commit|tag) ([0-9]+)$/.exec(line)
  if (match?.[1] === undefined || match[2] === undefined) return null
  return { sha: match[1], type: match[2], bytes: Number(match[3]) }
}
