import type { Block } from '../../ports/model.ts'
import { type Tool, type ToolAnswer, type ToolKind, type ToolText, toolError } from '../tools/tool.ts'
import type { Conversation, LoopEnd } from './conversation.ts'
import { type RepeatCounter, STOP_AFTER, WARN_AFTER } from './repeated-calls.ts'

/** What came of the calls of one turn: a result for each, in their order. */
interface Round {
  results: readonly Block[]
  ending: LoopEnd | null
}

/** More in one turn is no plan, and would fill the context at once. */
const MOST_CALLS = 20

/** Answers the calls of one turn: reads side by side, all else one after another; what comes after an end is not run. */
export async function runToolCalls(
  conversation: Conversation,
  calls: readonly ToolCall[],
  repeats: RepeatCounter,
): Promise<Round> {
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

const NOT_RUN = toolError(`Not run: a turn has at most ${MOST_CALLS} calls, and none after one that ended the work`)

/** Time that is over and a signal mean the same to whoever waits; which of them it was, people want to know. */
export function whyStop({ signal, deadline }: Conversation): LoopEnd | null {
  if (deadline?.() === true) return { end: 'time' }
  return signal.aborted ? { end: 'aborted' } : null
}

/** Reads that follow each other together, every other call alone. */
function batchesOf(tools: readonly Tool[], calls: readonly ToolCall[]): ToolCall[][] {
  const batches: ToolCall[][] = []
  let before = false
  for (const call of calls) {
    const reads = toolOf(tools, call)?.kind === 'read'
    if (reads && before) batches.at(-1)?.push(call)
    else batches.push([call])
    before = reads
  }
  return batches
}

const toolOf = (tools: readonly Tool[], { name }: ToolCall): Tool | undefined =>
  tools.find(({ spec }) => spec.name === name)

async function useOne(conversation: Conversation, call: ToolCall, clean: boolean) {
  const tool = toolOf(conversation.tools, call)
  return { call, kind: tool?.kind ?? 'read', answer: await answerTo(conversation, call, tool, clean) }
}

/** `clean`: no call before it in this turn has failed. */
async function answerTo(
  { guard, tools, signal }: Conversation,
  { input }: ToolCall,
  tool: Tool | undefined,
  clean: boolean,
): Promise<ToolAnswer> {
  const why = (await guard?.()) ?? null
  if (signal.aborted) return toolError('Stopped')
  if (why !== null) return { notAllowed: why }
  if (tool === undefined)
    return toolError(`There is no tool of that name; there are ${tools.map(({ spec }) => spec.name).join(', ')}`)
  if (tool.kind === 'finish' && !clean)
    return toolError('Not finished: a call before it in this turn failed; look at it')
  try {
    return await tool.use(input, signal)
  } catch (error) {
    if (signal.aborted) return toolError('Stopped')
    throw error
  }
}

export type ToolCall = Extract<Block, { kind: 'call' }>

/** A call with the result that the model gets, and what its answer ends. */
interface Taken {
  result: Extract<Block, { kind: 'result' }>
  ending: LoopEnd | null
}

/** What an answer of a tool comes to; calls that repeat themselves are warned about, then ended. */
function taken(call: ToolCall, kind: ToolKind, answer: ToolAnswer, repeats: RepeatCounter): Taken {
  if ('finished' in answer)
    return { result: resultOf(call, TAKEN), ending: { end: 'finished', value: answer.finished } }
  if ('notAllowed' in answer) {
    const why = answer.notAllowed
    return { result: resultOf(call, toolError(`Not allowed: ${why}`)), ending: { end: 'not-allowed', why } }
  }
  const { name, input } = call
  const { times, what } = repeats.add({ name, kind, input, answer: answer.text, failed: answer.failed })
  const ending: LoopEnd | null =
    times < STOP_AFTER ? null : { end: 'loop', detail: `${what} ${times} times, last ${name}` }
  const warning = `\n\nWarning: ${what} ${times} times. Do something else; at ${STOP_AFTER} times you are stopped.`
  return { result: resultOf(call, times < WARN_AFTER ? answer : { ...answer, text: answer.text + warning }), ending }
}

const TAKEN: ToolText = { text: 'Taken', failed: false }

const resultOf = ({ id }: ToolCall, { text, failed }: ToolText): Taken['result'] => ({
  kind: 'result',
  id,
  text,
  failed,
})
