import type { Block, CountBody, Message, ToolUseBlock } from './body.ts'
import { blocksOf } from './request.ts'

/** Consecutive messages of one role count as one, as the API reads them. */
interface Turn {
  readonly role: Message['role']
  /** Index of its first message. */
  readonly index: number
  readonly blocks: readonly Block[]
}

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

/** What is wrong with the conversation, or null. `prefill` is: the model goes on from a last assistant message. */
export function messagesProblem(body: CountBody, prefill: boolean): string | null {
  if (body.messages.length === 0) return 'messages: at least one message is required'
  if (body.messages[0]?.role !== 'user') return 'messages.0: the first message must use the `user` role'
  return (
    systemProblem(body) ??
    first(body.messages, messageProblem) ??
    idsProblem(body.messages) ??
    first(
      turnsOf(body.messages),
      (turn, at, turns) => callsProblem(turn, turns[at + 1]) ?? resultsProblem(turn, turns[at - 1]),
    ) ??
    lastProblem(body.messages, prefill)
  )
}

function first<T>(all: readonly T[], problem: (one: T, at: number, all: readonly T[]) => string | null): string | null {
  for (const [at, one] of all.entries()) {
    const found = problem(one, at, all)
    if (found !== null) return found
  }
  return null
}

function systemProblem({ system }: CountBody): string | null {
  if (system === undefined) return null
  return first(typeof system === 'string' ? [] : system, ({ text }, at) =>
    text.trim() === '' ? `system.${at}: text content blocks must be non-empty` : null,
  )
}

function messageProblem(message: Message, at: number): string | null {
  if (message.content.length === 0) return `messages.${at}: all messages must have non-empty content`
  return first(blocksOf(message), (block, index) =>
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

function idsProblem(messages: readonly Message[]): string | null {
  const seen = new Set<string>()
  for (const { id } of messages.flatMap((message) => blocksOf(message).filter(isCall))) {
    if (seen.has(id)) return `messages: \`tool_use\` ids must be unique: ${id}`
    seen.add(id)
  }
  return null
}

const isCall = (block: Block): block is ToolUseBlock => block.type === 'tool_use'

function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = []
  for (const [index, message] of messages.entries()) {
    const last = turns.at(-1)
    const blocks = blocksOf(message)
    if (last?.role === message.role) turns[turns.length - 1] = { ...last, blocks: [...last.blocks, ...blocks] }
    else turns.push({ role: message.role, index, blocks })
  }
  return turns
}

/** Each call is answered in the very next turn. */
function callsProblem(turn: Turn, next: Turn | undefined): string | null {
  const answered = new Set(
    (next?.blocks ?? []).flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : [])),
  )
  const open = turn.blocks.filter(isCall).filter(({ id }) => !answered.has(id))
  if (open.length === 0) return null
  const ids = open.map(({ id }) => id).join(', ')
  return `messages.${turn.index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids}`
}

/** Each result answers a call of the turn before, once, and stands before all else. */
function resultsProblem(turn: Turn, before: Turn | undefined): string | null {
  const called = new Set((before?.blocks ?? []).filter(isCall).map(({ id }) => id))
  const other = turn.blocks.findIndex((block) => block.type !== 'tool_result')
  return first(turn.blocks, (block, at) => {
    if (block.type !== 'tool_result') return null
    const path = `messages.${turn.index}.content.${at}`
    if (!called.delete(block.tool_use_id)) {
      return `${path}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}`
    }
    return other !== -1 && other < at ? `${path}: \`tool_result\` blocks must come before all other content` : null
  })
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
