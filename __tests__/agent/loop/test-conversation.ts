import { z } from 'zod'
import type { Conversation } from '../../../src/agent/loop/conversation.ts'
import { openBudget } from '../../../src/agent/loop/metered-model.ts'
import { type Tool, tool, toolText } from '../../../src/agent/tools/tool.ts'
import { finishTool } from '../../../src/agent/tools/toolbox.ts'
import { manualClock } from '../../support/clock.ts'
import { type Said, saidModel } from '../../support/said-model.ts'

export const finish = finishTool(z.strictObject({ summary: z.string() }), 'Ends the work.')

export const done = { name: 'finish', input: { summary: 'done' } }

/** A tool that returns its input, and records it in `seen`. */
export function echo(name: string, kind: Tool['kind'], seen: string[] = []): Tool {
  return tool({ name, description: name, kind, input: z.strictObject({ text: z.string() }) }, async ({ text }) => {
    seen.push(`${name} ${text}`)
    return text.startsWith('bad') ? { text, failed: true } : toolText(text)
  })
}

/** A conversation with a model that gives these answers in order. A million tokens cost one dollar; the budget is ample unless `withBudget` sets one. */
export function testConversation(answers: readonly Said[], overrides: Partial<Conversation> = {}) {
  const model = saidModel(answers)
  const price = { input: 1, output: 1, cache_read: 1, cache_write: 1 }
  const clock = manualClock()
  const conversation: Conversation = {
    metered: { model, budget: openBudget(1000, () => price), role: 'work' },
    model: 'claude-sonnet-5-5',
    system: [{ text: 'You work.', cache: true }],
    tools: [echo('look', 'read'), finish],
    opening: [{ kind: 'text', text: 'The brief.' }],
    maxTokens: 4096,
    maxTurns: 10,
    signal: new AbortController().signal,
    clock,
    ...overrides,
  }
  return {
    conversation,
    model,
    clock,
    withBudget: (usd: number) => ({
      ...conversation,
      metered: { ...conversation.metered, budget: openBudget(usd, () => price) },
    }),
  }
}
