import type { Block } from '../../ports/model.ts'
import type { Conversation, Conversed, LoopEnd } from './conversation.ts'
import { emptyHistory, type MessageHistory } from './loop-state.ts'
import { exhaustedLimit, specsOf } from './model-call.ts'
import { countRepeats } from './repeated-calls.ts'
import { whyStop } from './tool-round.ts'
import { addUserMessage, type LoopState, runTurn } from './turn.ts'

/** Tokens: a model's window is a million, and far before its end it forgets what stands in the middle. */
const WINDOW = 600_000

/** Lets an agent work until something ends it. It throws only where the world is broken, or a bug shows. */
export function converse(conversation: Conversation): Promise<Conversed> {
  const { system, opening } = conversation
  const empty = emptyHistory({ system, tools: specsOf(conversation) })
  return goOn(conversation, addUserMessage(conversation, courseFrom(empty), opening))
}

/** The same conversation goes on with new words of the user; `turns` of the conversation counts from here. */
export const continueWith = (
  conversation: Conversation,
  thread: MessageHistory,
  blocks: readonly Block[],
): Promise<Conversed> => goOn(conversation, addUserMessage(conversation, courseFrom(thread), blocks))

const courseFrom = (thread: MessageHistory): LoopState => ({
  thread,
  turnsUsed: 0,
  rounds: 0,
  cutOff: 0,
  silent: 0,
  short: null,
})

async function goOn(conversation: Conversation, from: LoopState): Promise<Conversed> {
  const seen = countRepeats()
  let state = from
  for (;;) {
    const why = whyNoTurn(conversation, state)
    if (why !== null) return endedBy(why, state)
    const step = await runTurn(conversation, warned(conversation, interjected(conversation, state)), seen)
    state = step.state
    if (step.ending !== null) return endedBy(step.ending, state)
  }
}

const endedBy = (ending: LoopEnd, { thread, turnsUsed, short }: LoopState): Conversed => ({
  ending,
  thread,
  turnsUsed,
  short,
})

function whyNoTurn(conversation: Conversation, { thread, turnsUsed }: LoopState): LoopEnd | null {
  if (turnsUsed >= conversation.turns) return { end: 'turns' }
  if (turnsUsed > 0 && thread.promptTokens > (conversation.window ?? WINDOW)) return { end: 'truncated' }
  return whyStop(conversation)
}

/** Said once: what is left is kept back for the end. */
function warned(conversation: Conversation, state: LoopState): LoopState {
  const short = state.short === null ? exhaustedLimit(conversation, state) : null
  const words = short === null ? undefined : conversation.last?.(short)
  return words === undefined
    ? state
    : { ...addUserMessage(conversation, state, [{ kind: 'text', text: words }]), short }
}

function interjected(conversation: Conversation, state: LoopState): LoopState {
  const words = conversation.interject?.() ?? null
  return words === null ? state : addUserMessage(conversation, state, [{ kind: 'text', text: words }])
}
