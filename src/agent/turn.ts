import { type Block, type ModelAnswer, type ToolSpec, textOf } from '../ports/model.ts'
import type { Conversation, LoopEnd } from './conversation.ts'
import type { Repeats } from './repeats.ts'
import { type Call, useTools, whyStop } from './round.ts'
import { ask, type Unaffordable } from './talk.ts'
import { heard, marked, type Thread, told } from './thread.ts'

/** How far a conversation has come. */
export interface Course {
  readonly thread: Thread
  readonly turnsUsed: number
  /** Turns with calls of tools. */
  readonly rounds: number
  /** Answers in a row that were cut off, or that had neither calls nor a `finish`. */
  readonly cutOff: number
  readonly silent: number
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

export const specsOf = ({ tools }: Conversation): ToolSpec[] => tools.map(({ spec }) => spec)

/** Words of the user at the end of the thread, also in the transcript. */
export function tell(conversation: Conversation, course: Course, blocks: readonly Block[]): Course {
  if (blocks.length === 0) return course
  const { clock, onTurn } = conversation
  onTurn?.({ role: 'user', at: clock.now().toISOString(), turn: course.turnsUsed + 1, blocks })
  return { ...course, thread: told(course.thread, blocks) }
}

/** One answer of the model and all that follows from it. */
export async function turn(conversation: Conversation, before: Course, repeats: Repeats): Promise<Step> {
  const { answer, maxTokens } = await asked(conversation, before)
  if (!answer.ok) return { course: before, ending: givenUp(conversation, answer) }
  const course = { ...before, turnsUsed: before.turnsUsed + 1 }
  if (answer.stop === 'refused') return { course, ending: { end: 'refused', detail: textOf(answer.blocks) } }
  if (answer.stop === 'length') return cutOff(conversation, course, answer, maxTokens)
  const next = { ...course, cutOff: 0, thread: heard(course.thread, answer.blocks, answer.usage) }
  const calls = answer.blocks.filter((block) => block.kind === 'call')
  return calls.length === 0 ? silent(conversation, next, answer) : used(conversation, next, calls, repeats)
}

/** `maxTokens`: what the purse gave for the answer. */
async function asked(conversation: Conversation, { thread, turnsUsed }: Course) {
  const { speaker, model, system, maxTokens, signal, clock } = conversation
  let afforded = maxTokens
  const heeding = {
    ask(request: Parameters<typeof speaker.model.ask>[0]) {
      afforded = request.maxTokens
      return speaker.model.ask(request)
    },
  }
  const tools = specsOf(conversation)
  const turns = marked(thread.turns)
  const start = clock.now()
  const answer = await ask(
    { ...speaker, model: heeding },
    { model, system, tools, turns, maxTokens, schema: null, signal },
    thread.promptTokens,
  )
  record(conversation, turnsUsed + 1, start, answer)
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

function givenUp(conversation: Conversation, { failure }: Extract<ModelAnswer | Unaffordable, { ok: false }>): LoopEnd {
  if (failure.reason === 'unaffordable') return { end: 'unaffordable', left: failure.left }
  if (failure.reason === 'aborted') return whyStop(conversation) ?? { end: 'aborted' }
  return { end: 'model-failed', failure }
}

/** A piece of an answer may end in the middle of a call or of a thought, so that none of it is kept. */
function cutOff(conversation: Conversation, course: Course, { usage }: Answered, maxTokens: number): Step {
  const { speaker } = conversation
  const next = { ...course, cutOff: course.cutOff + 1, thread: heard(course.thread, [], usage) }
  const short = maxTokens < conversation.maxTokens
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
