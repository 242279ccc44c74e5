import type { Anthropic } from '@anthropic-ai/sdk'
import { noUsage, type Usage } from '../../core/money/usage.ts'
import type { Block } from '../../ports/model.ts'

/** What has come of an answer so far. */
export interface Assembled {
  blocks: Block[]
  usage: Usage
  stop: Anthropic.StopReason | null
  /** The API has told the whole usage. */
  told: boolean
  /** The API has said that the answer is at its end. */
  ended: boolean
}

export interface Assembly {
  take(event: Anthropic.RawMessageStreamEvent): void
  sofar(): Assembled
}

/** A block with what its deltas have spelled. */
interface Spelled {
  start: Anthropic.ContentBlock
  text: string
  signature: string
}

/** Puts an answer together from its events. `onText` is told of words as they come, and of nothing else. */
export function assembly(onText?: (piece: string) => void): Assembly {
  const blocks = new Map<number, Spelled>()
  let state: Omit<Assembled, 'blocks'> = { usage: noUsage, stop: null, told: false, ended: false }
  return {
    sofar: () => ({ ...state, blocks: [...blocks.values()].map(blockOf) }),
    take(event) {
      switch (event.type) {
        case 'message_start':
          state = { ...state, usage: usageAfter(noUsage, event.message.usage) }
          return
        case 'content_block_start':
          blocks.set(event.index, { start: event.content_block, text: '', signature: '' })
          return
        case 'content_block_delta':
          return spell(blocks.get(event.index), event.delta, onText)
        case 'message_delta':
          state = {
            ...state,
            usage: usageAfter(state.usage, event.usage),
            stop: event.delta.stop_reason,
            told: event.delta.stop_reason !== null,
          }
          return
        case 'message_stop':
          state = { ...state, ended: true }
      }
    },
  }
}

function spell(
  block: Spelled | undefined,
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

function blockOf({ start, text, signature }: Spelled): Block {
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

/** Text that is no JSON stays text: whoever uses the tool tells the model so. */
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

/** Counts are totals each time: a later one stands in the place of an earlier one, and null says nothing. */
const usageAfter = (before: Usage, counted: Counted): Usage => ({
  fresh: counted.input_tokens ?? before.fresh,
  cached: counted.cache_read_input_tokens ?? before.cached,
  written: counted.cache_creation_input_tokens ?? before.written,
  output: counted.output_tokens ?? before.output,
})
