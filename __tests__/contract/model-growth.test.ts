import { expect, it } from 'vitest'
import { z } from 'zod'
import type { Conversation } from '../../src/agent/loop/conversation.ts'
import { continueAgentLoop, runAgentLoop } from '../../src/agent/loop/loop.ts'
import { openBudget } from '../../src/agent/loop/metered-model.ts'
import { tool, toolText } from '../../src/agent/tools/tool.ts'
import { finishTool } from '../../src/agent/tools/toolbox.ts'
import { priceOf } from '../../src/core/money/price.ts'
import { tools } from '../../src/model-double/answer.ts'
import type { LoggedRequest } from '../../src/model-double/log.ts'
import type { ModelServer } from '../../src/model-double/server.ts'
import { modelAt } from '../adapters/anthropic/asking.ts'
import { modelServer } from '../support/model.ts'

const RULES = 'Write little, and read before you write. '.repeat(60)
const PAGE = 'A line of a file that somebody looks at. '.repeat(40)
const TURNS = 6

const look = tool(
  { name: 'look', description: 'Look at a page', kind: 'read', input: z.strictObject({ page: z.int() }) },
  async ({ page }) => toolText(`Page ${page}. ${PAGE}`),
)
const looking = () =>
  modelServer(({ turns }) =>
    turns % TURNS === TURNS - 1
      ? tools([{ name: 'finish', input: { did: 'all' } }])
      : tools([{ name: 'look', input: { page: turns } }], { thinking: `Page ${turns} next.` }),
  )

const conversationWith = (server: ModelServer, task: string): Conversation => ({
  metered: {
    model: modelAt(server).model,
    budget: openBudget(5, (name) => priceOf(name, { prices: {} })),
    role: 'work',
  },
  model: 'claude-sonnet-5-5',
  system: [{ text: RULES, cache: true }],
  tools: [look, finishTool(z.strictObject({ did: z.string() }), 'End it')],
  opening: [{ kind: 'text', text: `${task} ${PAGE}`, cache: true }],
  maxTokens: 4000,
  maxTurns: 2 * TURNS,
  signal: new AbortController().signal,
  clock: { now: () => new Date(0) },
})

const usageOf = ({ requests }: ModelServer) =>
  requests.map(({ usage }: LoggedRequest) => ({
    read: usage?.cache_read_input_tokens ?? 0,
    written: usage?.cache_creation_input_tokens ?? 0,
    fresh: usage?.input_tokens ?? 0,
  }))

it('reads from the cache, turn by turn, all that the turn before had read and written, and pays in full for nothing', async () => {
  const server = await looking()
  const conversation = conversationWith(server, 'Task one.')
  const first = await runAgentLoop(conversation)
  expect(first.stopReason).toEqual({ kind: 'finished', value: { did: 'all' } })
  await continueAgentLoop(conversation, first.history, [{ kind: 'text', text: `It was not accepted. ${PAGE}` }])
  const usage = usageOf(server)
  expect(usage).toHaveLength(2 * TURNS)
  expect(usage[0]?.read).toBe(0)
  for (const [index, { read, fresh }] of usage.entries()) {
    const before = usage[index - 1]
    if (before !== undefined) expect(read, `call ${index + 1}`).toBe(before.read + before.written)
    expect(fresh, `call ${index + 1}`).toBe(0)
  }
  const reads = usage.map(({ read }) => read)
  expect(reads).toEqual([...new Set(reads)].toSorted((one, other) => one - other))
  expect(conversation.metered.budget.spending()).toMatchObject([
    {
      calls: 2 * TURNS,
      usage: {
        fresh: 0,
        cached: reads.reduce((sum, read) => sum + read, 0),
        written: usage.reduce((sum, { written }) => sum + written, 0),
      },
    },
  ])
})

it('reads rules and tools for a second conversation from what the first one wrote', async () => {
  const server = await looking()
  await runAgentLoop(conversationWith(server, 'Task one.'))
  const before = server.requests.length
  await runAgentLoop(conversationWith(server, 'Task two.'))
  const [opening, next] = usageOf(server).slice(before)
  expect(opening?.read).toBeGreaterThan(512)
  expect(opening?.read).toBeLessThan(usageOf(server)[0]?.written ?? 0)
  expect(next?.read).toBe((opening?.read ?? 0) + (opening?.written ?? 0))
})
