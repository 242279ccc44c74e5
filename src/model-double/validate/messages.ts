import {
  blocksOf,
  type ContentBlock,
  type CountBody,
  type MergedTurn,
  type Message,
  type ToolUseBlock,
  turnsOf,
} from '../body.ts'
import { firstProblem } from './first-problem.ts'

/** What is wrong with the conversation, or null. `prefill`: the model continues a last assistant message. */
export function messagesProblem(body: CountBody, prefill: boolean): string | null {
  if (body.messages.length === 0) return 'messages: at least one message is required'
  if (body.messages[0]?.role !== 'user') return 'messages.0: the first message must use the `user` role'
  return (
    systemProblem(body) ??
    firstProblem(body.messages, messageProblem) ??
    callsProblem(body.messages) ??
    lastProblem(body.messages, prefill)
  )
}

function lastProblem(messages: readonly Message[], prefill: boolean): string | null {
  const last = messages.at(-1)
  if (last?.role !== 'assistant') return null
  if (!prefill) return 'This model does not support assistant message prefill: the last message must be of the user'
  const block = blocksOf(last).at(-1)
  return block?.type === 'text' && block.text !== block.text.trimEnd()
    ? 'messages: final assistant content cannot end with trailing whitespace'
    : null
}

/** Blocks that only one role may send. */
const ONLY_FROM: Partial<Record<ContentBlock['type'], Message['role']>> = {
  tool_use: 'assistant',
  thinking: 'assistant',
  redacted_thinking: 'assistant',
  tool_result: 'user',
  image: 'user',
  document: 'user',
}

const TOOL_USE_ID = /^[a-zA-Z0-9_-]+$/

/** An empty block in the system prompt. */
function systemProblem({ system }: CountBody): string | null {
  if (system === undefined) return null
  return firstProblem(typeof system === 'string' ? [] : system, ({ text }, at) =>
    text.trim() === '' ? `system.${at}: text content blocks must be non-empty` : null,
  )
}

/** What is wrong with one message and its blocks, each for itself. */
function messageProblem(message: Message, at: number): string | null {
  if (message.content.length === 0) return `messages.${at}: all messages must have non-empty content`
  return firstProblem(blocksOf(message), (block, index) =>
    blockProblem(block, message.role, `messages.${at}.content.${index}`),
  )
}

function blockProblem(block: ContentBlock, role: Message['role'], path: string): string | null {
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

/** What is wrong with the calls of tools in a conversation and their results, or null. */
const callsProblem = (messages: readonly Message[]): string | null =>
  idsProblem(messages) ??
  firstProblem(
    turnsOf(messages),
    (turn, at, turns) => openProblem(turn, turns[at + 1]) ?? resultsProblem(turn, turns[at - 1]),
  )

function idsProblem(messages: readonly Message[]): string | null {
  const seen = new Set<string>()
  for (const { id } of messages.flatMap((message) => blocksOf(message).filter(isCall))) {
    if (seen.has(id)) return `messages: \`tool_use\` ids must be unique: ${id}`
    seen.add(id)
  }
  return null
}

const isCall = (block: ContentBlock): block is ToolUseBlock => block.type === 'tool_use'

/** Each call is answered in the very next turn. */
function openProblem(turn: MergedTurn, next: MergedTurn | undefined): string | null {
  const answered = new Set(
    (next?.blocks ?? []).flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : [])),
  )
  const open = turn.blocks.filter(isCall).filter(({ id }) => !answered.has(id))
  if (open.length === 0) return null
  const ids = open.map(({ id }) => id).join(', ')
  return `messages.${turn.index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids}`
}

/** Each result answers a call of the turn before, once, and stands before all else. */
function resultsProblem(turn: MergedTurn, before: MergedTurn | undefined): string | null {
  const called = new Set((before?.blocks ?? []).filter(isCall).map(({ id }) => id))
  const other = turn.blocks.findIndex((block) => block.type !== 'tool_result')
  return firstProblem(turn.blocks, (block, at) => {
    if (block.type !== 'tool_result') return null
    const path = `messages.${turn.index}.content.${at}`
    if (!called.delete(block.tool_use_id)) {
      return `${path}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}`
    }
    return other !== -1 && other < at ? `${path}: \`tool_result\` blocks must come before all other content` : null
  })
}
