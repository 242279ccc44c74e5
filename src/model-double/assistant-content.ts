import { createHmac } from 'node:crypto'
import type { AnswerPart, ScriptedAnswer } from './answer.ts'
import type { MessageBody } from './body.ts'
import { bytesFor, promptBytes, tokensOfBytes, withinBytes } from './prompt.ts'

/** A block of an answer as it leaves: `text` is what its deltas spell, the input of a tool as JSON. */
export type AssistantBlock =
  | { readonly type: 'thinking'; readonly text: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly text: string; readonly id: string; readonly name: string }

/** An answer within the limits of its request. */
export interface BoundedAnswer {
  readonly blocks: readonly AssistantBlock[]
  readonly stopReason: ScriptedAnswer['stop'] | 'stop_sequence'
  readonly stopSequence: string | null
  readonly outputTokens: number
  readonly thinkingTokens: number
}

/** A part with what it costs: all that was thought, shown or not, and a tool's input as JSON. */
interface Spelled {
  readonly part: AnswerPart
  readonly text: string
}

/** Cuts an answer to `max_tokens` and at the first stop sequence. `n` makes the ids of its calls unique. */
export function boundAnswer(answer: ScriptedAnswer, body: MessageBody, n: number, sign: Signer): BoundedAnswer {
  const stopped = upToStop(answer.parts, body.stop_sequences ?? [])
  const whole = stopped.parts.map((part): Spelled => ({ part, text: spelled(part) }))
  const kept = cutTo(whole, bytesFor(body.max_tokens))
  const cut = lengthOf(kept) < lengthOf(whole)
  return {
    blocks: kept.map((one, index) => asBlock(one, body, `toolu_${n}_${index + 1}`, sign)),
    stopReason: cut ? 'max_tokens' : stopped.sequence === null ? answer.stop : 'stop_sequence',
    stopSequence: cut ? null : stopped.sequence,
    outputTokens: Math.min(body.max_tokens, Math.max(1, tokensOfBytes(lengthOf(kept)))),
    thinkingTokens: tokensOfBytes(lengthOf(kept.filter(({ part }) => part.type === 'thinking'))),
  }
}

const spelled = (part: AnswerPart): string => (part.type === 'tool_use' ? JSON.stringify(part.input) : part.text)

const lengthOf = (all: readonly Spelled[]): number => all.reduce((sum, { text }) => sum + promptBytes(text), 0)

function cutTo(all: readonly Spelled[], limit: number): Spelled[] {
  const kept: Spelled[] = []
  let left = limit
  for (const one of all) {
    if (left <= 0) break
    kept.push({ ...one, text: withinBytes(one.text, left) })
    left -= promptBytes(one.text)
  }
  return kept
}

function asBlock({ part, text }: Spelled, body: MessageBody, id: string, sign: Signer): AssistantBlock {
  if (part.type === 'text') return { type: 'text', text }
  if (part.type === 'tool_use') return { type: 'tool_use', text, id, name: part.name }
  // Unless the request asks for a summary, only the signature leaves.
  const summarized = body.thinking !== undefined && 'display' in body.thinking && body.thinking.display === 'summarized'
  const shown = summarized ? text : ''
  return { type: 'thinking', text: shown, signature: sign(body.model, shown) }
}

function upToStop(
  parts: readonly AnswerPart[],
  sequences: readonly string[],
): { parts: AnswerPart[]; sequence: string | null } {
  const kept: AnswerPart[] = []
  for (const part of parts) {
    const found = part.type === 'text' ? firstOf(part.text, sequences) : null
    if (part.type === 'text' && found !== null) {
      return { parts: [...kept, { type: 'text', text: part.text.slice(0, found.at) }], sequence: found.sequence }
    }
    kept.push(part)
  }
  return { parts: kept, sequence: null }
}

function firstOf(text: string, sequences: readonly string[]): { at: number; sequence: string } | null {
  const found = sequences.map((sequence) => ({ sequence, at: text.indexOf(sequence) })).filter(({ at }) => at !== -1)
  return found.toSorted((one, other) => one.at - other.at)[0] ?? null
}

type Signer = (model: string, thinking: string) => string

export interface Signatures {
  readonly sign: Signer
  /** The model that signed this thinking; null if the signature does not match. */
  signedBy(thinking: string, signature: string): string | null
}

/** Signs thinking for the model that thought it, as the API does without saying how. */
export function createSignatures(secret: string): Signatures {
  const mac = (model: string, thinking: string): string =>
    createHmac('sha256', secret).update(`${model}\n${thinking}`).digest('base64url')
  return {
    sign: (model, thinking) => `${Buffer.from(model).toString('base64url')}.${mac(model, thinking)}`,
    signedBy: (thinking, signature) => {
      const [name = '', given] = signature.split('.')
      const model = Buffer.from(name, 'base64url').toString('utf8')
      return given === mac(model, thinking) ? model : null
    },
  }
}
