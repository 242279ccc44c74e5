import { describe, expect, it } from 'vitest'
import { runAgentLoop } from '../../../src/agent/loop/loop.ts'
import { openBudget } from '../../../src/agent/loop/metered-model.ts'
import { exhaustedLimit } from '../../../src/agent/loop/model-call.ts'
import { PRICES, type Price } from '../../../src/core/money/price.ts'
import { noUsage, usdOf } from '../../../src/core/money/usage.ts'
import type { Model } from '../../../src/ports/model.ts'
import { calls, type Said, saidModel } from '../../support/said-model.ts'
import { done, testConversation } from './test-conversation.ts'

const opus = PRICES['claude-opus-5-5'] as Price
const CONTEXT = 200_000
const lastCallPrompt = () => 'Call finish now.'
const small = { kind: 'text' as const, text: 'A turn.' }

/** An agent on Opus that has this much money. */
function agent(usd: number, model: Model) {
  const budget = openBudget(usd, () => opus)
  const { conversation } = testConversation([], {
    metered: { model, budget, role: 'work' },
    model: 'claude-opus-5-5',
    maxTokens: 20_000,
    maxTurns: 100,
    lastCallPrompt,
  })
  return { conversation, budget }
}

const begun = [
  { role: 'user' as const, blocks: [small] },
  { role: 'assistant' as const, blocks: [small] },
]

describe('the money for the last call', () => {
  it('does not end the work of Opus with 200,000 tokens of context and 2 USD before anything is spent', () => {
    const { conversation, budget } = agent(2, saidModel([]))
    const tokens = { promptTokens: CONTEXT, cachedTokens: CONTEXT, bytes: 4 * CONTEXT }
    const history = { turns: begun, ...tokens, calledAt: null, cacheLife: undefined }
    expect(exhaustedLimit(conversation, { history, turnsUsed: 1 })).toBeNull()
    expect(budget.afford({ model: 'claude-opus-5-5', maxTokens: 20_000 }, CONTEXT)).toBe(20_000)
  })

  it('does not end the work of the same after a long command, when this call has to write the whole context for an hour', () => {
    const left = (usd: number) => {
      const { conversation } = agent(usd, saidModel([]))
      const tokens = { promptTokens: CONTEXT, cachedTokens: 0, bytes: 4 * CONTEXT }
      const history = { turns: begun, ...tokens, calledAt: null, cacheLife: 'hour' as const }
      return exhaustedLimit(conversation, { history, turnsUsed: 1 })
    }
    // By the list: 200,000 tokens written for an hour are 1.60 USD, and read again 0.04; two answers and a turn are 0.22.
    expect(left(2)).toBeNull()
    expect(left(1.7)).toBe('money')
  })

  it('is held back once: the turns before it cost what is likely, and the last one can be paid for', async () => {
    // The context is in the cache of another attempt; each turn adds to it.
    const turns = Array.from({ length: 40 }, (_, turn): Said => {
      const usage = { ...noUsage, cached: CONTEXT + turn * 500, written: 500, output: 400 }
      return (request, ordinal) => {
        const said = JSON.stringify(request.turns.at(-1)).includes(lastCallPrompt())
        const look = { name: 'look', input: { text: `${turn}` } }
        const answer = calls([said ? done : look], { usage })
        return typeof answer === 'function' ? answer(request, ordinal) : answer
      }
    })
    const model = saidModel(turns)
    const { conversation, budget } = agent(2, model)
    const { stopReason, exhausted } = await runAgentLoop({ ...conversation, tools: withDifferentAnswers(conversation) })
    expect([stopReason.kind, exhausted]).toEqual(['finished', 'money'])
    expect(model.requests.length).toBeGreaterThan(10)
    expect(usdOf(budget.spending())).toBeGreaterThan(0.6)
    expect(usdOf(budget.spending())).toBeLessThan(2)
  })

  it('is counted by the API before the work is ended for want of it, since bytes are too many tokens', async () => {
    const counted: number[] = []
    const answers = saidModel([
      calls([{ name: 'look', input: { text: 'x'.repeat(100) } }], { usage: { ...noUsage, written: 1000, output: 10 } }),
      calls([done], { usage: { ...noUsage, cached: 1000, written: 30_000, output: 10 } }),
    ])
    const model: Model = {
      ...answers,
      count: async ({ turns }) => {
        counted.push(turns.length)
        return 31_000
      },
    }
    const { conversation } = agent(0.7, model)
    const long = withDifferentAnswers(conversation, 'words '.repeat(20_000))
    const { stopReason, exhausted } = await runAgentLoop({ ...conversation, tools: long })
    expect([stopReason.kind, exhausted]).toEqual(['finished', null])
    expect(counted.length).toBeGreaterThan(0)
  })
})

/** The tools, whose answers are never the same twice. */
function withDifferentAnswers(
  { tools }: ReturnType<typeof agent>['conversation'],
  text = '',
): ReturnType<typeof agent>['conversation']['tools'] {
  let number = 0
  return tools.map((one) =>
    one.spec.name === 'look' ? { ...one, use: async () => ({ text: `${++number} ${text}`, failed: false }) } : one,
  )
}
