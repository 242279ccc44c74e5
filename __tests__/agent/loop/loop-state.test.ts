import { expect, it } from 'vitest'
import { continueAgentLoop, runAgentLoop } from '../../../src/agent/loop/loop.ts'
import type { Budget } from '../../../src/agent/loop/metered-model.ts'
import type { ModelRequest } from '../../../src/ports/model.ts'
import { calls, says } from '../../support/said-model.ts'
import { done, testConversation } from './test-conversation.ts'

const look = (text: string) => calls([{ name: 'look', input: { text } }], { text: `I look at ${text}` })

/** What the model's API builds its cache over, in its order; markers are no part of it. */
function prefixOf({ tools, system, turns }: ModelRequest): string {
  const bare = (value: object) => JSON.stringify({ ...value, cache: undefined })
  const messages = turns.flatMap(({ role, blocks }) => blocks.map((block) => `${role} ${bare(block)}`))
  return [...tools.map(bare), ...system.map(bare), ...messages].join('\n')
}

const markersOf = ({ system, turns }: ModelRequest): string[] => [
  ...system.flatMap((part, index) => (part.cache ? [`system ${index}`] : [])),
  ...turns.flatMap(({ blocks }, turn) =>
    blocks.flatMap((block, index) => ('cache' in block && block.cache ? [`${turn}.${index}`] : [])),
  ),
]

/** A conversation in which everything happens that adds to the prompt. */
async function longTalk(): Promise<readonly ModelRequest[]> {
  let steered = false
  const { conversation, model } = testConversation(
    [
      look('a'),
      says('cut', { stop: 'length' }),
      calls([
        { name: 'look', input: { text: 'bad' } },
        { name: 'none', input: '{' },
      ]),
      says('What now?'),
      look('b'),
      calls([done]),
      look('c'),
      calls([done]),
    ],
    {
      maxTurns: 50,
      reminder: { every: 2, text: () => 'Remember' },
      pendingMessage: () => {
        const now = model.requests.length === 2 && !steered
        steered ||= now
        return now ? 'Use tabs' : null
      },
    },
  )
  const { history } = await runAgentLoop(conversation)
  await continueAgentLoop(conversation, history, [{ kind: 'text', text: 'Acceptance failed' }])
  return model.requests
}

it('begins every prompt with all of the prompt before, byte for byte', async () => {
  const prompts = (await longTalk()).map(prefixOf)
  expect(prompts).toHaveLength(8)
  for (const [index, prompt] of prompts.slice(1).entries()) {
    expect(prompt.startsWith(prompts[index] ?? '?')).toBe(true)
    expect(prompt.length).toBeGreaterThan(prompts[index]?.length ?? 0)
  }
})

it('begins the prompts of two conversations alike up to where their briefs differ', async () => {
  const first = async (brief: string) => {
    const { conversation, model } = testConversation([calls([done])], { opening: [{ kind: 'text', text: brief }] })
    await runAgentLoop(conversation)
    return prefixOf(model.requests[0] ?? { ...conversation, turns: [], tools: [], schema: null })
  }
  const [one, other] = [await first('Brief of t1'), await first('Brief of t2')]
  expect(one.slice(0, one.indexOf('Brief'))).toBe(other.slice(0, other.indexOf('Brief')))
  expect(one.indexOf('Brief')).toBeGreaterThan(100)
})

it('marks the ends of the last two turns of the user, and never more than the API takes', async () => {
  const { conversation, model } = testConversation([look('a'), look('b'), calls([done])], {
    opening: [
      { kind: 'text', text: 'Same for all', cache: true },
      { kind: 'text', text: 'Brief' },
    ],
  })
  await runAgentLoop(conversation)
  expect(model.requests.map(markersOf)).toEqual([
    ['system 0', '0.0', '0.1'],
    ['system 0', '0.0', '0.1', '2.0'],
    ['system 0', '0.0', '2.0', '4.0'],
  ])
  expect(Math.max(...(await longTalk()).map((request) => markersOf(request).length))).toBeLessThanOrEqual(4)
})

it('lets turns alternate, and gives every call its result right after it', async () => {
  for (const { turns } of await longTalk()) {
    expect(turns.map(({ role }) => role)).toEqual(turns.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')))
    for (const [index, { blocks }] of turns.entries()) {
      const called = blocks.flatMap((block) => (block.kind === 'call' ? [block.id] : []))
      const first = turns[index + 1]?.blocks.slice(0, called.length) ?? []
      expect(first.flatMap((block) => (block.kind === 'result' ? [block.id] : []))).toEqual(called)
    }
  }
})

/** What each call was said to have in its prompt at most. */
async function boundsOf(answers: Parameters<typeof testConversation>[0], opening: string) {
  const bounds: number[] = []
  const { conversation, model } = testConversation(answers, { opening: [{ kind: 'text', text: opening }] })
  const real = conversation.metered.budget
  const recordingBudget: Budget = {
    ...real,
    afford(request, promptTokens) {
      bounds.push(promptTokens)
      return real.afford(request, promptTokens)
    },
  }
  await runAgentLoop({ ...conversation, metered: { ...conversation.metered, budget: recordingBudget } })
  return { bounds, requests: model.requests }
}

it('takes the bytes of the first prompt for its tokens at most', async () => {
  const { bounds, requests } = await boundsOf([calls([done])], 'ü'.repeat(500))
  const { tools, system, turns } = requests[0] ?? { tools: [], system: [], turns: [] }
  const written = [...tools.map(({ description }) => description), ...system.map(({ text }) => text)].join('')
  expect(turns).toHaveLength(1)
  expect(bounds[0]).toBeGreaterThanOrEqual(1000 + Buffer.byteLength(written))
  expect(bounds[0]).toBeLessThan(3000)
})

it('counts from what the last answer has told, and adds the bytes that came since', async () => {
  const usage = { fresh: 40, cached: 50, written: 60, output: 70 }
  const answer = calls([{ name: 'look', input: { text: 'x'.repeat(300) } }], { usage })
  const { bounds } = await boundsOf([answer, calls([done])], 'a'.repeat(5000))
  expect(bounds[1]).toBeGreaterThanOrEqual(220 + 300)
  expect(bounds[1]).toBeLessThan(220 + 300 + 100)
})

it('counts bytes where an answer has told nothing, or not all', async () => {
  const silent = calls([{ name: 'look', input: { text: 'a' } }], {
    usage: { fresh: 0, cached: 0, written: 0, output: 0 },
  })
  const unsure = { ...says(''), unsure: true, usage: { fresh: 1, cached: 0, written: 0, output: 0 } }
  for (const answer of [silent, unsure]) {
    const { bounds } = await boundsOf([answer, calls([done])], 'a'.repeat(5000))
    expect(bounds[1]).toBeGreaterThan(bounds[0] ?? Number.POSITIVE_INFINITY)
  }
})
