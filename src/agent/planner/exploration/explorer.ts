import type { z } from 'zod'
import { type Exploration, explorationSchema } from '../../../core/plan/planning.ts'
import { INVISIBLE } from '../../../core/text/control-characters.ts'
import type { Block } from '../../../ports/model.ts'
import type { Sources } from '../../../ports/sources.ts'
import type { Conversation, LoopStopReason } from '../../loop/conversation.ts'
import { continueAgentLoop, runAgentLoop } from '../../loop/loop.ts'
import type { MeteredModel } from '../../loop/metered-model.ts'
import { EXPLORING } from '../../prompts/planner-instructions.ts'
import { readingTools } from '../../tools/reading-tools.ts'
import { whyNotPath } from '../../tools/tool-access.ts'
import { finishTool } from '../../tools/toolbox.ts'
import { type NoAnswer, unaffordable } from '../structured-answer.ts'

interface Explorer {
  metered: MeteredModel
  model: string
  sources: Sources
  area: string
  /** All explorers of a run share all blocks but the last. */
  opening: readonly Block[]
}

export type ExplorationResult = { ok: true; exploration: Exploration } | NoAnswer

const TURNS = 16
/** Turns to call `finish`, after the loop stopped without it. */
const LAST_TURNS = 2
const MOST_TOKENS = 8000
/** Tokens: cheap models cost several times as much above a hundred thousand. */
const WINDOW = 80_000

/** Runs one explorer. The paths of its findings exist; all texts are shortened to what a planner should read. */
export async function exploreArea(explorer: Explorer, signal: AbortSignal): Promise<ExplorationResult> {
  const conversation = conversationOf(explorer, signal)
  const { stopReason, history } = await runAgentLoop(conversation)
  const last = isUnfinished(stopReason)
    ? await continueAgentLoop({ ...conversation, maxTurns: LAST_TURNS }, history, [{ kind: 'text', text: FINISH_NOW }])
    : { stopReason }
  return resultOf(explorer, last.stopReason)
}

const FINISH_NOW = 'Your turns are over. Call finish now, with what you know; name what you could not find out.'

const isUnfinished = ({ kind }: LoopStopReason): boolean => ['turns', 'truncated', 'loop'].includes(kind)

const conversationOf = ({ metered, model, sources, opening }: Explorer, signal: AbortSignal): Conversation => ({
  metered,
  model,
  system: [{ text: EXPLORING }],
  tools: [...readingTools(sources), finishTool(findingsSchema, 'Ends the exploration with what was found.')],
  opening,
  maxTokens: MOST_TOKENS,
  maxTurns: TURNS,
  maxContextTokens: WINDOW,
  signal,
  // Explorers have no transcript, so their turns need no time.
  clock: { now: () => new Date(0) },
})

async function resultOf({ area, sources }: Explorer, stopReason: LoopStopReason): Promise<ExplorationResult> {
  if (stopReason.kind === 'finished') {
    const findings = findingsSchema.parse(stopReason.value)
    return { ok: true, exploration: { area, ...(await shortened(findings, sources)) } }
  }
  if (stopReason.kind === 'no-tool-call' && stopReason.text.trim() !== '')
    return { ok: true, exploration: { area, ...summaryOnly(stopReason.text) } }
  const { why, ...rest } = noExploration(stopReason)
  return { ...rest, why: `the exploration of ${area} failed: ${why}` }
}

function noExploration(stopReason: LoopStopReason): NoAnswer {
  const failed = (why: string): NoAnswer => ({ ok: false, why })
  switch (stopReason.kind) {
    case 'unaffordable':
      return unaffordable(stopReason.left)
    case 'model-failed':
      return failed(`the model did not answer (${stopReason.failure.reason}): ${stopReason.failure.detail}`)
    case 'refused':
      return failed('the model refused')
    case 'aborted':
      return failed('it was stopped')
    case 'finished':
    case 'no-tool-call':
    case 'turns':
    case 'loop':
    case 'truncated':
    case 'time':
    case 'not-allowed':
      return failed('it came to no end')
  }
}

/** An exploration as the agent submits it: without the area, which was given. */
const findingsSchema = explorationSchema.omit({ area: true })
type ExplorerFindings = z.infer<typeof findingsSchema>

/** Bounds of an exploration, which goes into the journal and into the prompt of every design. `LONGEST`: characters. */
const MOST = { findings: 30, symbols: 8, lines: 12 } as const
const LONGEST = { summary: 2000, note: 300, symbol: 120, line: 300 } as const

/** Shortens the findings and leaves out paths that do not exist. */
async function shortened(found: ExplorerFindings, sources: Sources): Promise<ExplorerFindings> {
  const findings = found.findings.slice(0, MOST.findings).map(({ path, symbols, note }) => ({
    path: path.trim().replace(/^\.\//, '').replace(/\/+$/, ''),
    symbols: symbols.slice(0, MOST.symbols).map((symbol) => plain(symbol, LONGEST.symbol)),
    note: plain(note, LONGEST.note),
  }))
  const exists = await Promise.all(findings.map(({ path }) => pathExists(path, sources)))
  const lines = (all: readonly string[]) => all.slice(0, MOST.lines).map((line) => plain(line, LONGEST.line))
  return {
    summary: plain(found.summary, LONGEST.summary),
    findings: findings.filter((_, index) => exists[index] === true),
    conventions: lines(found.conventions),
    commands: lines(found.commands),
    unknowns: lines(found.unknowns),
  }
}

/** Signatures stay unchanged, also if they look like markup; invisible characters are removed. */
const plain = (text: string, most: number): string =>
  text
    .slice(0, most * INVISIBLE_FACTOR)
    .replace(INVISIBLE, (sign) => (/[\n\t]/.test(sign) ? sign : ''))
    .trim()
    .slice(0, most)

/** How many times its limit a text may have before invisible characters are removed; bounds the work. */
const INVISIBLE_FACTOR = 4

/** Whether a file or folder exists. Paths with glob signs are rejected: they would match other paths. */
async function pathExists(path: string, sources: Sources): Promise<boolean> {
  if (whyNotPath(path) !== null || /[*?{}]/.test(path)) return false
  for (const glob of [path, `${path}/**`]) if ((await sources.list(glob, 1)).paths.length > 0) return true
  return false
}

/** For an explorer that never called `finish`: its last text. */
const summaryOnly = (text: string): ExplorerFindings => ({
  summary: plain(text, LONGEST.summary),
  findings: [],
  conventions: [],
  commands: [],
  unknowns: [],
})
