import { spawn } from 'node:child_process'
import { err, ok, type Result } from '../../core/result.ts'

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin'
const OUTPUT_BYTES = 8 * 1024 * 1024
const SOME_FOUND = 0
const NONE_FOUND = 1

export interface GrepOptions {
  literal: boolean
  most: number
  seconds: number
}

export interface FoundLine {
  /** Counted from 1. */
  line: number
  text: string
}

/**
 * Lines of a text that hold a pattern. In a process of its own, which is ended when it takes too long, and which sees
 * nothing but this text.
 */
export function grepLines(
  text: string,
  pattern: string,
  { literal, most, seconds }: GrepOptions,
): Promise<Result<FoundLine[], string>> {
  return new Promise((resolve, reject) => {
    const words = ['-n', literal ? '-F' : '-E', '-m', `${most}`, '-e', pattern]
    const child = spawn('grep', words, { cwd: '/', env: { PATH, LC_ALL: 'C' }, stdio: 'pipe' })
    const [out, said]: [Buffer[], Buffer[]] = [[], []]
    let [length, late] = [0, false]
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, seconds * 1000)
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= OUTPUT_BYTES) out.push(chunk)
      else child.kill('SIGKILL')
    })
    child.stderr.on('data', (chunk: Buffer) => void (said.length < 10 && said.push(chunk)))
    child.on('error', (cause) => reject(new Error('grep could not be started', { cause })))
    child.on('close', (code) => {
      clearTimeout(timer)
      if (late) resolve(err(`The search took longer than ${seconds} seconds: look for less, or in fewer files`))
      else if (code === SOME_FOUND || code === NONE_FOUND || length > OUTPUT_BYTES) resolve(ok(linesOf(out)))
      else resolve(err(`The pattern cannot be used: ${Buffer.concat(said).toString('utf8').trim().slice(0, 300)}`))
    })
    // It may have found enough before it has read everything.
    child.stdin.on('error', () => {})
    child.stdin.end(text)
  })
}

/** What was cut off has no end, and is none. */
const linesOf = (chunks: Buffer[]): FoundLine[] =>
  [
    ...Buffer.concat(chunks)
      .toString('utf8')
      .matchAll(/(\d+):([^\n]*)\n/gy),
  ].map(([, line, text = '']) => ({ line: Number(line), text }))
