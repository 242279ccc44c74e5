import type { Model, ModelAnswer, ToolSpec } from '../../ports/model.ts'
import type { Conversation, Conversed, LoopEnd } from './conversation.ts'
import { type MessageHistory, withCacheMarkers } from './loop-state.ts'
import { callModel, type Unaffordable } from './metered-model.ts'
import { whyStop } from './tool-round.ts'

interface Asked {
  answer: ModelAnswer | Unaffordable
  /** Tokens that the answer could have: those asked for, or what the money was enough for. */
  maxTokens: number
}

export const specsOf = ({ tools }: Conversation): ToolSpec[] => tools.map(({ spec }) => spec)

/** Asks the model for its next turn, and notes the answer in the transcript. `kept`: US dollars that it must leave. */
export async function askForTurn(
  conversation: Conversation,
  thread: MessageHistory,
  turn: number,
  kept: number,
): Promise<Asked> {
  const { metered, model, system, maxTokens, signal, clock } = conversation
  let afforded = maxTokens
  const heeding: Model = {
    ask(request) {
      afforded = request.maxTokens
      return metered.model.ask(request)
    },
  }
  const start = clock.now()
  const answer = await callModel(
    { ...metered, model: heeding },
    {
      model,
      system,
      tools: specsOf(conversation),
      turns: withCacheMarkers(thread.turns),
      maxTokens,
      schema: null,
      signal,
    },
    thread.promptTokens,
    kept,
  )
  record(conversation, turn, start, answer)
  return { answer, maxTokens: afforded }
}

function record({ clock, onTurn }: Conversation, turn: number, start: Date, answer: ModelAnswer | Unaffordable): void {
  const at = clock.now()
  onTurn?.({
    role: 'assistant',
    at: at.toISOString(),
    turn,
    blocks: answer.ok ? answer.blocks : [],
    stop: answer.ok ? answer.stop : answer.failure.reason,
    usage: 'usage' in answer ? answer.usage : null,
    unsure: 'unsure' in answer && answer.unsure,
    seconds: (at.getTime() - start.getTime()) / 1000,
  })
}

/** What an answer that did not come ends a conversation with. */
export function endOfFailure(
  conversation: Conversation,
  { failure }: Extract<ModelAnswer | Unaffordable, { ok: false }>,
): LoopEnd {
  if (failure.reason === 'unaffordable') return { end: 'unaffordable', left: failure.left }
  if (failure.reason === 'aborted') return whyStop(conversation) ?? { end: 'aborted' }
  return { end: 'model-failed', failure }
}

/** Tokens of an answer that ends the work in words. */
const LAST_ANSWER = 4_000
/** Tokens that a turn adds to the prompt of the next one: its answer and one long result, or several short ones. */
const ONE_TURN = 12_000
/** Tokens below which a turn is of no use: the money goes to the last one. */
const USEFUL = 2_000

/** Before the first answer there is nothing to end. */
const hasBegun = ({ turns }: MessageHistory): boolean => turns.some(({ role }) => role === 'assistant')

const costOfLast = ({ metered, model, maxTokens }: Conversation, { promptTokens }: MessageHistory): number =>
  metered.budget.worst({ model, maxTokens: Math.min(LAST_ANSWER, maxTokens) }, promptTokens + ONE_TURN)

/** Of what nothing is left but for the last call; null: there is more, or the conversation keeps none back. */
export function exhaustedLimit(
  conversation: Conversation,
  { thread, turnsUsed }: Omit<Conversed, 'ending'>,
): Conversed['short'] {
  const { last, turns, metered, model, maxTokens } = conversation
  if (last === undefined || !hasBegun(thread)) return null
  const one = metered.budget.worst({ model, maxTokens: Math.min(USEFUL, maxTokens) }, thread.promptTokens)
  if (metered.budget.left() < one + costOfLast(conversation, thread)) return 'money'
  return turns - turnsUsed === 1 ? 'turns' : null
}

/** US dollars that the next call must leave for the last one. */
export const lastCallReserve = (
  conversation: Conversation,
  { thread, short }: Pick<Conversed, 'thread' | 'short'>,
): number =>
  conversation.last === undefined || short !== null || !hasBegun(thread) ? 0 : costOfLast(conversation, thread)
