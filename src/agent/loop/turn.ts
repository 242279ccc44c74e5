import { type Block, type ModelAnswer, textOf } from '../../ports/model.ts'
import type { Conversation, LoopEnd } from './conversation.ts'
import { heard, type Thread, told } from './loop-state.ts'
import { asked, givenUp, keptBack } from './model-call.ts'
import type { Repeats } from './repeated-calls.ts'
import { type Call, useTools } from './tool-round.ts'

/** How far a conversation has come. */
export interface Course {
  readonly thread: Thread
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
  course: Course
  ending: LoopEnd | null
}

type Answered = Extract<ModelAnswer, { ok: true }>

const MOST_CUT_OFF = 1
const MOST_SILENT = 2
/** Turns before the last one at which it is told. */
const LAST_TURNS = 3

/** Words of the user at the end of the thread, also in the transcript. */
export function tell(conversation: Conversation, course: Course, blocks: readonly Block[]): Course {
  if (blocks.length === 0) return course
  const { clock, onTurn } = conversation
  onTurn?.({ role: 'user', at: clock.now().toISOString(), turn: course.turnsUsed + 1, blocks })
  return { ...course, thread: told(course.thread, blocks) }
}

/** One answer of the model and all that follows from it. */
export async function turn(conversation: Conversation, before: Course, repeats: Repeats): Promise<Step> {
  const { answer, maxTokens } = await asked(
    conversation,
    before.thread,
    before.turnsUsed + 1,
    keptBack(conversation, before),
  )
  if (!answer.ok) return { course: before, ending: givenUp(conversation, answer) }
  const course = { ...before, turnsUsed: before.turnsUsed + 1 }
  if (answer.stop === 'refused') return { course, ending: { end: 'refused', detail: textOf(answer.blocks) } }
  if (answer.stop === 'length') return cutOff(conversation, course, answer, maxTokens)
  const next = { ...course, cutOff: 0, thread: heard(course.thread, answer.blocks, answer) }
  const calls = answer.blocks.filter((block) => block.kind === 'call')
  return calls.length === 0 ? silent(conversation, next, answer) : used(conversation, next, calls, repeats)
}

/** A piece of an answer may end in the middle of a call or of a thought, so that none of it is kept. */
function cutOff(conversation: Conversation, course: Course, answer: Answered, maxTokens: number): Step {
  const { speaker } = conversation
  const next = { ...course, cutOff: course.cutOff + 1, thread: heard(course.thread, [], answer) }
  const short = maxTokens < conversation.maxTokens
  const last = short && course.short === null ? conversation.last?.('money') : undefined
  if (next.cutOff > MOST_CUT_OFF && last !== undefined)
    return { course: { ...tell(conversation, next, [{ kind: 'text', text: last }]), short: 'money' }, ending: null }
  if (next.cutOff > MOST_CUT_OFF)
    return { course: next, ending: short ? { end: 'unaffordable', left: speaker.purse.left() } : { end: 'truncated' } }
  const text = `Your answer was cut off at its limit of ${maxTokens} tokens, and nothing of it was kept or run. Answer in smaller steps: one change at a time, in pieces.`
  return { course: tell(conversation, next, [{ kind: 'text', text }]), ending: null }
}

function silent(conversation: Conversation, course: Course, answer: Answered): Step {
  const canFinish = conversation.tools.some(({ kind }) => kind === 'finish')
  if (!canFinish || course.silent >= MOST_SILENT)
    return { course, ending: { end: 'said', text: textOf(answer.blocks) } }
  const text = 'You have called no tool. Go on with the work, or call `finish` if it is done.'
  return {
    course: tell(conversation, { ...course, silent: course.silent + 1 }, [{ kind: 'text', text }]),
    ending: null,
  }
}

async function used(
  conversation: Conversation,
  before: Course,
  calls: readonly Call[],
  repeats: Repeats,
): Promise<Step> {
  const { results, ending } = await useTools(conversation, calls, repeats)
  const course = { ...before, silent: 0, rounds: before.rounds + 1 }
  const words = ending === null ? remindersFor(conversation, course) : []
  const blocks: Block[] = [...results, ...words.map((text) => ({ kind: 'text' as const, text }))]
  return { course: tell(conversation, course, blocks), ending }
}

function remindersFor({ reminder, turns }: Conversation, { rounds, turnsUsed }: Course): string[] {
  const own = reminder !== undefined && rounds % reminder.every === 0 ? [reminder.text()] : []
  return turns - turnsUsed === LAST_TURNS ? [...own, `${LAST_TURNS} turns are left: come to an end and finish.`] : own
}
