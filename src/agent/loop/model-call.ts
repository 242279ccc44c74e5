import type { ModelAnswer, ModelRequest, ToolSpec } from '../../ports/model.ts'
import type { Conversation, LoopResult, LoopStopReason } from './conversation.ts'
import { type MessageHistory, withCacheMarkers } from './loop-state.ts'
import { callModel, countedPrompt, type MeteredAnswer, type Unaffordable } from './metered-model.ts'
import { stopFromOutside } from './tool-round.ts'

export const specsOf = ({ tools }: Conversation): ToolSpec[] => tools.map(({ spec }) => spec)

/**
 * Calls the model for its next turn and adds the answer to the transcript. `reserve`: US dollars that the call should
 * leave.
 */
export async function callForTurn(
  conversation: Conversation,
  history: MessageHistory,
  turn: number,
  reserve: number,
): Promise<MeteredAnswer> {
  const { metered, clock } = conversation
  const start = clock.now()
  const leaving = { reserve, cached: history.cachedTokens }
  const request = requestFor(conversation, history)
  const meteredAnswer = await callModel(metered, request, history.promptTokens, leaving)
  record(conversation, turn, start, meteredAnswer.answer)
  return meteredAnswer
}

/** The history with a closer bound of its tokens than its bytes, if the API counts them. */
export const counted = async (conversation: Conversation, history: MessageHistory): Promise<MessageHistory> => ({
  ...history,
  promptTokens: await countedPrompt(
    conversation.metered.model,
    requestFor(conversation, history),
    history.promptTokens,
  ),
})

const requestFor = (conversation: Conversation, { turns, cacheLife }: MessageHistory): ModelRequest => {
  const { model, system, maxTokens, signal } = conversation
  const tools = specsOf(conversation)
  return { model, system, tools, turns: withCacheMarkers(turns), maxTokens, cacheLife, schema: null, signal }
}

/** The history with a closer bound of its tokens, if the bound that it has would end the work for want of money. */
export async function countedIfTight(
  conversation: Conversation,
  state: Pick<LoopResult, 'history' | 'turnsUsed' | 'exhausted'>,
): Promise<MessageHistory> {
  const { history } = state
  if (state.exhausted !== null || exhaustedLimit(conversation, state) !== 'money') return history
  return counted(conversation, history)
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

export function stopOfFailedCall(
  conversation: Conversation,
  { failure }: Extract<ModelAnswer | Unaffordable, { ok: false }>,
): LoopStopReason {
  if (failure.reason === 'unaffordable') return { kind: 'unaffordable', left: failure.left }
  if (failure.reason === 'aborted') return stopFromOutside(conversation) ?? { kind: 'aborted' }
  return { kind: 'model-failed', failure }
}

/** Tokens of the answer to the last call: a summary without tool calls but `finish`. */
const LAST_ANSWER = 4_000
/** Tokens that a turn adds to the next prompt: its answer and one long result, or several short ones. */
const ONE_TURN = 12_000
/** Tokens below which a turn is of no use: the money is then kept for the last call. */
const USEFUL = 2_000

/** Before the first answer there is no work to sum up. */
const hasBegun = ({ turns }: MessageHistory): boolean => turns.some(({ role }) => role === 'assistant')

/**
 * US dollars to hold back for the last call. Its dearest case, a prompt of which the cache holds nothing, counts once: as much less is
 * held back as the call before it pays to write the same prompt to the cache, which the last one then reads.
 */
function costOfLastCall({ metered, model, maxTokens }: Conversation, history: MessageHistory): number {
  const { promptTokens, cachedTokens, cacheLife } = history
  const { budget } = metered
  const size = { model, maxTokens: Math.min(LAST_ANSWER, maxTokens), cacheLife }
  const likely = budget.likelyCost(size, promptTokens + ONE_TURN, promptTokens)
  const written =
    budget.likelyCost(size, promptTokens, cachedTokens) - budget.likelyCost(size, promptTokens, promptTokens)
  return Math.max(likely, budget.worstCost(size, promptTokens + ONE_TURN) - written)
}

/** The limit of which only the reserve for the last call is left; null: none, or the conversation reserves nothing. */
export function exhaustedLimit(
  conversation: Conversation,
  { history, turnsUsed }: Pick<LoopResult, 'history' | 'turnsUsed'>,
): LoopResult['exhausted'] {
  const { lastCallPrompt, maxTurns, metered, model, maxTokens } = conversation
  if (lastCallPrompt === undefined || !hasBegun(history)) return null
  const { budget } = metered
  const useful = { model, maxTokens: Math.min(USEFUL, maxTokens), cacheLife: history.cacheLife }
  const likely = budget.likelyCost(useful, history.promptTokens, history.cachedTokens)
  const needed = Math.max(
    budget.worstCost(useful, history.promptTokens),
    likely + costOfLastCall(conversation, history),
  )
  if (budget.left() < needed) return 'money'
  return maxTurns - turnsUsed === 1 ? 'turns' : null
}

/** US dollars that the next call should leave for the last one. */
export const lastCallReserve = (
  conversation: Conversation,
  { history, exhausted }: Pick<LoopResult, 'history' | 'exhausted'>,
): number =>
  conversation.lastCallPrompt === undefined || exhausted !== null || !hasBegun(history)
    ? 0
    : costOfLastCall(conversation, history)
