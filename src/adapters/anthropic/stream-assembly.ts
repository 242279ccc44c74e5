import type { Anthropic } from '@anthropic-ai/sdk'
import { noUsage, type Usage } from '../../core/money/usage.ts'
import type { Block } from '../../ports/model.ts'

/** The part of an answer that has arrived. */
export interface Assembled {
  blocks: Block[]
  usage: Usage
  stop: Anthropic.StopReason | null
  /** The API has reported the whole usage. */
  usageReported: boolean
  /** The API has sent the end of the answer. */
  ended: boolean
}

export interface Assembly {
  take(event: Anthropic.RawMessageStreamEvent): void
  current(): Assembled
}

/** A block, and the text of its deltas so far. */
interface PartialBlock {
  start: Anthropic.ContentBlock
  text: string
  signature: string
}

/** Assembles an answer from its events. `onText` gets the text of the answer as it arrives. */
export function assembly(onText?: (piece: string) => void): Assembly {
  const blocks = new Map<number, PartialBlock>()
  let state: Omit<Assembled, 'blocks'> = { usage: noUsage, stop: null, usageReported: false, ended: false }
  return {
    current: () => ({ ...state, blocks: [...blocks.values()].map(blockOf) }),
    take(event) {
      switch (event.type) {
        case 'message_start':
          state = { ...state, usage: usageAfter(noUsage, event.message.usage) }
          return
        case 'content_block_start':
          blocks.set(event.index, { start: event.content_block, text: '', signature: '' })
          return
        case 'content_block_delta':
          return appendDelta(blocks.get(event.index), event.delta, onText)
        case 'message_delta':
          state = {
            ...state,
            usage: usageAfter(state.usage, event.usage),
            stop: event.delta.stop_reason,
            usageReported: event.delta.stop_reason !== null,
          }
          return
        case 'message_stop':
          state = { ...state, ended: true }
      }
    },
  }
}

function appendDelta(
  block: PartialBlock | undefined,
  delta: Anthropic.RawContentBlockDelta,
  onText?: (piece: string) => void,
): void {
  if (block === undefined) return
  switch (delta.type) {
    case 'text_delta':
      block.text += delta.text
      onText?.(delta.text)
      return
    case 'input_json_delta':
      block.text += delta.partial_json
      return
    case 'thinking_delta':
      block.text += delta.thinking
      return
    case 'signature_delta':
      block.signature = delta.signature
  }
}

function blockOf({ start, text, signature }: PartialBlock): Block {
  switch (start.type) {
    case 'text':
      return { kind: 'text', text: start.text + text }
    case 'tool_use':
      return { kind: 'call', id: start.id, name: start.name, input: inputOf(start.input, text) }
    case 'thinking':
      return {
        kind: 'opaque',
        data: { ...start, thinking: start.thinking + text, signature: signature || start.signature },
      }
    default:
      return { kind: 'opaque', data: start }
  }
}

/** Text that is not JSON stays text; the tool reports that to the model. */
function inputOf(start: unknown, text: string): unknown {
  if (text.trim() === '') return start
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

type Counted = Pick<
  Anthropic.MessageDeltaUsage,
  'input_tokens' | 'cache_read_input_tokens' | 'cache_creation_input_tokens' | 'output_tokens'
>

/** Each count is a total that replaces the earlier one; null leaves it. */
const usageAfter = (before: Usage, counted: Counted): Usage => ({
  fresh: counted.input_tokens ?? before.fresh,
  cached: counted.cache_read_input_tokens ?? before.cached,
  written: counted.cache_creation_input_tokens ?? before.written,
  output: counted.output_tokens ?? before.output,
})
