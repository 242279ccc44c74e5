import { z } from 'zod'

const cacheControl = z.strictObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() })
const marked = { cache_control: cacheControl.nullish() }
const anything = z.record(z.string(), z.unknown())

const textBlock = z.strictObject({
  type: z.literal('text'),
  text: z.string(),
  citations: z.array(anything).nullish(),
  ...marked,
})

const pictureBlock = z.strictObject({
  type: z.literal('image'),
  source: anything,
  transformations: anything.nullish(),
  ...marked,
})

const documentBlock = z.strictObject({
  type: z.literal('document'),
  source: anything,
  title: z.string().nullish(),
  context: z.string().nullish(),
  citations: anything.nullish(),
  ...marked,
})

const toolUseBlock = z.strictObject({
  type: z.literal('tool_use'),
  id: z.string(),
  name: z.string(),
  input: anything,
  caller: anything.optional(),
  toolset_name: z.string().nullish(),
  ...marked,
})

const toolResultBlock = z.strictObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  content: z
    .union([z.string(), z.array(z.discriminatedUnion('type', [textBlock, pictureBlock, documentBlock]))])
    .optional(),
  is_error: z.boolean().optional(),
  toolset_name: z.string().nullish(),
  ...marked,
})

const thinkingBlock = z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() })
const redactedBlock = z.strictObject({ type: z.literal('redacted_thinking'), data: z.string() })

const block = z.discriminatedUnion('type', [
  textBlock,
  pictureBlock,
  documentBlock,
  toolUseBlock,
  toolResultBlock,
  thinkingBlock,
  redactedBlock,
])

const message = z.strictObject({
  role: z.enum(['user', 'assistant', 'system']),
  content: z.union([z.string(), z.array(block)]),
})

const tool = z.strictObject({
  type: z.literal('custom').nullish(),
  name: z.string(),
  description: z.string().optional(),
  input_schema: anything,
  strict: z.boolean().optional(),
  eager_input_streaming: z.boolean().nullish(),
  defer_loading: z.boolean().optional(),
  allowed_callers: z.array(z.string()).optional(),
  input_examples: z.array(anything).optional(),
  ...marked,
})

const parallel = { disable_parallel_tool_use: z.boolean().optional() }
const toolChoice = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('auto'), ...parallel }),
  z.strictObject({ type: z.literal('any'), ...parallel }),
  z.strictObject({ type: z.literal('tool'), name: z.string(), ...parallel }),
  z.strictObject({ type: z.literal('none') }),
])

const display = { display: z.enum(['summarized', 'omitted']).nullish() }
const thinking = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('adaptive'), ...display }),
  z.strictObject({ type: z.literal('enabled'), budget_tokens: z.int(), ...display }),
  z.strictObject({ type: z.literal('disabled') }),
  z.strictObject({ type: z.literal('between_tools') }),
])

const outputConfig = z.strictObject({
  effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  format: z.strictObject({ type: z.literal('json_schema'), schema: anything }).nullish(),
})

const shared = {
  model: z.string(),
  messages: z.array(message),
  system: z.union([z.string(), z.array(textBlock)]).optional(),
  tools: z.array(tool).optional(),
  tool_choice: toolChoice.optional(),
  thinking: thinking.optional(),
  output_config: outputConfig.optional(),
  speed: z.enum(['standard', 'fast']).nullish(),
  ...marked,
}

/** What POST /v1/messages takes from a client that brings its own tools; the API's own tools are not served here. */
export const messageBody = z.strictObject({
  ...shared,
  max_tokens: z.int(),
  stream: z.boolean().optional(),
  stop_sequences: z.array(z.string()).optional(),
  metadata: z.strictObject({ user_id: z.string().nullish() }).optional(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  container: z.unknown().optional(),
  diagnostics: anything.nullish(),
  inference_geo: z.string().nullish(),
})

/** What POST /v1/messages/count_tokens takes. */
export const countBody = z.strictObject(shared)

export type MessageBody = z.infer<typeof messageBody>
export type CountBody = z.infer<typeof countBody>
export type Message = z.infer<typeof message>
export type ContentBlock = z.infer<typeof block>
export type ToolUseBlock = z.infer<typeof toolUseBlock>
export type ToolResultBlock = z.infer<typeof toolResultBlock>
export type ToolDefinition = z.infer<typeof tool>
export type CacheControl = z.infer<typeof cacheControl>
export type SchemaObject = Readonly<Record<string, unknown>>

/** Consecutive messages of one role count as one, as the API reads them. */
export interface MergedTurn {
  readonly role: Message['role']
  /** Index of its first message. */
  readonly index: number
  readonly blocks: readonly ContentBlock[]
}

export const blocksOf = ({ content }: Message): readonly ContentBlock[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

export function turnsOf(messages: readonly Message[]): MergedTurn[] {
  const turns: MergedTurn[] = []
  for (const [index, message] of messages.entries()) {
    const last = turns.at(-1)
    const blocks = blocksOf(message)
    if (last?.role === message.role) turns[turns.length - 1] = { ...last, blocks: [...last.blocks, ...blocks] }
    else turns.push({ role: message.role, index, blocks })
  }
  return turns
}
