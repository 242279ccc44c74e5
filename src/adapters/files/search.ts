import { spawn } from 'node:child_process'
import { err, ok, type Result } from '../../core/result.ts'
import { searchPattern, searchText } from '../../core/text/search-pattern.ts'
import type { Sources, Tracked } from '../../ports/sources.ts'
import { readText } from './read.ts'
import type { WorkTreeRoot } from './walk.ts'

const SECONDS = 20
const LONGEST_LINE = 4000
/** Characters per batch of files: few at first, since often they are enough. */
const FIRST = 128 * 1024
const MOST = 4 * 1024 * 1024

interface Line {
  path: string
  line: number
  text: string
}

/** Git names the candidate files. They are read here without following links, and searched again. */
export async function searchFiles(
  tree: WorkTreeRoot,
  tracked: Tracked,
  pattern: string,
  { most, ...wanted }: Parameters<Sources['search']>[1],
): ReturnType<Sources['search']> {
  const { literal, ignoreCase } = wanted
  const checked = literal ? searchText(pattern) : searchPattern(pattern)
  if (!checked.ok) return { ok: false, why: `The pattern cannot be used: ${checked.error}` }
  const candidates = await tracked.candidates(pattern, wanted)
  if (!candidates.ok) return candidates
  const found = await linesIn(tree, candidates.paths, { pattern: checked.value, literal, ignoreCase, most: most + 1 })
  if (!found.ok) return { ok: false, why: found.error }
  return { ok: true, lines: found.value.slice(0, most), more: found.value.length > most }
}

interface Query {
  pattern: string
  literal: boolean
  ignoreCase?: boolean | undefined
  most: number
}

async function linesIn(tree: WorkTreeRoot, paths: readonly string[], query: Query): Promise<Result<Line[], string>> {
  const end = performance.now() + SECONDS * 1000
  const lines: Line[] = []
  let left = paths
  for (let size = FIRST; left.length > 0 && lines.length < query.most; size = Math.min(size * 4, MOST)) {
    const { files, rest } = await readBatch(tree, left, size)
    left = rest
    const text = files.map(({ text }) => text).join('')
    const seconds = Math.max((end - performance.now()) / 1000, 0.1)
    const found = await grepLines(text, query.pattern, { ...query, seconds })
    if (!found.ok) return err(found.error)
    lines.push(...byFile(files, found.value))
  }
  return ok(lines)
}

interface File {
  path: string
  text: string
}

async function readBatch(
  tree: WorkTreeRoot,
  paths: readonly string[],
  most: number,
): Promise<{ files: File[]; rest: readonly string[] }> {
  const files: File[] = []
  let [size, at] = [0, 0]
  for (; at < paths.length && size < most; at += 1) {
    const path = paths[at] ?? ''
    const file = await readText(tree, path)
    if (file === null || file.binary || file.text === '') continue
    files.push({ path, text: oneText(file.text) })
    size += file.text.length
  }
  return { files, rest: paths.slice(at) }
}

/** Adds a missing line break at the end, and replaces null characters, which would make the whole batch binary for grep. */
const oneText = (text: string): string => `${text.replaceAll('\0', ' ')}${text.endsWith('\n') ? '' : '\n'}`

/** Maps lines of the joined text to lines of its files. */
function byFile(files: readonly File[], found: readonly { line: number; text: string }[]): Line[] {
  const lines: Line[] = []
  let [before, next] = [0, 0]
  for (const { path, text } of files) {
    const last = before + text.split('\n').length - 1
    for (let one = found[next]; one !== undefined && one.line <= last; one = found[next]) {
      lines.push({ path, line: one.line - before, text: one.text.slice(0, LONGEST_LINE) })
      next += 1
    }
    before = last
  }
  return lines
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin'
const OUTPUT_BYTES = 8 * 1024 * 1024
const SOME_FOUND = 0
const NONE_FOUND = 1

interface GrepOptions {
  literal: boolean
  ignoreCase?: boolean | undefined
  most: number
  seconds: number
}

interface FoundLine {
  /** Counted from 1. */
  line: number
  text: string
}

/**
 * Lines of a text that match a pattern. Runs grep, which is killed after `seconds` and gets only this text.
 */
export function grepLines(
  text: string,
  pattern: string,
  { literal, ignoreCase, most, seconds }: GrepOptions,
): Promise<Result<FoundLine[], string>> {
  return new Promise((resolve, reject) => {
    const words = ['-n', ...(ignoreCase ? ['-i'] : []), literal ? '-F' : '-E', '-m', `${most}`, '-e', pattern]
    const child = spawn('grep', words, { cwd: '/', env: { PATH, LC_ALL: 'C' }, stdio: 'pipe' })
    const [out, errorOutput]: [Buffer[], Buffer[]] = [[], []]
    let [length, timedOut] = [0, false]
    const timer = setTimeout(() => {
      timedOut = true
      child.kill('SIGKILL')
    }, seconds * 1000)
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= OUTPUT_BYTES) out.push(chunk)
      else child.kill('SIGKILL')
    })
    child.stderr.on('data', (chunk: Buffer) => void (errorOutput.length < 10 && errorOutput.push(chunk)))
    child.on('error', (cause) => reject(new Error('grep could not be started', { cause })))
    child.on('close', (code) => {
      clearTimeout(timer)
      if (timedOut) resolve(err(`The search took longer than ${seconds} seconds: look for less, or in fewer files`))
      else if (code === SOME_FOUND || code === NONE_FOUND || length > OUTPUT_BYTES) resolve(ok(linesOf(out)))
      else
        resolve(err(`The pattern cannot be used: ${Buffer.concat(errorOutput).toString('utf8').trim().slice(0, 300)}`))
    })
    // grep may find enough before it has read everything.
    child.stdin.on('error', () => {})
    child.stdin.end(text)
  })
}

/** A line without its end was cut off, and is ignored. */
const linesOf = (chunks: Buffer[]): FoundLine[] =>
  [
    ...Buffer.concat(chunks)
      .toString('utf8')
      .matchAll(/(\d+):([^\n]*)\n/gy),
  ].map(([, line, text = '']) => ({ line: Number(line), text }))
