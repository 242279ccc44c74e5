import { spawn } from 'node:child_process'
import { Readable } from 'node:stream'

export interface GitOutput {
  code: number
  stdout: Buffer
  stderr: string
  /** There was more than was asked for, and git was ended before it. */
  isCut: boolean
}

/** Keeps git independent of the machine's and the user's configuration. */
export const hubGitEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
})

export function runHubGit(
  args: readonly string[],
  options: { cwd?: string; input?: string; env?: NodeJS.ProcessEnv; mostBytes?: number } = {},
): Promise<GitOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      cwd: options.cwd,
      env: { ...hubGitEnvironment(), ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const { mostBytes = Number.POSITIVE_INFINITY } = options
    const out: Buffer[] = []
    const err: Buffer[] = []
    let size = 0
    child.stdout.on('data', (chunk: Buffer) => {
      if (size <= mostBytes) out.push(chunk)
      size += chunk.length
      if (size > mostBytes) child.kill()
    })
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.stdin.on('error', () => {})
    child.on('error', reject)
    child.on('close', (code) => {
      const isCut = size > mostBytes
      const stdout = isCut ? Buffer.concat(out).subarray(0, mostBytes) : Buffer.concat(out)
      resolve({ code: isCut ? 0 : (code ?? -1), stdout, stderr: Buffer.concat(err).toString('utf8'), isCut })
    })
    child.stdin.end(options.input ?? '')
  })
}

/** What git prints, as it comes; git ends with a reader that goes away. */
export function streamHubGit(args: readonly string[], cwd: string): ReadableStream<Uint8Array> {
  const child = spawn('git', args, { cwd, env: hubGitEnvironment(), stdio: ['ignore', 'pipe', 'ignore'] })
  child.on('error', (error) => child.stdout.destroy(error))
  return Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>
}
