import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { gitEnvironment, gitSettings } from './environment.ts'
import type { GitPlace } from './place.ts'
import { failure } from './plumbing.ts'

export interface ObjectInfo {
  sha: string
  type: string
  bytes: number
}

export interface ObjectContent extends ObjectInfo {
  content: Buffer
}

/** `name` must be free of line breaks; null for what is not there. */
export interface ObjectReader {
  info(name: string): Promise<ObjectInfo | null>
  content(name: string): Promise<ObjectContent | null>
}

interface Question {
  withContent: boolean
  answer(object: ObjectContent | null): void
  fail(error: Error): void
}

const IDLE_MS = 10_000

const readers = new Map<string, ObjectReader>()

/** One git process answers all that is asked of a repository's objects, until nobody asked for a while. */
export function objectReader(place: GitPlace): ObjectReader {
  const reader = readers.get(place.gitDir) ?? startReader(place)
  readers.set(place.gitDir, reader)
  return reader
}

function startReader(place: GitPlace): ObjectReader {
  const args = ['cat-file', '--batch-command']
  const child = spawn('git', [...gitSettings().flatMap((setting) => ['-c', setting]), ...args], {
    cwd: place.gitDir,
    env: gitEnvironment(place),
  })
  const waiting: Question[] = []
  const idle = setTimeout(leave, IDLE_MS).unref()
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-2000)
  })
  child.stdin.on('error', () => {})
  child.on('error', (cause) => end(new Error('git cat-file could not be started', { cause })))
  child.on('close', (code) => end(failure(args, { code: code ?? -1, stderr: said })))
  const take = answers(
    (object) => waiting.shift()?.answer(object),
    () => waiting[0]?.withContent ?? false,
  )
  child.stdout.on('data', (chunk: Buffer) => {
    take(chunk)
    if (waiting.length === 0) rest()
  })
  rest()

  /** An idle reader keeps no process alive, neither ours nor git's. */
  function rest() {
    for (const handle of [child, child.stdin, child.stdout, child.stderr]) (handle as unknown as Socket).unref()
    idle.refresh()
  }
  function leave() {
    if (waiting.length > 0) return
    readers.delete(place.gitDir)
    child.stdin.end()
  }
  function end(error: Error) {
    clearTimeout(idle)
    if (readers.get(place.gitDir) === reader) readers.delete(place.gitDir)
    for (const question of waiting.splice(0)) question.fail(error)
  }
  function ask(command: string, name: string) {
    return new Promise<ObjectContent | null>((answer, fail) => {
      if (/[\n\0]/.test(name)) throw new Error(`no name of an object: ${JSON.stringify(name)}`)
      waiting.push({ withContent: command === 'contents', answer, fail })
      ;(child.stdout as unknown as Socket).ref()
      child.stdin.write(`${command} ${name}\n`)
    })
  }
  const reader = { info: (name: string) => ask('info', name), content: (name: string) => ask('contents', name) }
  return reader
}

/** Cuts what git says into its answers. */
function answers(give: (object: ObjectContent | null) => void, withContent: () => boolean) {
  let chunks: Buffer[] = []
  let have = 0
  /** Fewer bytes than these hold no whole answer. */
  let need = 1
  return (chunk: Buffer): void => {
    chunks.push(chunk)
    have += chunk.length
    if (have < need) return
    let left = Buffer.concat(chunks)
    for (;;) {
      const end = left.indexOf(0x0a)
      const info = parseInfo(left.toString('utf8', 0, Math.max(end, 0)))
      // A content ends with a line break of its own.
      const size = info !== null && withContent() ? info.bytes + 1 : 0
      const start = end + 1
      need = end === -1 ? left.length + 1 : start + size
      if (left.length < need) break
      give(info === null ? null : { ...info, content: left.subarray(start, start + Math.max(size - 1, 0)) })
      left = left.subarray(need)
    }
    chunks = [left]
    have = left.length
  }
}

function parseInfo(line: string): ObjectInfo | null {
  const match = /^([0-9a-f]{40}) (blob|tree|commit|tag) ([0-9]+)$/.exec(line)
  if (match?.[1] === undefined || match[2] === undefined) return null
  return { sha: match[1], type: match[2], bytes: Number(match[3]) }
}
