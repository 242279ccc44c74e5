import type { Exploration } from '../../core/planning.ts'
import type { Block } from '../../ports/model.ts'
import type { Sources } from '../../ports/sources.ts'
import type { Conversation, LoopEnd } from '../conversation.ts'
import { continueWith, converse } from '../loop.ts'
import type { Speaker } from '../talk.ts'
import { finishTool, readingTools } from '../toolbox.ts'
import { foundSchema, inWords, trimmed } from './findings.ts'
import type { Nothing } from './nothing.ts'
import { EXPLORING } from './prompts.ts'
import { unaffordable } from './structured.ts'

export interface Explorer {
  speaker: Speaker
  model: string
  sources: Sources
  area: string
  /** The last block is what this explorer alone is told. */
  opening: readonly Block[]
}

export type Found = { ok: true; exploration: Exploration } | Nothing

const TURNS = 16
/** Turns to say what it has found, for one that did not come to an end. */
const LAST_TURNS = 2
const MOST_TOKENS = 8000
/** Tokens: cheap models cost several times as much above a hundred thousand. */
const WINDOW = 80_000

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
  if (ending.end === 'said' && ending.text.trim() !== '')
    return { ok: true, exploration: { area, ...inWords(ending.text) } }
  const { why, ...rest } = whyNothing(ending)
  return { ...rest, why: `the exploration of ${area} came to nothing: ${why}` }
}

function whyNothing(ending: LoopEnd): Nothing {
  const nothing = (why: string): Nothing => ({ ok: false, why })
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
