import type { Block, CountBody, JsonSchema, Message, MessageBody, ToolResultBlock } from './body.ts'

export interface ToolResult {
  /** The id of the call, and the tool that it called. */
  readonly id: string
  readonly name: string
  readonly text: string
  readonly isError: boolean
}

/** A request as a script looks at it. `body` is all that was sent. */
export interface ParsedRequest {
  readonly body: MessageBody
  readonly model: string
  /** All system text, blocks joined by empty lines. */
  readonly system: string
  /** Text of the first message, and of the last one of the user (results of tools left out). */
  readonly firstText: string
  readonly lastText: string
  /** Results of tools in the last message, in order. */
  readonly results: readonly ToolResult[]
  /** Names of the tools on offer. */
  readonly toolNames: readonly string[]
  /** The schema that structured output has to fit. */
  readonly schema: JsonSchema | null
  /** Answers of the assistant that the conversation holds already. */
  readonly turns: number
}

export function parsedRequest(body: MessageBody): ParsedRequest {
  const lastUser = body.messages.findLast((message) => message.role === 'user')
  return {
    body,
    model: body.model,
    system: joined(typeof body.system === 'string' ? [body.system] : (body.system ?? []).map((block) => block.text)),
    firstText: textOf(body.messages[0]),
    lastText: textOf(lastUser),
    results: resultsOf(body, lastUser),
    toolNames: (body.tools ?? []).map((tool) => tool.name),
    schema: body.output_config?.format?.schema ?? null,
    turns: body.messages.filter((message) => message.role === 'assistant').length,
  }
}

const joined = (texts: readonly string[]): string => texts.join('\n\n')

export const blocksOf = ({ content }: Message): readonly Block[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

const textOf = (message: Message | undefined): string =>
  message === undefined ? '' : joined(blocksOf(message).flatMap((block) => (block.type === 'text' ? [block.text] : [])))

function resultsOf(body: CountBody, message: Message | undefined): ToolResult[] {
  const called = new Map(
    body.messages.flatMap(blocksOf).flatMap((block) => (block.type === 'tool_use' ? [[block.id, block.name]] : [])),
  )
  return blocksOf(message ?? { role: 'user', content: [] }).flatMap((block) =>
    block.type === 'tool_result'
      ? [
          {
            id: block.tool_use_id,
            name: called.get(block.tool_use_id) ?? '',
            text: resultText(block),
            isError: block.is_error === true,
          },
        ]
      : [],
  )
}

const resultText = ({ content = '' }: ToolResultBlock): string =>
  typeof content === 'string'
    ? content
    : joined(content.flatMap((block) => (block.type === 'text' ? [block.text] : [])))
