import type { Conversation, Conversed } from './conversation.ts'
import type { Thread } from './thread.ts'

/** Tokens of an answer that ends the work in words. */
const LAST_ANSWER = 4_000
/** Tokens that a turn adds to the prompt of the next one: its answer and one long result, or several short ones. */
const ONE_TURN = 12_000
/** Tokens below which a turn is of no use: the money goes to the last one. */
const USEFUL = 2_000

/** Before the first answer there is nothing to end. */
const hasBegun = ({ turns }: Thread): boolean => turns.some(({ role }) => role === 'assistant')

const costOfLast = ({ speaker, model, maxTokens }: Conversation, { promptTokens }: Thread): number =>
  speaker.purse.worst({ model, maxTokens: Math.min(LAST_ANSWER, maxTokens) }, promptTokens + ONE_TURN)

/** Of what nothing is left but for the last call; null: there is more, or the conversation keeps none back. */
export function shortOf(
  conversation: Conversation,
  { thread, turnsUsed }: Omit<Conversed, 'ending'>,
): Conversed['short'] {
  const { last, turns, speaker, model, maxTokens } = conversation
  if (last === undefined || !hasBegun(thread)) return null
  const one = speaker.purse.worst({ model, maxTokens: Math.min(USEFUL, maxTokens) }, thread.promptTokens)
  if (speaker.purse.left() < one + costOfLast(conversation, thread)) return 'money'
  return turns - turnsUsed === 1 ? 'turns' : null
}

/** US dollars that the next call must leave for the last one. */
export const keptBack = (conversation: Conversation, { thread, short }: Pick<Conversed, 'thread' | 'short'>): number =>
  conversation.last === undefined || short !== null || !hasBegun(thread) ? 0 : costOfLast(conversation, thread)
