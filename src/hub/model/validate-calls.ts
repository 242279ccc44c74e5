import type { Block, Message, ToolUseBlock } from './body.ts'
import { blocksOf, type Turn, turnsOf } from './conversation.ts'
import { firstProblem } from './first-problem.ts'

/** What is wrong with the calls of tools in a conversation and their results, or null. */
export const callsProblem = (messages: readonly Message[]): string | null =>
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

const isCall = (block: Block): block is ToolUseBlock => block.type === 'tool_use'

/** Each call is answered in the very next turn. */
function openProblem(turn: Turn, next: Turn | undefined): string | null {
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
  return firstProblem(turn.blocks, (block, at) => {
    if (block.type !== 'tool_result') return null
    const path = `messages.${turn.index}.content.${at}`
    if (!called.delete(block.tool_use_id)) {
      return `${path}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}`
    }
    return other !== -1 && other < at ? `${path}: \`tool_result\` blocks must come before all other content` : null
  })
}
