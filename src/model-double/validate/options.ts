import type { Signatures } from '../assistant-content.ts'
import { blocksOf, type CountBody, type Message, type ToolDefinition } from '../body.ts'
import type { ModelTraits } from '../models.ts'

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

function toolProblem({ name, input_schema: schema }: ToolDefinition, at: number): string | null {
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

const LEAST_BUDGET = 1024

/** What is wrong with the thinking asked for, or with thinking that is sent back, or null. */
export function thinkingProblem(
  body: CountBody & { readonly max_tokens?: number },
  traits: ModelTraits,
  signatures: Signatures,
): string | null {
  return configProblem(body, traits) ?? sentBackProblem(body, signatures)
}

function configProblem(
  { thinking, max_tokens: most }: CountBody & { readonly max_tokens?: number },
  traits: ModelTraits,
): string | null {
  if (thinking === undefined) return null
  if (!traits.thinking.includes(thinking.type))
    return `thinking.type: '${thinking.type}' is not supported by this model`
  if (thinking.type !== 'enabled') return null
  if (thinking.budget_tokens < LEAST_BUDGET) return `thinking.enabled.budget_tokens: must be at least ${LEAST_BUDGET}`
  return most !== undefined && thinking.budget_tokens >= most
    ? '`max_tokens` must be greater than `thinking.budget_tokens`'
    : null
}

function sentBackProblem(body: CountBody, signatures: Signatures): string | null {
  const problems = body.messages.flatMap((message, at) => signatureProblems(message, at, body.model, signatures))
  return problems[0] ?? null
}

function signatureProblems(message: Message, at: number, model: string, { signedBy }: Signatures): string[] {
  return blocksOf(message).flatMap((block, index) => {
    const path = `messages.${at}.content.${index}`
    if (block.type === 'redacted_thinking') return [`${path}: Invalid \`data\` in \`redacted_thinking\` block`]
    if (block.type !== 'thinking') return []
    const signer = signedBy(block.thinking, block.signature)
    if (signer === null) return [`${path}: Invalid \`signature\` in \`thinking\` block`]
    return signer === model ? [] : [`${path}: \`thinking\` block was made by ${signer} and cannot be sent to ${model}`]
  })
}
