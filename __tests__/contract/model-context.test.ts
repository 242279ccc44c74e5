import { expect, it } from 'vitest'
import { runAgentLoop } from '../../src/agent/loop/loop.ts'
import { toolText } from '../../src/agent/tools/tool.ts'
import { tools } from '../../src/model-double/answer.ts'
import { modelAt } from '../adapters/anthropic/asking.ts'
import { done, testConversation } from '../agent/loop/test-conversation.ts'
import { modelServer } from '../support/model.ts'

const LOOKS = 14
/** About 25,000 tokens by the count of the server. */
const FILE = 'a line of a long file, with some words\n'.repeat(2500)

it('a conversation with a model of 200,000 tokens goes on for twice as many, and the server refuses none of it', async () => {
  const server = await modelServer(({ turns }) =>
    turns < LOOKS ? tools([{ name: 'look', input: { text: `file ${turns}` } }]) : tools([done]),
  )
  const { conversation } = testConversation([], { model: 'claude-haiku-4-5', maxTurns: 40 })
  const look = conversation.tools.map((one) =>
    one.spec.name === 'look' ? { ...one, use: async (input: unknown) => toolText(JSON.stringify(input) + FILE) } : one,
  )
  const { model } = modelAt(server)
  const { stopReason, turnsUsed } = await runAgentLoop({
    ...conversation,
    tools: look,
    metered: { ...conversation.metered, model },
  })
  expect([stopReason.kind, turnsUsed]).toEqual(['finished', LOOKS + 1])
  const prompts = server.requests.map(
    ({ usage }) =>
      (usage?.input_tokens ?? 0) + (usage?.cache_read_input_tokens ?? 0) + (usage?.cache_creation_input_tokens ?? 0),
  )
  expect(Math.max(...prompts)).toBeLessThanOrEqual(150_000)
  expect(Math.max(...prompts)).toBeGreaterThan(100_000)
  expect(server.requests.filter(({ status }) => status !== 200)).toEqual([])
  expect(prompts.some((tokens, at) => tokens < (prompts[at - 1] ?? 0))).toBe(true)
})
