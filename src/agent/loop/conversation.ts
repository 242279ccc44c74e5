import type { Usage } from '../../core/money/usage.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Block, ModelFailure, ModelRequest } from '../../ports/model.ts'
import type { Tool } from '../tools/tool.ts'
import type { MessageHistory } from './loop-state.ts'
import type { MeteredModel } from './metered-model.ts'

/**
 * All that an agent loop needs. The loop calls the model, runs the tool calls of its answer, returns their results and
 * calls it again, until the agent calls `finish` or a limit stops it. `system` and `opening` may hold two cache markers
 * together; the loop sets two more, which move with the history.
 */
export interface Conversation {
  metered: MeteredModel
  model: string
  system: ModelRequest['system']
  tools: readonly Tool[]
  opening: readonly Block[]
  /** Tokens of one answer. */
  maxTokens: number
  /** Model calls. */
  maxTurns: number
  signal: AbortSignal
  clock: Pick<Clock, 'now'>
  /** Awaited before every tool call; a returned reason stops the loop. */
  guard?: () => Promise<string | null>
  /** A text to append to the tool results of every nth turn that has any. */
  reminder?: { every: number; text: () => string }
  /** If set, money and a turn are reserved for one last call; returns the message to send once only these are left. */
  lastCallPrompt?: (of: 'money' | 'turns') => string
  /** A person's message for the next turn, quoted by the caller, or null; called before every turn. */
  pendingMessage?: () => string | null
  /** Whether the time is over. */
  deadline?: () => boolean
  onTurn?: (line: TurnRecord) => void
  /** Prompt tokens above which the loop stops; 600,000 by default. */
  maxContextTokens?: number
  /** Prompt tokens above which old results are left out; 150,000 by default. */
  compactAtTokens?: number
}

/** A line of the transcript. `turn` counts model calls from 1; `seconds`: how long the answer took. */
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

export type LoopStopReason =
  | { kind: 'finished'; value: unknown }
  /** The model answered without a tool call; if there is a `finish` tool, after two reminders of it. */
  | { kind: 'no-tool-call'; text: string }
  | { kind: 'turns' }
  | { kind: 'loop'; detail: string }
  | { kind: 'refused'; detail: string }
  /** The history, or two answers in a row, were too long. */
  | { kind: 'truncated' }
  /** `left`: US dollars. */
  | { kind: 'unaffordable'; left: number }
  | { kind: 'time' }
  | { kind: 'not-allowed'; why: string }
  | { kind: 'model-failed'; failure: ModelFailure }
  | { kind: 'aborted' }

/**
 * How an agent loop stopped. `history`: for `continueAgentLoop`; `exhausted`: what the agent was warned to be running
 * out of.
 */
export interface LoopResult {
  stopReason: LoopStopReason
  history: MessageHistory
  turnsUsed: number
  exhausted: 'money' | 'turns' | null
}
