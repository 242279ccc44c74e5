import type { AssistantBlock, BoundedAnswer } from './assistant-content.ts'
import type { MessageBody } from './body.ts'
import type { CacheUsage } from './cache.ts'

/** The parts of an answer that are known before its first word. */
export interface Envelope {
  readonly id: string
  readonly body: MessageBody
  readonly usage: CacheUsage
}

/** Usage as the API states it. `output` is null before the answer is complete. */
export function usageOf({ usage, body }: Envelope, bounded: BoundedAnswer | null) {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.written5m + usage.written1h,
    cache_read_input_tokens: usage.read,
    cache_creation: { ephemeral_5m_input_tokens: usage.written5m, ephemeral_1h_input_tokens: usage.written1h },
    output_tokens: bounded === null ? Math.min(1, body.max_tokens) : bounded.outputTokens,
    output_tokens_details: bounded === null ? null : { thinking_tokens: bounded.thinkingTokens },
    server_tool_use: null,
    service_tier: 'standard' as const,
    inference_geo: null,
    speed: 'standard' as const,
  }
}

/** Usage as the last delta of a stream states it. */
export function finalUsage(envelope: Envelope, bounded: BoundedAnswer) {
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens, ...rest } = usageOf(
    envelope,
    bounded,
  )
  const { output_tokens_details, server_tool_use } = rest
  return {
    input_tokens,
    cache_creation_input_tokens,
    cache_read_input_tokens,
    output_tokens,
    output_tokens_details,
    server_tool_use,
  }
}

/** How an answer ended, in the API's fields. */
export function stopFields(bounded: BoundedAnswer) {
  const refused = { type: 'refusal' as const, category: null, explanation: null }
  return {
    stop_reason: bounded.stopReason,
    stop_sequence: bounded.stopSequence,
    stop_details: bounded.stopReason === 'refusal' ? refused : null,
    container: null,
  }
}

/** The whole answer, for a request that does not stream; without `bounded`, what a stream starts with. */
export function messageOf(envelope: Envelope, bounded: BoundedAnswer | null) {
  return {
    id: envelope.id,
    type: 'message' as const,
    role: 'assistant' as const,
    model: envelope.body.model,
    content: bounded === null ? [] : bounded.blocks.map(contentOf),
    diagnostics: null,
    ...(bounded === null
      ? { stop_reason: null, stop_sequence: null, stop_details: null, container: null }
      : stopFields(bounded)),
    usage: usageOf(envelope, bounded),
  }
}

function contentOf(block: AssistantBlock) {
  if (block.type === 'tool_use') return { ...messageStart(block), input: parsedInput(block.text) }
  return block.type === 'text'
    ? { ...messageStart(block), text: block.text }
    : { ...messageStart(block), thinking: block.text, signature: block.signature }
}

/** A block before its first delta. */
export function messageStart(block: AssistantBlock) {
  switch (block.type) {
    case 'thinking':
      return { type: 'thinking' as const, thinking: '', signature: '' }
    case 'text':
      return { type: 'text' as const, text: '', citations: null }
    case 'tool_use':
      return { type: 'tool_use' as const, id: block.id, name: block.name, input: {}, caller: { type: 'direct' } }
  }
}

/** The input of a truncated call is no JSON: it is dropped. */
function parsedInput(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
