import type { z } from 'zod'
import { INVISIBLE } from '../../core/invisible.ts'
import { explorationSchema } from '../../core/planning.ts'
import type { Sources } from '../../ports/sources.ts'
import { whyNotPath } from '../path-rule.ts'

/** What an explorer finds, but for the area, which it was given. */
export const foundSchema = explorationSchema.omit({ area: true })
type Findings = z.infer<typeof foundSchema>

/** It goes into the journal, and into the prompt of every design. */
const MOST = { findings: 30, symbols: 8, lines: 12 } as const
const LONGEST = { summary: 2000, note: 300, symbol: 120, line: 300 } as const

/** Cut to what a planner should read; paths that are not there are left out. */
export async function trimmed(found: Findings, sources: Sources): Promise<Findings> {
  const findings = found.findings.slice(0, MOST.findings).map(({ path, symbols, note }) => ({
    path: path.trim().replace(/^\.\//, '').replace(/\/+$/, ''),
    symbols: symbols.slice(0, MOST.symbols).map((symbol) => plain(symbol, LONGEST.symbol)),
    note: plain(note, LONGEST.note),
  }))
  const there = await Promise.all(findings.map(({ path }) => isThere(path, sources)))
  const lines = (all: readonly string[]) => all.slice(0, MOST.lines).map((line) => plain(line, LONGEST.line))
  return {
    summary: plain(found.summary, LONGEST.summary),
    findings: findings.filter((_, index) => there[index] === true),
    conventions: lines(found.conventions),
    commands: lines(found.commands),
    unknowns: lines(found.unknowns),
  }
}

/** Signatures stay as they are, also those that look like markup; what nobody can see in a file is not passed on. */
const plain = (text: string, most: number): string =>
  text
    .slice(0, most * HIDDEN)
    .replace(INVISIBLE, (sign) => (/[\n\t]/.test(sign) ? sign : ''))
    .trim()
    .slice(0, most)

/** So many times as long may a text be with what hides in it. */
const HIDDEN = 4

/** A file or a folder. What holds a sign of a glob would match others. */
async function isThere(path: string, sources: Sources): Promise<boolean> {
  if (whyNotPath(path) !== null || /[*?{}]/.test(path)) return false
  for (const glob of [path, `${path}/**`]) if ((await sources.list(glob, 1)).paths.length > 0) return true
  return false
}

/** Of an explorer that never came to a proper end: its last words. */
export const inWords = (text: string): Findings => ({
  summary: plain(text, LONGEST.summary),
  findings: [],
  conventions: [],
  commands: [],
  unknowns: [],
})
