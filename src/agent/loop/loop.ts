import type { Block } from '../../ports/model.ts'
import { compacted } from './compaction.ts'
import type { Conversation, LoopResult, LoopStopReason } from './conversation.ts'
import { atCall, emptyHistory, type MessageHistory } from './loop-state.ts'
import { counted, countedIfTight, exhaustedLimit, specsOf } from './model-call.ts'
import { countRepeats } from './repeated-calls.ts'
import { stopFromOutside } from './tool-round.ts'
import { addUserMessage, type LoopState, runTurn } from './turn.ts'

/** Prompt tokens. The model's limit is a million, and long before it a model loses track of the middle. */
const MAX_CONTEXT_TOKENS = 600_000
const COMPACT_AT_TOKENS = 150_000

/** Runs an agent until a stop reason. It throws only if the environment is broken, or for a bug. */
export function runAgentLoop(conversation: Conversation): Promise<LoopResult> {
  const { system, opening } = conversation
  const history = emptyHistory({ system, tools: specsOf(conversation) })
  return runUntilStop(conversation, addUserMessage(conversation, initialState(history), opening))
}

/** Continues a stopped loop with new blocks of the user; `maxTurns` counts from here. */
export const continueAgentLoop = (
  conversation: Conversation,
  history: MessageHistory,
  blocks: readonly Block[],
): Promise<LoopResult> => runUntilStop(conversation, addUserMessage(conversation, initialState(history), blocks))

const nowOf = ({ clock }: Conversation): number => clock.now().getTime()

const initialState = (history: MessageHistory): LoopState => ({
  history,
  turnsUsed: 0,
  rounds: 0,
  cutOff: 0,
  withoutCalls: 0,
  exhausted: null,
})

async function runUntilStop(conversation: Conversation, initial: LoopState): Promise<LoopResult> {
  let repeats = countRepeats()
  let state = initial
  let shortenedFor: number | null = null
  for (;;) {
    const roomy = await compactedIfFull(conversation, state)
    // What is left out may have to be looked at again.
    if (roomy.history.turns !== state.history.turns) repeats = countRepeats()
    state = roomy
    const stopReason = stopBeforeTurn(conversation, state)
    if (stopReason !== null) return resultOf(stopReason, state)
    const asked = withPendingMessage(conversation, { ...state, history: atCall(state.history, nowOf(conversation)) })
    const closer = { ...asked, history: await countedIfTight(conversation, asked) }
    const turn = await runTurn(conversation, withLimitWarning(conversation, closer), repeats)
    state = turn.state
    const shorter = isTooLong(turn.stopReason) && shortenedFor !== state.turnsUsed ? compacted(state.history, 1) : null
    if (shorter !== null) {
      shortenedFor = state.turnsUsed
      state = { ...state, history: shorter }
      continue
    }
    if (turn.stopReason !== null) return resultOf(turn.stopReason, state)
  }
}

/** The state with a shorter history, if it is nearly full; else the same. */
async function compactedIfFull(conversation: Conversation, state: LoopState): Promise<LoopState> {
  const { compactAtTokens = COMPACT_AT_TOKENS, maxContextTokens = MAX_CONTEXT_TOKENS } = conversation
  const most = Math.min(compactAtTokens, maxContextTokens)
  if (state.history.promptTokens <= most) return state
  const history = await counted(conversation, state.history)
  if (history.promptTokens <= most) return { ...state, history }
  // A few results may be long enough to fill the context.
  const least = history.promptTokens > maxContextTokens ? 1 : 3
  const shorter = compacted(history) ?? compacted(history, least)
  return shorter === null ? state : { ...state, history: await counted(conversation, shorter) }
}

/** The model has less room than is assumed here. */
const isTooLong = (stopReason: LoopStopReason | null): boolean =>
  stopReason?.kind === 'model-failed' && stopReason.failure.reason === 'too-long'

const resultOf = (stopReason: LoopStopReason, { history, turnsUsed, exhausted }: LoopState): LoopResult => ({
  stopReason,
  history,
  turnsUsed,
  exhausted,
})

function stopBeforeTurn(conversation: Conversation, { history, turnsUsed }: LoopState): LoopStopReason | null {
  const { maxTurns, maxContextTokens = MAX_CONTEXT_TOKENS } = conversation
  if (turnsUsed >= maxTurns) return { kind: 'turns' }
  if (turnsUsed > 0 && history.promptTokens > maxContextTokens) return { kind: 'truncated' }
  return stopFromOutside(conversation)
}

/** Adds the prompt for the last call once only the reserve for that call is left. */
function withLimitWarning(conversation: Conversation, state: LoopState): LoopState {
  const exhausted = state.exhausted === null ? exhaustedLimit(conversation, state) : null
  const text = exhausted === null ? undefined : conversation.lastCallPrompt?.(exhausted)
  return text === undefined ? state : { ...addUserMessage(conversation, state, [{ kind: 'text', text }]), exhausted }
}

function withPendingMessage(conversation: Conversation, state: LoopState): LoopState {
  const text = conversation.pendingMessage?.() ?? null
  return text === null ? state : addUserMessage(conversation, state, [{ kind: 'text', text }])
}
