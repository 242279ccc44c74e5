import type { Block, Message } from './body.ts'

/** Consecutive messages of one role count as one, as the API reads them. */
export interface Turn {
  readonly role: Message['role']
  /** Index of its first message. */
  readonly index: number
  readonly blocks: readonly Block[]
}

export const blocksOf = ({ content }: Message): readonly Block[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

export function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = []
  for (const [index, message] of messages.entries()) {
    const last = turns.at(-1)
    const blocks = blocksOf(message)
    if (last?.role === message.role) turns[turns.length - 1] = { ...last, blocks: [...last.blocks, ...blocks] }
    else turns.push({ role: message.role, index, blocks })
  }
  return turns
}
