import { z } from 'zod'
import { type Exploration, explorationSchema } from '../../core/planning.ts'
import type { Block } from '../../ports/model.ts'
import type { Sources } from '../../ports/sources.ts'
import type { Conversation, LoopEnd } from '../conversation.ts'
import { continueWith, converse } from '../loop.ts'
import { whyNotPath } from '../path-rule.ts'
import { sanitise } from '../sanitise.ts'
import type { Speaker } from '../talk.ts'
import { finishTool, readingTools } from '../toolbox.ts'
import { EXPLORING } from './prompts.ts'

export interface Explorer {
  speaker: Speaker
  model: string
  sources: Sources
  area: string
  /** The last block is what this explorer alone is told. */
  opening: readonly Block[]
}

export type Found = { ok: true; exploration: Exploration } | { ok: false; why: string }

const TURNS = 16
/** Turns to say what it has found, for one that did not come to an end. */
const LAST_TURNS = 2
const MOST_TOKENS = 8000
/** Tokens: cheap models cost several times as much above a hundred thousand. */
const WINDOW = 80_000

const foundSchema = explorationSchema.omit({ area: true })
const salvagedSchema = z.string().min(1)

/** Lets one agent look around. Paths in what it found are there; all of it is cut to what a planner should read. */
export async function exploreArea(explorer: Explorer, signal: AbortSignal): Promise<Found> {
  const conversation = conversationOf(explorer, signal)
  const { ending, thread } = await converse(conversation)
  const last = isUnfinished(ending)
    ? await continueWith({ ...conversation, turns: LAST_TURNS }, thread, [{ kind: 'text', text: FINISH_NOW }])
    : { ending }
  return digest(explorer, last.ending)
}

const FINISH_NOW = 'Your turns are over. Call finish now, with what you know; name what you could not find out.'

const isUnfinished = ({ end }: LoopEnd): boolean => ['turns', 'truncated', 'loop'].includes(end)

const conversationOf = ({ speaker, model, sources, opening }: Explorer, signal: AbortSignal): Conversation => ({
  speaker,
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

async function digest({ area, sources }: Explorer, ending: LoopEnd): Promise<Found> {
  if (ending.end === 'finished') {
    const found = foundSchema.parse(ending.value)
    return { ok: true, exploration: { area, ...(await trimmed(found, sources)) } }
  }
  const said = ending.end === 'said' ? salvagedSchema.safeParse(ending.text.trim()) : null
  if (said?.success === true)
    return { ok: true, exploration: { area, ...nothing, summary: plain(said.data, LONGEST.summary) } }
  return { ok: false, why: `the exploration of ${area} came to nothing: ${whyNothing(ending)}` }
}

type Findings = Omit<Exploration, 'area'>

const nothing: Findings = { summary: '', findings: [], conventions: [], commands: [], unknowns: [] }

/** It goes into the journal, and into the prompt of every design. */
const MOST = { findings: 30, symbols: 8, lines: 12 } as const
const LONGEST = { summary: 2000, note: 300, symbol: 120, line: 300 } as const

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

/** What a model says of files may hold what somebody hid in them. */
const plain = (text: string, most: number): string =>
  sanitise(text.slice(0, most * HIDDEN))
    .text.trim()
    .slice(0, most)

/** So many times as long may a text be with what hides in it. */
const HIDDEN = 4

/** A file or a folder. What holds a sign of a glob would match others. */
async function isThere(path: string, sources: Sources): Promise<boolean> {
  if (whyNotPath(path) !== null || /[*?{}]/.test(path)) return false
  for (const glob of [path, `${path}/**`]) if ((await sources.list(glob, 1)).paths.length > 0) return true
  return false
}

function whyNothing(ending: LoopEnd): string {
  switch (ending.end) {
    case 'unaffordable':
      return `${Math.max(0, ending.left).toFixed(2)} USD are left for it, which is not enough for another call`
    case 'model-failed':
      return `the model did not answer (${ending.failure.reason}): ${ending.failure.detail}`
    case 'refused':
      return 'the model refused'
    case 'aborted':
      return 'it was stopped'
    default:
      return 'it came to no end'
  }
}
