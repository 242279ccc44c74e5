import type { CountBody, Tool } from './body.ts'
import type { ModelTraits } from './models.ts'

const NAME = /^[a-zA-Z0-9_-]{1,64}$/

/** What is wrong with the tools on offer or the choice between them, or null. */
export function toolsProblem(body: CountBody, traits: ModelTraits): string | null {
  const tools = body.tools ?? []
  const names = tools.map(({ name }) => name)
  const twice = names.findIndex((name, at) => names.indexOf(name) !== at)
  return (
    tools.map(toolProblem).find((problem) => problem !== null) ??
    (twice === -1 ? null : `tools: tool names must be unique: ${names[twice]}`) ??
    choiceProblem(body, names, traits)
  )
}

function toolProblem({ name, input_schema: schema }: Tool, at: number): string | null {
  if (!NAME.test(name)) return `tools.${at}.name: must match ${NAME.source}`
  if (schema.type !== 'object') return `tools.${at}.input_schema.type: must be 'object'`
  const { properties = {}, required = [] } = schema
  if (typeof properties !== 'object') return `tools.${at}.input_schema.properties: must be an object`
  return Array.isArray(required) ? null : `tools.${at}.input_schema.required: must be an array`
}

function choiceProblem(
  { tool_choice: choice }: CountBody,
  names: readonly string[],
  traits: ModelTraits,
): string | null {
  if (choice === undefined) return null
  if (names.length === 0) return 'tool_choice: may only be specified while providing tools'
  if (choice.type !== 'any' && choice.type !== 'tool') return null
  if (!traits.forcedToolChoice) return `tool_choice: type '${choice.type}' is not supported by this model`
  return choice.type === 'tool' && !names.includes(choice.name) ? `tool_choice.name: no tool '${choice.name}'` : null
}
