import { spawn, spawnSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { gitEnvironment, gitSettings } from './environment.ts'
import type { LocalRepo } from './local-repo.ts'

export interface GitAnswer {
  code: number
  stdout: Buffer
  stderr: string
  /** Whether the output was cut at `maxBytes`. */
  cut: boolean
}

/** A file is streamed from the offset `from` on. */
export type GitInput = string | Buffer | { file: string; from: number }

export interface GitOptions {
  input?: GitInput
  env?: Readonly<Record<string, string>>
  /** Exit codes that are answers, not failures. */
  codes?: readonly number[]
  maxBytes?: number
  /** If the output exceeds `maxBytes`: fail, or end it there. */
  whenFull?: 'throw' | 'cut'
  seconds?: number
  signal?: AbortSignal
  /** Receives the output in chunks; the answer's `stdout` is then empty. */
  sink?: (chunk: Buffer) => void
}

const MEBIBYTE = 1024 * 1024
const STDERR_BYTES = 64 * 1024

/** Runs a local git command. Throws if it fails, exceeds `maxBytes` or takes too long; never uses the network. */
export async function runGit(repo: LocalRepo, args: readonly string[], options: GitOptions = {}): Promise<GitAnswer> {
  const answer = await spawned(repo, args, options)
  if (!(options.codes ?? [0]).includes(answer.code)) throw failure(args, answer)
  return answer
}

export const gitText = async (repo: LocalRepo, args: readonly string[], options: GitOptions = {}): Promise<string> =>
  (await runGit(repo, args, options)).stdout.toString('utf8')

export const gitLine = async (repo: LocalRepo, args: readonly string[], options: GitOptions = {}): Promise<string> =>
  (await gitText(repo, args, options)).trim()

export const failure = (args: readonly string[], answer: { code: number; stderr: string }): Error =>
  new Error(`git ${args[0]} failed (exit code ${answer.code}): ${gitWords(answer.stderr)}`)

/** Git's error output, shortened for a log line. */
export function gitWords(stderr: string): string {
  const words = stderr.trim()
  if (words === '') return 'it said nothing'
  return words.length > 2000 ? `${words.slice(0, 1000)} … ${words.slice(-1000)}` : words
}

function spawned(repo: LocalRepo, args: readonly string[], options: GitOptions): Promise<GitAnswer> {
  const { maxBytes = 64 * MEBIBYTE, whenFull = 'throw', seconds = 120, signal } = options
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const settings = gitSettings().flatMap((setting) => ['-c', setting])
    const [program = 'git', ...words] = [...launcherOf(repo), 'git', ...settings, ...args]
    const child = spawn(program, words, {
      cwd: repo.workTree ?? repo.gitDir,
      env: { ...gitEnvironment(repo), ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      // Its own process group, so that the processes that git starts are killed with it.
      detached: true,
    })
    let cut = false
    const full = () => {
      cut = true
      if (whenFull === 'cut') killGroup(child.pid)
      else stop(new Error(`git ${args[0]} said more than ${maxBytes} bytes`))
    }
    const out = options.sink === undefined ? collect(child.stdout, maxBytes, full) : pour(child.stdout, options.sink)
    const err = collect(child.stderr, STDERR_BYTES, () => {})
    const timer = setTimeout(() => stop(new Error(`git ${args[0]} took longer than ${seconds} s`)), seconds * 1000)
    const abort = () => stop(signal?.reason)
    signal?.addEventListener('abort', abort)

    function settle() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
    function stop(reason: unknown) {
      settle()
      killGroup(child.pid)
      reject(reason)
    }
    child.on('error', (cause) => {
      settle()
      reject(new Error(`git ${args[0]} could not be started`, { cause }))
    })
    child.on('close', (code) => {
      settle()
      resolve({ code: cut ? 0 : (code ?? -1), stdout: out(), stderr: err().toString('utf8'), cut })
    })
    feed(child.stdin, options.input ?? '', stop)
  })
}

const END_WITH_PARENT = ['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--']
let canEndWithParent: boolean | null = null

/**
 * What a task left in a work tree can make git hang, and a killed slot kills no child: the kernel then ends git with it, if
 * util-linux is there. Only for work trees, since it doubles the time to start a command.
 */
function launcherOf({ workTree }: LocalRepo): string[] {
  if (workTree === undefined) return []
  const [program = '', ...words] = END_WITH_PARENT
  canEndWithParent ??= spawnSync(program, [...words, '/bin/true'], { stdio: 'ignore' }).status === 0
  return canEndWithParent ? END_WITH_PARENT : []
}

export function killGroup(pid: number | undefined) {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The group has already ended.
  }
}

/** Collects at most `most` bytes; calls `full` once if there are more. */
function collect(stream: NodeJS.ReadableStream, most: number, full: () => void): () => Buffer {
  const chunks: Buffer[] = []
  let left = most
  stream.on('data', (chunk: Buffer) => {
    if (left >= 0 && chunk.length > left) full()
    if (left > 0) chunks.push(chunk.subarray(0, left))
    left -= chunk.length
  })
  return () => Buffer.concat(chunks)
}

function pour(stream: NodeJS.ReadableStream, sink: (chunk: Buffer) => void): () => Buffer {
  stream.on('data', sink)
  return () => Buffer.alloc(0)
}

/** A command that needs no more input closes its stdin. That is no error: its exit code tells the result. */
function feed(stdin: NodeJS.WritableStream, input: GitInput, stop: (reason: unknown) => void) {
  if (typeof input === 'string' || Buffer.isBuffer(input)) {
    stdin.on('error', () => {})
    stdin.end(input)
    return
  }
  const source = createReadStream(input.file, { start: input.from })
  source.on('error', stop)
  pipeline(source, stdin, () => {})
}
