import type { CountBody, Message } from './body.ts'
import { blocksOf } from './conversation.ts'
import type { ModelTraits } from './models.ts'
import type { Signatures } from './signature.ts'

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
