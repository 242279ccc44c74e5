import type { Readable } from '../../ports/sources.ts'
import { linesOf, shortLine } from './line-view.ts'

interface Match {
  path: string
  line: number
  text: string
}

/** Characters of one line. */
const LONGEST_LINE = 300

/** The files that have matching lines, with the number of them. */
export const matchingFiles = (matches: readonly Match[]): string[] =>
  [...byPath(matches)].map(([path, { length }]) => `${path} (${length} ${length === 1 ? 'line' : 'lines'})`)

/** `path:line: text` for a match, `path-line- text` for a line around it, `--` where lines are left out between. */
export async function linesAround(sources: Readable, matches: readonly Match[], around: number): Promise<string[]> {
  if (around === 0) return matches.map(({ path, line, text }) => shown(path, line, text, ':'))
  const blocks: string[][] = []
  for (const [path, found] of byPath(matches)) {
    const file = await sources.read(path)
    blocks.push(...blocksOf(path, found, linesOf(file?.text ?? ''), around))
  }
  return blocks.flatMap((block, index) => (index === 0 ? block : ['--', ...block]))
}

/** Matches whose surroundings touch are one block. */
function blocksOf(path: string, matches: readonly Match[], lines: readonly string[], around: number): string[][] {
  const blocks: string[][] = []
  const texts = new Map(matches.map(({ line, text }) => [line, text]))
  let last = Number.NEGATIVE_INFINITY
  for (const { line } of matches) {
    const from = Math.max(1, line - around, last + 1)
    if (from > last + 1) blocks.push([])
    const to = Math.max(line, Math.min(lines.length, line + around))
    for (let at = from; at <= to; at += 1)
      blocks.at(-1)?.push(shown(path, at, texts.get(at) ?? lines[at - 1] ?? '', texts.has(at) ? ':' : '-'))
    last = Math.max(last, to)
  }
  return blocks
}

const shown = (path: string, line: number, text: string, sign: ':' | '-'): string =>
  `${path}${sign}${line}${sign} ${shortLine(text, LONGEST_LINE)}`

function byPath(matches: readonly Match[]): Map<string, Match[]> {
  const all = new Map<string, Match[]>()
  for (const match of matches) all.set(match.path, [...(all.get(match.path) ?? []), match])
  return all
}
