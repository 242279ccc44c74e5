import {
  blocksOf,
  type ContentBlock,
  type CountBody,
  type MessageBody,
  type SchemaObject,
  type ToolResultBlock,
  turnsOf,
} from './body.ts'

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
  /** Text of the first turn, and of the last one of the user: messages in a row are one turn, results of tools no text. */
  readonly firstText: string
  readonly lastText: string
  /** Results of tools in the last turn of the user, in order. */
  readonly results: readonly ToolResult[]
  /** Names of the tools on offer. */
  readonly toolNames: readonly string[]
  /** The schema that structured output has to fit. */
  readonly schema: SchemaObject | null
  /** Turns of the assistant that the conversation holds already. */
  readonly turns: number
}

export function parsedRequest(body: MessageBody): ParsedRequest {
  const turns = turnsOf(body.messages)
  const last = turns.findLast((turn) => turn.role === 'user')?.blocks ?? []
  return {
    body,
    model: body.model,
    system: joined(typeof body.system === 'string' ? [body.system] : (body.system ?? []).map((block) => block.text)),
    firstText: textOf(turns[0]?.blocks ?? []),
    lastText: textOf(last),
    results: resultsOf(body, last),
    toolNames: (body.tools ?? []).map((tool) => tool.name),
    schema: body.output_config?.format?.schema ?? null,
    turns: turns.filter((turn) => turn.role === 'assistant').length,
  }
}

const joined = (texts: readonly string[]): string => texts.join('\n\n')

const textOf = (blocks: readonly ContentBlock[]): string =>
  joined(blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])))

function resultsOf(body: CountBody, blocks: readonly ContentBlock[]): ToolResult[] {
  const called = new Map(
    body.messages.flatMap(blocksOf).flatMap((block) => (block.type === 'tool_use' ? [[block.id, block.name]] : [])),
  )
  return blocks.flatMap((block) =>
    block.type === 'tool_result' ? [resultOf(block, called.get(block.tool_use_id))] : [],
  )
}

const resultOf = (block: ToolResultBlock, name = ''): ToolResult => ({
  id: block.tool_use_id,
  name,
  text: resultText(block),
  isError: block.is_error === true,
})

const resultText = ({ content = '' }: ToolResultBlock): string =>
  typeof content === 'string'
    ? content
    : joined(content.flatMap((block) => (block.type === 'text' ? [block.text] : [])))
