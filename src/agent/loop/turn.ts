import { type Block, type ModelAnswer, textOfBlocks } from '../../ports/model.ts'
import type { Conversation, LoopEnd } from './conversation.ts'
import { type MessageHistory, withAssistantMessage, withUserMessage } from './loop-state.ts'
import { askForTurn, endOfFailure, lastCallReserve } from './model-call.ts'
import type { RepeatCounter } from './repeated-calls.ts'
import { runToolCalls, type ToolCall } from './tool-round.ts'

/** How far a conversation has come. */
export interface LoopState {
  readonly thread: MessageHistory
  readonly turnsUsed: number
  /** Turns with calls of tools. */
  readonly rounds: number
  /** Answers in a row that were cut off, or that had neither calls nor a `finish`. */
  readonly cutOff: number
  readonly silent: number
  /** What it was told to be nearly over. */
  readonly short: 'money' | 'turns' | null
}

interface Step {
  state: LoopState
  ending: LoopEnd | null
}

type Answered = Extract<ModelAnswer, { ok: true }>

const MOST_CUT_OFF = 1
const MOST_SILENT = 2
/** Turns before the last one at which it is told. */
const LAST_TURNS = 3

/** Words of the user at the end of the thread, also in the transcript. */
export function addUserMessage(conversation: Conversation, state: LoopState, blocks: readonly Block[]): LoopState {
  if (blocks.length === 0) return state
  const { clock, onTurn } = conversation
  onTurn?.({ role: 'user', at: clock.now().toISOString(), turn: state.turnsUsed + 1, blocks })
  return { ...state, thread: withUserMessage(state.thread, blocks) }
}

/** One answer of the model and all that follows from it. */
export async function runTurn(conversation: Conversation, before: LoopState, repeats: RepeatCounter): Promise<Step> {
  const { answer, maxTokens } = await askForTurn(
    conversation,
    before.thread,
    before.turnsUsed + 1,
    lastCallReserve(conversation, before),
  )
  if (!answer.ok) return { state: before, ending: endOfFailure(conversation, answer) }
  const state = { ...before, turnsUsed: before.turnsUsed + 1 }
  if (answer.stop === 'refused') return { state, ending: { end: 'refused', detail: textOfBlocks(answer.blocks) } }
  if (answer.stop === 'length') return cutOff(conversation, state, answer, maxTokens)
  const next = { ...state, cutOff: 0, thread: withAssistantMessage(state.thread, answer.blocks, answer) }
  const calls = answer.blocks.filter((block) => block.kind === 'call')
  return calls.length === 0 ? silent(conversation, next, answer) : used(conversation, next, calls, repeats)
}

/** A piece of an answer may end in the middle of a call or of a thought, so that none of it is kept. */
function cutOff(conversation: Conversation, state: LoopState, answer: Answered, maxTokens: number): Step {
  const { metered } = conversation
  const next = { ...state, cutOff: state.cutOff + 1, thread: withAssistantMessage(state.thread, [], answer) }
  const short = maxTokens < conversation.maxTokens
  const last = short && state.short === null ? conversation.last?.('money') : undefined
  if (next.cutOff > MOST_CUT_OFF && last !== undefined)
    return {
      state: { ...addUserMessage(conversation, next, [{ kind: 'text', text: last }]), short: 'money' },
      ending: null,
    }
  if (next.cutOff > MOST_CUT_OFF)
    return { state: next, ending: short ? { end: 'unaffordable', left: metered.budget.left() } : { end: 'truncated' } }
  const text = `Your answer was cut off at its limit of ${maxTokens} tokens, and nothing of it was kept or run. Answer in smaller steps: one change at a time, in pieces.`
  return { state: addUserMessage(conversation, next, [{ kind: 'text', text }]), ending: null }
}

function silent(conversation: Conversation, state: LoopState, answer: Answered): Step {
  const canFinish = conversation.tools.some(({ kind }) => kind === 'finish')
  if (!canFinish || state.silent >= MOST_SILENT)
    return { state, ending: { end: 'said', text: textOfBlocks(answer.blocks) } }
  const text = 'You have called no tool. Go on with the work, or call `finish` if it is done.'
  return {
    state: addUserMessage(conversation, { ...state, silent: state.silent + 1 }, [{ kind: 'text', text }]),
    ending: null,
  }
}

async function used(
  conversation: Conversation,
  before: LoopState,
  calls: readonly ToolCall[],
  repeats: RepeatCounter,
): Promise<Step> {
  const { results, ending } = await runToolCalls(conversation, calls, repeats)
  const state = { ...before, silent: 0, rounds: before.rounds + 1 }
  const words = ending === null ? remindersFor(conversation, state) : []
  const blocks: Block[] = [...results, ...words.map((text) => ({ kind: 'text' as const, text }))]
  return { state: addUserMessage(conversation, state, blocks), ending }
}

function remindersFor({ reminder, turns }: Conversation, { rounds, turnsUsed }: LoopState): string[] {
  const own = reminder !== undefined && rounds % reminder.every === 0 ? [reminder.text()] : []
  return turns - turnsUsed === LAST_TURNS ? [...own, `${LAST_TURNS} turns are left: come to an end and finish.`] : own
}
