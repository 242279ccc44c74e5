import type { Block } from '../../ports/model.ts'
import { failed, type Said, type Tool, type ToolAnswer, type ToolKind } from '../tools/tool.ts'
import type { Conversation, LoopEnd } from './conversation.ts'
import { type Repeats, STOP, WARN } from './repeated-calls.ts'

/** What came of the calls of one turn: a result for each, in their order. */
interface Round {
  results: readonly Block[]
  ending: LoopEnd | null
}

/** More in one turn is no plan, and would fill the context at once. */
const MOST_CALLS = 20

/** Answers the calls of one turn: reads side by side, all else one after another; what comes after an end is not run. */
export async function useTools(conversation: Conversation, calls: readonly Call[], repeats: Repeats): Promise<Round> {
  const done: Taken[] = []
  let ending = whyStop(conversation)
  for (const batch of batchesOf(conversation.tools, calls.slice(0, MOST_CALLS))) {
    if (ending !== null) break
    const clean = done.every(({ result }) => !result.failed)
    const answers = await Promise.all(batch.map((call) => useOne(conversation, call, clean)))
    done.push(...answers.map(({ call, kind, answer }) => taken(call, kind, answer, repeats)))
    ending = done.find((one) => one.ending !== null)?.ending ?? whyStop(conversation)
  }
  const rest = calls.slice(done.length).map((call) => resultOf(call, NOT_RUN))
  return { results: [...done.map(({ result }) => result), ...rest], ending }
}

const NOT_RUN = failed(`Not run: a turn has at most ${MOST_CALLS} calls, and none after one that ended the work`)

/** Time that is over and a signal mean the same to whoever waits; which of them it was, people want to know. */
export function whyStop({ signal, deadline }: Conversation): LoopEnd | null {
  if (deadline?.() === true) return { end: 'time' }
  return signal.aborted ? { end: 'aborted' } : null
}

/** Reads that follow each other together, every other call alone. */
function batchesOf(tools: readonly Tool[], calls: readonly Call[]): Call[][] {
  const batches: Call[][] = []
  let before = false
  for (const call of calls) {
    const reads = toolOf(tools, call)?.kind === 'read'
    if (reads && before) batches.at(-1)?.push(call)
    else batches.push([call])
    before = reads
  }
  return batches
}

const toolOf = (tools: readonly Tool[], { name }: Call): Tool | undefined =>
  tools.find(({ spec }) => spec.name === name)

async function useOne(conversation: Conversation, call: Call, clean: boolean) {
  const tool = toolOf(conversation.tools, call)
  return { call, kind: tool?.kind ?? 'read', answer: await answerTo(conversation, call, tool, clean) }
}

/** `clean`: no call before it in this turn has failed. */
async function answerTo(
  { guard, tools, signal }: Conversation,
  { input }: Call,
  tool: Tool | undefined,
  clean: boolean,
): Promise<ToolAnswer> {
  const why = (await guard?.()) ?? null
  if (signal.aborted) return failed('Stopped')
  if (why !== null) return { notAllowed: why }
  if (tool === undefined)
    return failed(`There is no tool of that name; there are ${tools.map(({ spec }) => spec.name).join(', ')}`)
  if (tool.kind === 'finish' && !clean) return failed('Not finished: a call before it in this turn failed; look at it')
  try {
    return await tool.use(input, signal)
  } catch (error) {
    if (signal.aborted) return failed('Stopped')
    throw error
  }
}

export type Call = Extract<Block, { kind: 'call' }>

/** A call with the result that the model gets, and what its answer ends. */
interface Taken {
  result: Extract<Block, { kind: 'result' }>
  ending: LoopEnd | null
}

/** What an answer of a tool comes to; calls that repeat themselves are warned about, then ended. */
function taken(call: Call, kind: ToolKind, answer: ToolAnswer, repeats: Repeats): Taken {
  if ('finished' in answer)
    return { result: resultOf(call, TAKEN), ending: { end: 'finished', value: answer.finished } }
  if ('notAllowed' in answer) {
    const why = answer.notAllowed
    return { result: resultOf(call, failed(`Not allowed: ${why}`)), ending: { end: 'not-allowed', why } }
  }
  const { name, input } = call
  const { times, what } = repeats.add({ name, kind, input, answer: answer.text, failed: answer.failed })
  const ending: LoopEnd | null = times < STOP ? null : { end: 'loop', detail: `${what} ${times} times, last ${name}` }
  const warning = `\n\nWarning: ${what} ${times} times. Do something else; at ${STOP} times you are stopped.`
  return { result: resultOf(call, times < WARN ? answer : { ...answer, text: answer.text + warning }), ending }
}

const TAKEN: Said = { text: 'Taken', failed: false }

const resultOf = ({ id }: Call, { text, failed }: Said): Taken['result'] => ({
  kind: 'result',
  id,
  text,
  failed,
})
