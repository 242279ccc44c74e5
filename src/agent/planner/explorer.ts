import type { z } from 'zod'
import { type Exploration, explorationSchema } from '../../core/plan/planning.ts'
import { INVISIBLE } from '../../core/text/control-characters.ts'
import type { Block } from '../../ports/model.ts'
import type { Sources } from '../../ports/sources.ts'
import type { Conversation, LoopEnd } from '../loop/conversation.ts'
import { continueWith, converse } from '../loop/loop.ts'
import type { MeteredModel } from '../loop/metered-model.ts'
import { EXPLORING } from '../prompts/planner-instructions.ts'
import { readingTools } from '../tools/reading-tools.ts'
import { whyNotPath } from '../tools/tool-access.ts'
import { finishTool } from '../tools/toolbox.ts'
import { type NoAnswer, unaffordable } from './structured-answer.ts'

interface Explorer {
  metered: MeteredModel
  model: string
  sources: Sources
  area: string
  /** The last block is what this explorer alone is told. */
  opening: readonly Block[]
}

export type ExplorationResult = { ok: true; exploration: Exploration } | NoAnswer

const TURNS = 16
/** Turns to say what it has found, for one that did not come to an end. */
const LAST_TURNS = 2
const MOST_TOKENS = 8000
/** Tokens: cheap models cost several times as much above a hundred thousand. */
const WINDOW = 80_000

/** Lets one agent look around. Paths in what it found are there; all of it is cut to what a planner should read. */
export async function exploreArea(explorer: Explorer, signal: AbortSignal): Promise<ExplorationResult> {
  const conversation = conversationOf(explorer, signal)
  const { ending, thread } = await converse(conversation)
  const last = isUnfinished(ending)
    ? await continueWith({ ...conversation, turns: LAST_TURNS }, thread, [{ kind: 'text', text: FINISH_NOW }])
    : { ending }
  return digest(explorer, last.ending)
}

const FINISH_NOW = 'Your turns are over. Call finish now, with what you know; name what you could not find out.'

const isUnfinished = ({ end }: LoopEnd): boolean => ['turns', 'truncated', 'loop'].includes(end)

const conversationOf = ({ metered, model, sources, opening }: Explorer, signal: AbortSignal): Conversation => ({
  metered,
  model,
  system: [{ text: EXPLORING }],
  tools: [...readingTools(sources), finishTool(foundSchema, 'Ends the exploration with what was found.')],
  opening,
  maxTokens: MOST_TOKENS,
  turns: TURNS,
  window: WINDOW,
  signal,
  // No transcript of it is kept, so that nobody asks when what was said.
  clock: { now: () => new Date(0) },
})

async function digest({ area, sources }: Explorer, ending: LoopEnd): Promise<ExplorationResult> {
  if (ending.end === 'finished') {
    const found = foundSchema.parse(ending.value)
    return { ok: true, exploration: { area, ...(await trimmed(found, sources)) } }
  }
  if (ending.end === 'said' && ending.text.trim() !== '')
    return { ok: true, exploration: { area, ...inWords(ending.text) } }
  const { why, ...rest } = whyNothing(ending)
  return { ...rest, why: `the exploration of ${area} came to nothing: ${why}` }
}

function whyNothing(ending: LoopEnd): NoAnswer {
  const nothing = (why: string): NoAnswer => ({ ok: false, why })
  switch (ending.end) {
    case 'unaffordable':
      return unaffordable(ending.left)
    case 'model-failed':
      return nothing(`the model did not answer (${ending.failure.reason}): ${ending.failure.detail}`)
    case 'refused':
      return nothing('the model refused')
    case 'aborted':
      return nothing('it was stopped')
    default:
      return nothing('it came to no end')
  }
}

/** What an explorer finds, but for the area, which it was given. */
const foundSchema = explorationSchema.omit({ area: true })
type Findings = z.infer<typeof foundSchema>

/** It goes into the journal, and into the prompt of every design. */
const MOST = { findings: 30, symbols: 8, lines: 12 } as const
const LONGEST = { summary: 2000, note: 300, symbol: 120, line: 300 } as const

/** Cut to what a planner should read; paths that are not there are left out. */
async function trimmed(found: Findings, sources: Sources): Promise<Findings> {
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
const inWords = (text: string): Findings => ({
  summary: plain(text, LONGEST.summary),
  findings: [],
  conventions: [],
  commands: [],
  unknowns: [],
})
