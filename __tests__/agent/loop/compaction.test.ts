import { describe, expect, it } from 'vitest'
import { compacted, KEPT_TURNS } from '../../../src/agent/loop/compaction.ts'
import { runAgentLoop } from '../../../src/agent/loop/loop.ts'
import { emptyHistory, type MessageHistory, withUserMessage } from '../../../src/agent/loop/loop-state.ts'
import { noUsage } from '../../../src/core/money/usage.ts'
import type { Model, ModelRequest } from '../../../src/ports/model.ts'
import { calls, fails } from '../../support/said-model.ts'
import { done, testConversation } from './test-conversation.ts'

const sizeOf = ({ turns, system, tools }: ModelRequest): number => JSON.stringify([turns, system, tools]).length
const BRIEF = 'The brief: what the task needs. '.repeat(40)
const LONG = 'a line of a long file\n'.repeat(400)

/** A model with so much room, that looks at so many files of 8,800 characters before it finishes. */
function modelWith(room: number, looks: number): Model & { requests: ModelRequest[] } {
  const requests: ModelRequest[] = []
  let answers = 0
  return {
    requests,
    async ask(request) {
      requests.push(request)
      const size = sizeOf(request)
      if (size > room) return fails('too-long')
      answers += 1
      const call = answers > looks ? done : { name: 'look', input: { text: `file ${answers}\n${LONG}` } }
      const said = calls([call], { usage: { ...noUsage, written: size, output: 10 } })
      return typeof said === 'function' ? said(request, answers) : said
    },
  }
}

const run = (model: Model, limits: { compactAtTokens?: number; maxContextTokens?: number }) => {
  const { conversation } = testConversation([], { opening: [{ kind: 'text', text: BRIEF }], maxTurns: 200, ...limits })
  return runAgentLoop({ ...conversation, metered: { ...conversation.metered, model } })
}

describe('a context that outgrows its window', () => {
  it('goes on: results and inputs of old calls are left out before it is full', async () => {
    const model = modelWith(330_000, 60)
    const { stopReason, turnsUsed } = await run(model, { compactAtTokens: 250_000 })
    expect([stopReason.kind, turnsUsed]).toEqual(['finished', 61])
    const last = model.requests.at(-1)
    const text = JSON.stringify(last?.turns)
    expect(JSON.stringify(last?.turns[0])).toContain(BRIEF)
    expect(text).toContain('more characters are left out here to save room')
    expect(JSON.stringify(last?.turns.at(-1))).not.toContain('left out')
    expect(Math.max(...model.requests.map(sizeOf))).toBeGreaterThan(250_000)
  })

  it('is shortened seldom, so that the cache is read between', async () => {
    const model = modelWith(330_000, 60)
    await run(model, { compactAtTokens: 250_000 })
    const sizes = model.requests.map(sizeOf)
    const shortenings = sizes.filter((size, at) => size < (sizes[at - 1] ?? 0))
    expect(shortenings.length).toBeGreaterThan(2)
    expect(shortenings.length).toBeLessThan(10)
  })

  it('goes on too where the model has less room than is assumed', async () => {
    const model = modelWith(100_000, 12)
    const { stopReason } = await run(model, {})
    expect(stopReason.kind).toBe('finished')
    expect(model.requests.filter((request) => sizeOf(request) > 100_000).length).toBeGreaterThan(0)
  })

  it('fails where there is nothing to leave out', async () => {
    const model = modelWith(1000, 3)
    const { stopReason } = await run(model, {})
    expect(stopReason).toMatchObject({ kind: 'model-failed', failure: { reason: 'too-long' } })
    expect(model.requests).toHaveLength(1)
  })
})

describe('a shortened history', () => {
  const result = (id: string, text: string) => ({ kind: 'result' as const, id, text, failed: false })
  const call = (id: string, text: string) => ({ kind: 'call' as const, id, name: 'create', input: { path: id, text } })
  function talk(rounds: number): MessageHistory {
    let history = withUserMessage(emptyHistory({ system: [], tools: [] }), [{ kind: 'text', text: LONG }])
    for (let round = 0; round < rounds; round += 1) {
      const id = `c${round}`
      const turns = [...history.turns, { role: 'assistant' as const, blocks: [call(id, LONG)] }]
      history = withUserMessage({ ...history, turns }, [result(id, LONG), { kind: 'text', text: 'Go on.' }])
    }
    return history
  }

  it('keeps the opening, every word, each call with its result, and the last turns', () => {
    const before = talk(12)
    const after = compacted(before)
    if (after === null) return expect.fail('nothing was left out')
    expect(after.turns[0]).toEqual(before.turns[0])
    expect(after.turns.slice(-KEPT_TURNS)).toEqual(before.turns.slice(-KEPT_TURNS))
    const ids = ({ turns }: MessageHistory) =>
      turns.flatMap(({ blocks }) =>
        blocks.flatMap((block) => ('id' in block ? [`${block.kind} ${block.id}`] : ['text'])),
      )
    expect(ids(after)).toEqual(ids(before))
    expect(after.bytes).toBeLessThan(before.bytes * 0.8)
  })

  it('is not made for a small saving', () => {
    expect(compacted(talk(KEPT_TURNS))).toBeNull()
    const once = compacted(talk(12))
    expect(once === null ? null : compacted(once)).toBeNull()
  })
})
