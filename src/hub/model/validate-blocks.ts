import type { Block, CountBody, Message } from './body.ts'
import { blocksOf } from './conversation.ts'
import { firstProblem } from './first-problem.ts'

/** Blocks that only one role may send. */
const ONLY_FROM: Partial<Record<Block['type'], Message['role']>> = {
  tool_use: 'assistant',
  thinking: 'assistant',
  redacted_thinking: 'assistant',
  tool_result: 'user',
  image: 'user',
  document: 'user',
}

const TOOL_USE_ID = /^[a-zA-Z0-9_-]+$/

/** An empty block in the system prompt. */
export function systemProblem({ system }: CountBody): string | null {
  if (system === undefined) return null
  return firstProblem(typeof system === 'string' ? [] : system, ({ text }, at) =>
    text.trim() === '' ? `system.${at}: text content blocks must be non-empty` : null,
  )
}

/** What is wrong with one message and its blocks, each for itself. */
export function messageProblem(message: Message, at: number): string | null {
  if (message.content.length === 0) return `messages.${at}: all messages must have non-empty content`
  return firstProblem(blocksOf(message), (block, index) =>
    blockProblem(block, message.role, `messages.${at}.content.${index}`),
  )
}

function blockProblem(block: Block, role: Message['role'], path: string): string | null {
  const only = ONLY_FROM[block.type]
  if ((only !== undefined && only !== role) || (role === 'system' && block.type !== 'text')) {
    return `${path}: \`${block.type}\` blocks are not permitted in \`${role}\` messages`
  }
  if (block.type === 'tool_use' && !TOOL_USE_ID.test(block.id)) return `${path}.id: must match ${TOOL_USE_ID.source}`
  if (block.type !== 'text') return null
  if (block.text.trim() === '') return `${path}: text content blocks must contain non-whitespace text`
  return role === 'user' && (block.citations ?? []).length > 0
    ? `${path}.citations: citations are not permitted in \`user\` messages`
    : null
}
