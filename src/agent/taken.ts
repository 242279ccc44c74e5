import type { Block } from '../ports/model.ts'
import type { LoopEnd } from './conversation.ts'
import { type Repeats, STOP, WARN } from './repeats.ts'
import { failed, type Said, type ToolAnswer, type ToolKind } from './tool.ts'

export type Call = Extract<Block, { kind: 'call' }>

/** A call with the result that the model gets, and what its answer ends. */
export interface Taken {
  result: Extract<Block, { kind: 'result' }>
  ending: LoopEnd | null
}

/** What an answer of a tool comes to; calls that repeat themselves are warned about, then ended. */
export function taken(call: Call, kind: ToolKind, answer: ToolAnswer, repeats: Repeats): Taken {
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

export const resultOf = ({ id }: Call, { text, failed }: Said): Taken['result'] => ({
  kind: 'result',
  id,
  text,
  failed,
})
