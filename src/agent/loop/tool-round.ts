import type { Block } from '../../ports/model.ts'
import { type Tool, type ToolAnswer, type ToolKind, type ToolText, toolError } from '../tools/tool.ts'
import type { Conversation, LoopStopReason } from './conversation.ts'
import { type RepeatCounter, STOP_AFTER, WARN_AFTER } from './repeated-calls.ts'

/** One result for each tool call of a turn, in the order of the calls. */
interface ToolRound {
  results: readonly Block[]
  stopReason: LoopStopReason | null
}

/** What is needed of a conversation to run the tool calls of its turns. */
type ToolRunner = Pick<Conversation, 'tools' | 'guard' | 'signal' | 'deadline'>

/** More calls in one turn are no plan, and could fill the context at once. */
const MOST_CALLS = 20

/**
 * Runs the tool calls of one turn: successive reads in parallel, all others in order. After a stop reason no further
 * call is run.
 */
export async function runToolCalls(
  conversation: ToolRunner,
  calls: readonly ToolCall[],
  repeats: RepeatCounter,
): Promise<ToolRound> {
  const handled: HandledCall[] = []
  let stopReason = stopFromOutside(conversation)
  for (const batch of batchesOf(conversation.tools, calls.slice(0, MOST_CALLS))) {
    if (stopReason !== null) break
    const allSucceeded = handled.every(({ result }) => !result.failed)
    const answers = await Promise.all(batch.map((call) => runCall(conversation, call, allSucceeded)))
    handled.push(...answers.map(({ call, kind, answer }) => handleAnswer(call, kind, answer, repeats)))
    stopReason = handled.find((one) => one.stopReason !== null)?.stopReason ?? stopFromOutside(conversation)
  }
  const notRun = calls.slice(handled.length).map((call) => resultOf(call, NOT_RUN))
  return { results: [...handled.map(({ result }) => result), ...notRun], stopReason }
}

const NOT_RUN = toolError(`Not run: a turn has at most ${MOST_CALLS} calls, and none after one that ended the work`)

/** The deadline comes first: it aborts the signal too, and people want to know which of them it was. */
export function stopFromOutside({ signal, deadline }: Pick<ToolRunner, 'signal' | 'deadline'>): LoopStopReason | null {
  if (deadline?.() === true) return { kind: 'time' }
  return signal.aborted ? { kind: 'aborted' } : null
}

/** Successive reads together, every other call alone. */
function batchesOf(tools: readonly Tool[], calls: readonly ToolCall[]): ToolCall[][] {
  const batches: ToolCall[][] = []
  let isReadBatch = false
  for (const call of calls) {
    const isRead = toolOf(tools, call)?.kind === 'read'
    if (isRead && isReadBatch) batches.at(-1)?.push(call)
    else batches.push([call])
    isReadBatch = isRead
  }
  return batches
}

const toolOf = (tools: readonly Tool[], { name }: ToolCall): Tool | undefined =>
  tools.find(({ spec }) => spec.name === name)

async function runCall(conversation: ToolRunner, call: ToolCall, allSucceeded: boolean) {
  const tool = toolOf(conversation.tools, call)
  return { call, kind: tool?.kind ?? 'read', answer: await answerOf(conversation, call, tool, allSucceeded) }
}

/** `allSucceeded`: no earlier call of this turn failed. */
async function answerOf(
  { guard, tools, signal }: ToolRunner,
  { input }: ToolCall,
  tool: Tool | undefined,
  allSucceeded: boolean,
): Promise<ToolAnswer> {
  const why = (await guard?.()) ?? null
  if (signal.aborted) return toolError('Stopped')
  if (why !== null) return { notAllowed: why }
  if (tool === undefined)
    return toolError(`There is no tool of that name; there are ${tools.map(({ spec }) => spec.name).join(', ')}`)
  if (tool.kind === 'finish' && !allSucceeded)
    return toolError('Not finished: a call before it in this turn failed; look at it')
  try {
    return await tool.use(input, signal)
  } catch (error) {
    if (signal.aborted) return toolError('Stopped')
    throw error
  }
}

export type ToolCall = Extract<Block, { kind: 'call' }>

/** The result of a call for the model, and the stop reason that follows from it. */
interface HandledCall {
  result: Extract<Block, { kind: 'result' }>
  stopReason: LoopStopReason | null
}

/** Adds a warning to the result of a repeated call, and stops the loop after more repetitions. */
function handleAnswer(call: ToolCall, kind: ToolKind, answer: ToolAnswer, repeats: RepeatCounter): HandledCall {
  if ('finished' in answer)
    return { result: resultOf(call, ACCEPTED), stopReason: { kind: 'finished', value: answer.finished } }
  if ('notAllowed' in answer) {
    const why = answer.notAllowed
    return { result: resultOf(call, toolError(`Not allowed: ${why}`)), stopReason: { kind: 'not-allowed', why } }
  }
  const { name, input } = call
  const { times, what } = repeats.add({ name, kind, input, answer: answer.text, failed: answer.failed })
  const stopReason: LoopStopReason | null =
    times < STOP_AFTER ? null : { kind: 'loop', detail: `${what} ${times} times, last ${name}` }
  const warning = `\n\nWarning: ${what} ${times} times. Do something else; at ${STOP_AFTER} times you are stopped.`
  const text = times < WARN_AFTER ? answer.text : answer.text + warning
  return { result: resultOf(call, { ...answer, text }), stopReason }
}

const ACCEPTED: ToolText = { text: 'Taken', failed: false }

const resultOf = ({ id }: ToolCall, { text, failed }: ToolText): HandledCall['result'] => ({
  kind: 'result',
  id,
  text,
  failed,
})
