import type { Usage } from '../../core/money/usage.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Block, ModelFailure, ModelRequest } from '../../ports/model.ts'
import type { Tool } from '../tools/tool.ts'
import type { MessageHistory } from './loop-state.ts'
import type { MeteredModel } from './metered-model.ts'

/**
 * An agent at work: it is asked, calls tools, sees their answers, is asked again, until it calls `finish` or something
 * ends it. `system` and `opening` may hold two cache markers together; the loop sets two more, which move.
 */
export interface Conversation {
  metered: MeteredModel
  model: string
  system: ModelRequest['system']
  tools: readonly Tool[]
  opening: readonly Block[]
  /** Tokens that one answer may have. */
  maxTokens: number
  /** Calls of the model that may be made. */
  turns: number
  signal: AbortSignal
  clock: Pick<Clock, 'now'>
  /** Asked before every call of a tool, which waits for the answer; a reason ends the conversation. */
  guard?: () => Promise<string | null>
  /** Words that stand after the results of every so many turns. */
  reminder?: { every: number; text: () => string }
  /** One more call is kept back, of money and of turns; what it is told when nothing but that is left. */
  last?: (of: 'money' | 'turns') => string
  /** Words of a person for the next turn, fenced as such by the caller; asked before every turn. */
  interject?: () => string | null
  /** Whether its time is over. */
  deadline?: () => boolean
  onTurn?: (line: TurnRecord) => void
  /** Tokens at which a conversation is too long to go on; 600,000 where nothing is said. */
  window?: number
}

/** A line of the transcript. `turn` counts the calls of the model, from 1; `seconds`: how long the answer took. */
export type TurnRecord =
  | { role: 'user'; at: string; turn: number; blocks: readonly Block[] }
  | {
      role: 'assistant'
      at: string
      turn: number
      blocks: readonly Block[]
      stop: string
      usage: Usage | null
      unsure: boolean
      seconds: number
    }

export type LoopEnd =
  | { end: 'finished'; value: unknown }
  /** It ended without `finish`, reminded of it twice where there is one. */
  | { end: 'said'; text: string }
  | { end: 'turns' }
  | { end: 'loop'; detail: string }
  | { end: 'refused'; detail: string }
  | { end: 'truncated' }
  | { end: 'unaffordable'; left: number }
  | { end: 'time' }
  | { end: 'not-allowed'; why: string }
  | { end: 'model-failed'; failure: ModelFailure }
  | { end: 'aborted' }

/** How a conversation ended; `thread` is what goes on with `continueWith`. `short`: what it was told to be nearly over. */
export interface Conversed {
  ending: LoopEnd
  thread: MessageHistory
  turnsUsed: number
  short: 'money' | 'turns' | null
}
