import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { continueAgentLoop, runAgentLoop } from '../../../src/agent/loop/loop.ts'
import { openBudget } from '../../../src/agent/loop/metered-model.ts'
import { tool, toolText } from '../../../src/agent/tools/tool.ts'
import { usdOf } from '../../../src/core/money/usage.ts'
import { calls } from '../../support/said-model.ts'
import { done, finish, testConversation } from './test-conversation.ts'

/** In seconds. */
const MINUTE = 60
const usage = { fresh: 10, cached: 0, written: 900, output: 5 }
const takes = (minutes: number) => calls([{ name: 'run', input: { minutes } }])

/** Lives of what each call writes to the cache, if the agent's commands take so many minutes each. */
async function livesAfter(...minutes: number[]) {
  const { conversation, model, clock } = testConversation([...minutes.map(takes), calls([done], { usage })])
  const input = z.strictObject({ minutes: z.number() })
  const run = tool({ name: 'run', description: 'Runs.', kind: 'read', input }, async (given) => {
    clock.advance(given.minutes * MINUTE)
    return toolText('ok')
  })
  const { history } = await runAgentLoop({ ...conversation, tools: [run, finish] })
  return { lives: model.requests.map(({ cacheLife }) => cacheLife), history, conversation, model, clock }
}

describe('what a call writes to the cache', () => {
  it('stays for five minutes while commands are short', async () => {
    expect((await livesAfter(1, 4)).lives).toEqual([undefined, undefined, undefined])
  })

  it('stays for an hour from the first command on that took longer than five minutes', async () => {
    expect((await livesAfter(1, 6, 1)).lives).toEqual([undefined, undefined, 'hour', 'hour'])
  })

  it('does not stay for an hour because of a command that took longer than that', async () => {
    expect((await livesAfter(61)).lives).toEqual([undefined, undefined])
  })

  it('is not expected to be there after such a command, which is what money is reserved for', async () => {
    const { conversation, history, clock } = await livesAfter()
    expect(history.cachedTokens).toBe(900)
    clock.advance(6 * MINUTE)
    const feedback = [{ kind: 'text' as const, text: 'The acceptance failed.' }]
    const { model } = testConversation([calls([done])])
    const metered = { ...conversation.metered, model }
    await continueAgentLoop({ ...conversation, metered }, history, feedback)
    expect(model.requests[0]?.cacheLife).toBe('hour')
  })

  it('costs twice the input if it stays for an hour, in what is reserved and in what is booked', () => {
    const price = { input: 2, output: 10, cache_read: 0.1, cache_write: 2.5 }
    const budget = openBudget(100, () => price)
    const call = { model: 'any', maxTokens: 0 }
    expect(budget.worstCost(call, 1_000_000)).toBeCloseTo(2.5)
    expect(budget.worstCost({ ...call, cacheLife: 'hour' }, 1_000_000)).toBeCloseTo(4)
    const written = { fresh: 0, cached: 0, written: 1_000_000, output: 0 }
    budget.settle('work', { ...call, cacheLife: 'hour' }, 1_000_000, { usage: written, unsure: false })
    expect(usdOf(budget.spending())).toBeCloseTo(4)
  })
})
