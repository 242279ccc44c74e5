import { type Block, type ModelAnswer, textOfBlocks } from '../../ports/model.ts'
import type { Conversation, LoopStopReason } from './conversation.ts'
import { type MessageHistory, withAssistantMessage, withUserMessage } from './loop-state.ts'
import { callForTurn, lastCallReserve, stopOfFailedCall } from './model-call.ts'
import type { RepeatCounter } from './repeated-calls.ts'
import { runToolCalls, type ToolCall } from './tool-round.ts'

/** The state of an agent loop between two turns. */
export interface LoopState {
  readonly history: MessageHistory
  readonly turnsUsed: number
  /** Turns with tool calls. */
  readonly rounds: number
  /** Answers in a row that were cut off at their token limit. */
  readonly cutOff: number
  /** Answers in a row without a tool call. */
  readonly withoutCalls: number
  /** The limit that the agent was warned about. */
  readonly exhausted: 'money' | 'turns' | null
}

interface TurnResult {
  state: LoopState
  stopReason: LoopStopReason | null
}

type SuccessfulAnswer = Extract<ModelAnswer, { ok: true }>

const MOST_CUT_OFF = 1
const MOST_WITHOUT_CALLS = 2
/** The number of turns left at which the agent is reminded of the limit. */
const LAST_TURNS = 3

/** Appends blocks of the user to the history and to the transcript. */
export function addUserMessage(conversation: Conversation, state: LoopState, blocks: readonly Block[]): LoopState {
  if (blocks.length === 0) return state
  const { clock, onTurn } = conversation
  onTurn?.({ role: 'user', at: clock.now().toISOString(), turn: state.turnsUsed + 1, blocks })
  return { ...state, history: withUserMessage(state.history, blocks) }
}

/** One model call, and the tool calls of its answer. */
export async function runTurn(
  conversation: Conversation,
  before: LoopState,
  repeats: RepeatCounter,
): Promise<TurnResult> {
  const { answer, maxTokens } = await callForTurn(
    conversation,
    before.history,
    before.turnsUsed + 1,
    lastCallReserve(conversation, before),
  )
  if (!answer.ok) return { state: before, stopReason: stopOfFailedCall(conversation, answer) }
  const state = { ...before, turnsUsed: before.turnsUsed + 1 }
  if (answer.stop === 'refused') return { state, stopReason: { kind: 'refused', detail: textOfBlocks(answer.blocks) } }
  if (answer.stop === 'length') return afterCutOff(conversation, state, answer, maxTokens)
  const next = { ...state, cutOff: 0, history: withAssistantMessage(state.history, answer.blocks, answer) }
  const calls = answer.blocks.filter((block) => block.kind === 'call')
  return calls.length === 0
    ? afterNoToolCall(conversation, next, answer)
    : afterToolCalls(conversation, next, calls, repeats)
}

/** A truncated answer may end in the middle of a call or of a thought, so none of it is kept. */
function afterCutOff(
  conversation: Conversation,
  state: LoopState,
  answer: SuccessfulAnswer,
  maxTokens: number,
): TurnResult {
  const { metered } = conversation
  const next = { ...state, cutOff: state.cutOff + 1, history: withAssistantMessage(state.history, [], answer) }
  const isUnderfunded = maxTokens < conversation.maxTokens
  const lastPrompt = isUnderfunded && state.exhausted === null ? conversation.lastCallPrompt?.('money') : undefined
  if (next.cutOff > MOST_CUT_OFF && lastPrompt !== undefined)
    return {
      state: { ...addUserMessage(conversation, next, [{ kind: 'text', text: lastPrompt }]), exhausted: 'money' },
      stopReason: null,
    }
  if (next.cutOff > MOST_CUT_OFF)
    return {
      state: next,
      stopReason: isUnderfunded ? { kind: 'unaffordable', left: metered.budget.left() } : { kind: 'truncated' },
    }
  const text = `Your answer was cut off at its limit of ${maxTokens} tokens, and nothing of it was kept or run. Answer in smaller steps: one change at a time, in pieces.`
  return { state: addUserMessage(conversation, next, [{ kind: 'text', text }]), stopReason: null }
}

function afterNoToolCall(conversation: Conversation, state: LoopState, answer: SuccessfulAnswer): TurnResult {
  const canFinish = conversation.tools.some(({ kind }) => kind === 'finish')
  if (!canFinish || state.withoutCalls >= MOST_WITHOUT_CALLS)
    return { state, stopReason: { kind: 'no-tool-call', text: textOfBlocks(answer.blocks) } }
  const text = 'You have called no tool. Go on with the work, or call `finish` if it is done.'
  return {
    state: addUserMessage(conversation, { ...state, withoutCalls: state.withoutCalls + 1 }, [{ kind: 'text', text }]),
    stopReason: null,
  }
}

async function afterToolCalls(
  conversation: Conversation,
  before: LoopState,
  calls: readonly ToolCall[],
  repeats: RepeatCounter,
): Promise<TurnResult> {
  const { results, stopReason } = await runToolCalls(conversation, calls, repeats)
  const state = { ...before, withoutCalls: 0, rounds: before.rounds + 1 }
  const reminders = stopReason === null ? remindersFor(conversation, state) : []
  const blocks: Block[] = [...results, ...reminders.map((text) => ({ kind: 'text' as const, text }))]
  return { state: addUserMessage(conversation, state, blocks), stopReason }
}

function remindersFor({ reminder, maxTurns }: Conversation, { rounds, turnsUsed }: LoopState): string[] {
  const own = reminder !== undefined && rounds % reminder.every === 0 ? [reminder.text()] : []
  return maxTurns - turnsUsed === LAST_TURNS
    ? [...own, `${LAST_TURNS} turns are left: come to an end and finish.`]
    : own
}
