import type { Anthropic } from '@anthropic-ai/sdk'
import type { Block, ModelMessage, ModelRequest } from '../../ports/model.ts'

type Params = Anthropic.MessageCreateParamsStreaming
type Param = Anthropic.ContentBlockParam

/** The API refuses more. The last ones win: they stand behind the longest prefixes. */
const MOST_MARKERS = 4

/** What is sent. Thinking and effort stay at what is usual for the model; nothing that the newest models refuse is there. */
export function paramsOf(request: ModelRequest): Params {
  const { model, maxTokens, tools, schema } = request
  const { system, turns } = markedAtMost(MOST_MARKERS, request)
  const messages = turns.map(messageOf).filter(({ content }) => content.length > 0)
  return {
    model,
    max_tokens: maxTokens,
    stream: true,
    messages,
    ...(system.length === 0
      ? {}
      : { system: system.map(({ text, cache }) => ({ type: 'text', text, ...mark(cache) })) }),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolOf) }),
    ...(schema === null ? {} : { output_config: { format: { type: 'json_schema', schema } } }),
  }
}

const toolOf = ({ name, description, input }: ModelRequest['tools'][number]): Anthropic.Tool => ({
  name,
  description,
  // The port has no narrower type for a schema; an agent's tool takes an object.
  input_schema: { ...input, type: 'object' },
})

const mark = (cache: boolean | undefined): { cache_control?: Anthropic.CacheControlEphemeral } =>
  cache === true ? { cache_control: { type: 'ephemeral' } } : {}

type Marked = Pick<ModelRequest, 'system' | 'turns'>

function markedAtMost(most: number, given: Marked): Marked {
  const { turns } = given
  const system = given.system.filter(({ text }) => text.trim() !== '')
  const blocks = turns.flatMap((turn) => turn.blocks)
  let surplus = [...system, ...blocks].filter(isMarked).length - most
  const keep = <One extends object>(one: One): One => {
    if (!isMarked(one) || surplus <= 0) return one
    surplus -= 1
    return { ...one, cache: false }
  }
  return {
    system: system.map(keep),
    turns: turns.map((turn) => ({ ...turn, blocks: turn.blocks.map(keep) })),
  }
}

const isMarked = (one: object): boolean => 'cache' in one && one.cache === true

const messageOf = ({ role, blocks }: ModelMessage) => ({ role, content: blocks.flatMap(paramOf) })

function paramOf(block: Block): Param[] {
  switch (block.kind) {
    case 'text':
      // A model may say a line break and no more, and the API does not take that back.
      return block.text.trim() === '' ? [] : [{ type: 'text', text: block.text, ...mark(block.cache) }]
    case 'call':
      return [{ type: 'tool_use', id: block.id, name: block.name, input: objectOf(block.input) }]
    case 'result':
      return [
        {
          type: 'tool_result',
          tool_use_id: block.id,
          content: block.text,
          is_error: block.failed,
          ...mark(block.cache),
        },
      ]
    case 'opaque':
      // Nobody but assembly.ts makes these, and of nothing but what the API sent.
      return [block.data as Param]
  }
}

/** What the model wrote wrongly is shown to it in an object: the API takes nothing else as the input of a call. */
const objectOf = (input: unknown): unknown =>
  typeof input === 'object' && input !== null && !Array.isArray(input) ? input : { not_an_object: input }
