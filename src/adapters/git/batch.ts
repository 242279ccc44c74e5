import type { GitPlace } from './place.ts'
import { gitText, runGit } from './plumbing.ts'

export interface ObjectInfo {
  sha: string
  type: string
  bytes: number
}

export interface ObjectContent extends ObjectInfo {
  content: Buffer
}

/** One git process tells of many objects; null for those that are not there. `names` must be free of line breaks. */
export async function infoOf(place: GitPlace, names: readonly string[]): Promise<(ObjectInfo | null)[]> {
  if (names.length === 0) return []
  const answer = await gitText(place, ['cat-file', '--batch-check'], { input: linesOf(names) })
  return names.map((_, index) => parseInfo(answer.split('\n')[index] ?? ''))
}

/** One git process reads many objects, in the order asked for. */
export async function contentOf(
  place: GitPlace,
  names: readonly string[],
  maxBytes: number,
): Promise<(ObjectContent | null)[]> {
  if (names.length === 0) return []
  const { stdout } = await runGit(place, ['cat-file', '--batch'], { input: linesOf(names), maxBytes })
  const found: (ObjectContent | null)[] = []
  let at = 0
  while (found.length < names.length) {
    const end = stdout.indexOf(0x0a, at)
    if (end === -1) throw new Error('git cat-file ended too early')
    const info = parseInfo(stdout.toString('utf8', at, end))
    const start = end + 1
    found.push(info === null ? null : { ...info, content: stdout.subarray(start, start + info.bytes) })
    at = info === null ? start : start + info.bytes + 1
  }
  return found
}

function linesOf(names: readonly string[]): string {
  for (const name of names) {
    if (/[\n\0]/.test(name)) throw new Error(`no name of an object: ${JSON.stringify(name)}`)
  }
  return names.map((name) => `${name}\n`).join('')
}

function parseInfo(line: string): ObjectInfo | null {
  const match = /^([0-9a-f]{40}) (blob|tree|commit|tag) ([0-9]+)$/.exec(line)
  if (match?.[1] === undefined || match[2] === undefined) return null
  return { sha: match[1], type: match[2], bytes: Number(match[3]) }
}
