import type { Model, ModelAnswer, ToolSpec } from '../ports/model.ts'
import type { Conversation, LoopEnd } from './conversation.ts'
import { whyStop } from './round.ts'
import { ask, type Unaffordable } from './talk.ts'
import { marked, type Thread } from './thread.ts'

interface Asked {
  answer: ModelAnswer | Unaffordable
  /** Tokens that the answer could have: those asked for, or what the money was enough for. */
  maxTokens: number
}

export const specsOf = ({ tools }: Conversation): ToolSpec[] => tools.map(({ spec }) => spec)

/** Asks the model for its next turn, and notes the answer in the transcript. `kept`: US dollars that it must leave. */
export async function asked(conversation: Conversation, thread: Thread, turn: number, kept: number): Promise<Asked> {
  const { speaker, model, system, maxTokens, signal, clock } = conversation
  let afforded = maxTokens
  const heeding: Model = {
    ask(request) {
      afforded = request.maxTokens
      return speaker.model.ask(request)
    },
  }
  const start = clock.now()
  const answer = await ask(
    { ...speaker, model: heeding },
    { model, system, tools: specsOf(conversation), turns: marked(thread.turns), maxTokens, schema: null, signal },
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
export function givenUp(
  conversation: Conversation,
  { failure }: Extract<ModelAnswer | Unaffordable, { ok: false }>,
): LoopEnd {
  if (failure.reason === 'unaffordable') return { end: 'unaffordable', left: failure.left }
  if (failure.reason === 'aborted') return whyStop(conversation) ?? { end: 'aborted' }
  return { end: 'model-failed', failure }
}
