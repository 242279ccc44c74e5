import type { AnswerPart, ScriptedAnswer } from './answer.ts'
import type { SchemaObject } from './body.ts'
import type { ParsedRequest } from './request.ts'

/** The problems of a value by a JSON schema; empty if it is valid. */
export type SchemaCheck = (schema: SchemaObject, value: unknown) => readonly string[]

/** Why a model could not give this answer to this request (the script is wrong), or null. */
export function answerProblem(answer: ScriptedAnswer, request: ParsedRequest, check: SchemaCheck): string | null {
  return (
    answer.parts.map((part) => partMistake(part, request, check)).find((mistake) => mistake !== null) ??
    stopMistake(answer, request) ??
    outputMistake(answer, request, check) ??
    holdMistake(answer)
  )
}

function partMistake(part: AnswerPart, { body }: ParsedRequest, check: SchemaCheck): string | null {
  if (part.type !== 'tool_use') return part.text === '' ? `a ${part.type} part is empty` : null
  const tool = (body.tools ?? []).find(({ name }) => name === part.name)
  if (tool === undefined || body.tool_choice?.type === 'none') return `the request offers no tool '${part.name}'`
  const [problem] = check(tool.input_schema, part.input)
  return problem === undefined ? null : `the input of '${part.name}' does not fit its schema: ${problem}`
}

function stopMistake({ parts, stop }: ScriptedAnswer, { body }: ParsedRequest): string | null {
  const calls = parts.filter(({ type }) => type === 'tool_use').length
  if (stop === 'tool_use' && calls === 0) return 'the answer stops for tools and calls none'
  const choice = body.tool_choice
  const forced = choice?.type === 'any' || choice?.type === 'tool'
  if (forced && stop === 'end_turn') return 'the request wants a tool called'
  return choice !== undefined && 'disable_parallel_tool_use' in choice && choice.disable_parallel_tool_use && calls > 1
    ? 'the request wants one tool at a time'
    : null
}

/** Refused and truncated answers need not match the requested format. */
function outputMistake({ parts, stop }: ScriptedAnswer, { schema }: ParsedRequest, check: SchemaCheck): string | null {
  if (schema === null || stop !== 'end_turn') return null
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
  const value = parsed(text)
  if (value === undefined) return `the request asks for structured output, and this is no JSON: ${text.slice(0, 100)}`
  const [problem] = check(schema, value)
  return problem === undefined ? null : `the answer does not fit the schema of the request: ${problem}`
}

function holdMistake({ parts, pace }: ScriptedAnswer): string | null {
  const texts = parts.map((part) => (part.type === 'tool_use' ? JSON.stringify(part.input) : part.text))
  const lost = (pace.holds ?? []).find(({ after }) => !texts.some((text) => text.includes(after)) && after !== '')
  return lost === undefined ? null : `the answer is to be held behind words that it does not hold: ${lost.after}`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
