import type { Block } from '../ports/model.ts'
import type { Conversation, LoopEnd } from './conversation.ts'
import { type Repeats, STOP, WARN } from './repeats.ts'
import { failed, type Tool, type ToolAnswer } from './tool.ts'

export type Call = Extract<Block, { kind: 'call' }>

/** What came of the calls of one turn: a result for each, in their order. */
export interface Round {
  results: readonly Block[]
  ending: LoopEnd | null
}

/** More in one turn is no plan, and would fill the context at once. */
const MOST_CALLS = 20

/** Answers the calls of one turn: reads side by side, all else one after another; what comes after an end is not run. */
export async function useTools(conversation: Conversation, calls: readonly Call[], repeats: Repeats): Promise<Round> {
  const results: Block[] = []
  let ending: LoopEnd | null = null
  for (const batch of batchesOf(conversation.tools, calls.slice(0, MOST_CALLS))) {
    ending = whyStop(conversation)
    if (ending !== null) break
    const clean = !results.some((block) => block.kind === 'result' && block.failed)
    const answers = await Promise.all(batch.map((call) => useOne(conversation, call, clean)))
    ending = whyStopped(conversation)
    for (const [index, call] of batch.entries()) {
      const told = digest(conversation.tools, call, answers[index] ?? NOT_RUN, repeats)
      results.push(told.result)
      ending ??= told.ending
    }
    if (ending !== null) break
  }
  const rest = calls.slice(results.length).map((call) => resultOf(call, NOT_RUN))
  return { results: [...results, ...rest], ending }
}

const NOT_RUN = { text: `Not run. A turn may have ${MOST_CALLS} calls, and none after \`finish\``, failed: true }

/** Time that is over and a signal come to the same for whoever waits; which of them it was, people want to know. */
export function whyStop({ signal, deadline }: Conversation): LoopEnd | null {
  if (deadline?.() === true) return { end: 'time' }
  return signal.aborted ? { end: 'aborted' } : null
}

const whyStopped = (conversation: Conversation): LoopEnd | null =>
  conversation.signal.aborted ? whyStop(conversation) : null

/** Consecutive reads together, every other call alone. */
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

const toolOf = (tools: readonly Tool[], call: Call): Tool | undefined =>
  tools.find(({ spec }) => spec.name === call.name)

async function useOne(conversation: Conversation, call: Call, clean: boolean): Promise<ToolAnswer> {
  const { guard, tools, signal } = conversation
  const why = guard?.() ?? null
  if (why !== null) return { notAllowed: why }
  const tool = toolOf(tools, call)
  if (tool === undefined)
    return failed(`There is no tool of that name; there are: ${tools.map(({ spec }) => spec.name).join(', ')}`)
  if (tool.kind === 'finish' && !clean) return failed('Not finished: a call before it in this turn failed; look at it')
  try {
    return await tool.use(call.input, signal)
  } catch (error) {
    if (signal.aborted) return failed('Stopped')
    throw error
  }
}

function digest(
  tools: readonly Tool[],
  call: Call,
  answer: ToolAnswer,
  repeats: Repeats,
): { result: Block; ending: LoopEnd | null } {
  if ('finished' in answer)
    return {
      result: resultOf(call, { text: 'Taken', failed: false }),
      ending: { end: 'finished', value: answer.finished },
    }
  if ('notAllowed' in answer) {
    const why = answer.notAllowed
    return { result: resultOf(call, failedWith(`Not allowed: ${why}`)), ending: { end: 'not-allowed', why } }
  }
  const kind = toolOf(tools, call)?.kind ?? 'read'
  const { times, what } = repeats.add({
    name: call.name,
    kind,
    input: call.input,
    answer: answer.text,
    failed: answer.failed,
  })
  if (times >= STOP)
    return {
      result: resultOf(call, answer),
      ending: { end: 'loop', detail: `${what} ${times} times, last by ${call.name}` },
    }
  if (times < WARN) return { result: resultOf(call, answer), ending: null }
  const warning = `Warning: ${what}, ${times} times by now. Do something else; at ${STOP} times you are stopped`
  return { result: resultOf(call, { ...answer, text: `${answer.text}\n\n${warning}` }), ending: null }
}

const failedWith = (text: string) => ({ text, failed: true })

const resultOf = ({ id }: Call, { text, failed }: { text: string; failed: boolean }): Block => ({
  kind: 'result',
  id,
  text,
  failed,
})
