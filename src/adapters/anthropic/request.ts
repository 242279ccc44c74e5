import type { Anthropic } from '@anthropic-ai/sdk'
import type { Block, ModelMessage, ModelRequest } from '../../ports/model.ts'

type Params = Anthropic.MessageCreateParamsStreaming
type Param = Anthropic.ContentBlockParam

/** The API refuses more cache markers. The last ones are kept, since they mark the longest prefixes. */
const MOST_MARKERS = 4

/** The parameters of a request. Thinking keeps the model's default, which the newest models do not refuse. */
export function paramsOf(request: ModelRequest): Params {
  const { model, maxTokens, tools, schema, effort, withoutCalls, cacheLife } = request
  const output = { ...(schema && { format: { type: 'json_schema' as const, schema } }), ...(effort && { effort }) }
  const { system, turns } = markedAtMost(MOST_MARKERS, request)
  const mark = markerOf(cacheLife)
  const messages = turns.map((turn) => messageOf(turn, mark)).filter(({ content }) => content.length > 0)
  return {
    model,
    max_tokens: maxTokens,
    stream: true,
    messages,
    ...(system.length === 0
      ? {}
      : { system: system.map(({ text, cache }) => ({ type: 'text', text, ...mark(cache) })) }),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolOf) }),
    ...(tools.length > 0 && withoutCalls === true ? { tool_choice: { type: 'none' } } : {}),
    ...(Object.keys(output).length === 0 ? {} : { output_config: output }),
  }
}

/** The parameters of a request that only counts the tokens of a prompt. */
export function countParamsOf(request: ModelRequest): Anthropic.MessageCountTokensParams {
  const { max_tokens: _most, stream: _stream, ...prompt } = paramsOf(request)
  return prompt
}

const toolOf = ({ name, description, input }: ModelRequest['tools'][number]): Anthropic.Tool => ({
  name,
  description,
  // The port has no narrower type for a schema; an agent's tool takes an object.
  input_schema: { ...input, type: 'object' },
  // All schemas of tools keep to what this needs: no optional field, no other field (`jsonSchemaOf`).
  strict: true,
})

type Mark = (cache: boolean | undefined) => { cache_control?: Anthropic.CacheControlEphemeral }

/** All markers of a request have the same life: the API wants longer ones before shorter ones. */
const markerOf =
  (life: ModelRequest['cacheLife']): Mark =>
  (cache) =>
    cache === true ? { cache_control: { type: 'ephemeral', ...(life === 'hour' && { ttl: '1h' }) } } : {}

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

const messageOf = ({ role, blocks }: ModelMessage, mark: Mark) => ({
  role,
  content: blocks.flatMap((block) => paramOf(block, mark)),
})

function paramOf(block: Block, mark: Mark): Param[] {
  switch (block.kind) {
    case 'text':
      // A model may answer with a line break only, which the API refuses as input.
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
      // Made only by stream-assembly.ts, from blocks of the API.
      return [block.data as Param]
  }
}

/** Wraps malformed input of the model into an object, since the API accepts only objects as a call's input. */
const objectOf = (input: unknown): unknown =>
  typeof input === 'object' && input !== null && !Array.isArray(input) ? input : { not_an_object: input }
