import type { CountBody, Message } from './body.ts'
import { blocksOf } from './conversation.ts'
import { firstProblem } from './first-problem.ts'
import { messageProblem, systemProblem } from './validate-blocks.ts'
import { callsProblem } from './validate-calls.ts'

/** What is wrong with the conversation, or null. `prefill` is: the model goes on from a last assistant message. */
export function messagesProblem(body: CountBody, prefill: boolean): string | null {
  if (body.messages.length === 0) return 'messages: at least one message is required'
  if (body.messages[0]?.role !== 'user') return 'messages.0: the first message must use the `user` role'
  return (
    systemProblem(body) ??
    firstProblem(body.messages, messageProblem) ??
    callsProblem(body.messages) ??
    lastProblem(body.messages, prefill)
  )
}

function lastProblem(messages: readonly Message[], prefill: boolean): string | null {
  const last = messages.at(-1)
  if (last?.role !== 'assistant') return null
  if (!prefill) return 'This model does not support assistant message prefill: the last message must be of the user'
  const block = blocksOf(last).at(-1)
  return block?.type === 'text' && block.text !== block.text.trimEnd()
    ? 'messages: final assistant content cannot end with trailing whitespace'
    : null
}
