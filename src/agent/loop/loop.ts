import type { Block } from '../../ports/model.ts'
import type { Conversation, Conversed, LoopEnd } from './conversation.ts'
import { type Thread, threadOf } from './loop-state.ts'
import { shortOf, specsOf } from './model-call.ts'
import { repeats } from './repeated-calls.ts'
import { whyStop } from './tool-round.ts'
import { type Course, tell, turn } from './turn.ts'

/** Tokens: a model's window is a million, and far before its end it forgets what stands in the middle. */
const WINDOW = 600_000

/** Lets an agent work until something ends it. It throws only where the world is broken, or a bug shows. */
export function converse(conversation: Conversation): Promise<Conversed> {
  const { system, opening } = conversation
  const empty = threadOf({ system, tools: specsOf(conversation) })
  return goOn(conversation, tell(conversation, courseFrom(empty), opening))
}

/** The same conversation goes on with new words of the user; `turns` of the conversation counts from here. */
export const continueWith = (
  conversation: Conversation,
  thread: Thread,
  blocks: readonly Block[],
): Promise<Conversed> => goOn(conversation, tell(conversation, courseFrom(thread), blocks))

const courseFrom = (thread: Thread): Course => ({ thread, turnsUsed: 0, rounds: 0, cutOff: 0, silent: 0, short: null })

async function goOn(conversation: Conversation, from: Course): Promise<Conversed> {
  const seen = repeats()
  let course = from
  for (;;) {
    const why = whyNoTurn(conversation, course)
    if (why !== null) return endedBy(why, course)
    const step = await turn(conversation, warned(conversation, interjected(conversation, course)), seen)
    course = step.course
    if (step.ending !== null) return endedBy(step.ending, course)
  }
}

const endedBy = (ending: LoopEnd, { thread, turnsUsed, short }: Course): Conversed => ({
  ending,
  thread,
  turnsUsed,
  short,
})

function whyNoTurn(conversation: Conversation, { thread, turnsUsed }: Course): LoopEnd | null {
  if (turnsUsed >= conversation.turns) return { end: 'turns' }
  if (turnsUsed > 0 && thread.promptTokens > (conversation.window ?? WINDOW)) return { end: 'truncated' }
  return whyStop(conversation)
}

/** Said once: what is left is kept back for the end. */
function warned(conversation: Conversation, course: Course): Course {
  const short = course.short === null ? shortOf(conversation, course) : null
  const words = short === null ? undefined : conversation.last?.(short)
  return words === undefined ? course : { ...tell(conversation, course, [{ kind: 'text', text: words }]), short }
}

function interjected(conversation: Conversation, course: Course): Course {
  const words = conversation.interject?.() ?? null
  return words === null ? course : tell(conversation, course, [{ kind: 'text', text: words }])
}
