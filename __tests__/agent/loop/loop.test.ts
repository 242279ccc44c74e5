import { expect, it } from 'vitest'
import type { Conversation, TurnRecord } from '../../../src/agent/loop/conversation.ts'
import { continueAgentLoop, runAgentLoop } from '../../../src/agent/loop/loop.ts'
import { type ModelMessage, textOfBlocks } from '../../../src/ports/model.ts'
import { calls, fails, type Said, says } from '../../support/said-model.ts'
import { done, echo, finish, testConversation } from './test-conversation.ts'

const look = (text: string) => calls([{ name: 'look', input: { text } }])
const looks = (count: number) => Array.from({ length: count }, (_, index) => look(`${index}`))

async function runLoop(answers: readonly Said[], overrides: Partial<Conversation> = {}) {
  const { conversation, model } = testConversation(answers, overrides)
  return { ...(await runAgentLoop(conversation)), requests: model.requests }
}

const lastWords = (turns: readonly ModelMessage[] = []): string => textOfBlocks(turns.at(-1)?.blocks ?? [])

it('goes on until the work is finished, and gives the value', async () => {
  const { stopReason, turnsUsed, requests } = await runLoop([look('a'), look('b'), calls([done])])
  expect(stopReason).toEqual({ kind: 'finished', value: { summary: 'done' } })
  expect(turnsUsed).toBe(3)
  expect(requests).toHaveLength(3)
})

it('asks the model it was told, with its tools, its words and the signal', async () => {
  const { requests } = await runLoop([calls([done])])
  expect(requests[0]).toMatchObject({ model: 'claude-sonnet-5-5', maxTokens: 4096, schema: null })
  expect(requests[0]?.tools.map(({ name }) => name)).toEqual(['look', 'finish'])
  expect(requests[0]?.system).toEqual([{ text: 'You work.', cache: true }])
})

it('reminds an agent of finish twice, then takes its words for the end', async () => {
  const { stopReason, requests } = await runLoop([says('I think I am done'), says('yes'), says('really')])
  expect(stopReason).toEqual({ kind: 'no-tool-call', text: 'really' })
  expect(lastWords(requests[1]?.turns)).toContain('call `finish`')
  expect(lastWords(requests[2]?.turns)).toContain('call `finish`')
})

it('lets an agent finish that was reminded, and counts again after each call', async () => {
  const twice = [says('hm'), says('hm')]
  expect((await runLoop([...twice, look('a'), ...twice, calls([done])])).stopReason.kind).toBe('finished')
})

it('takes words for the end at once where there is no finish', async () => {
  const { stopReason } = await runLoop([look('a'), says('It is in src/a.ts')], { tools: [echo('look', 'read')] })
  expect(stopReason).toEqual({ kind: 'no-tool-call', text: 'It is in src/a.ts' })
})

it('goes on after an answer of nothing at all, and gives back none of it', async () => {
  const nothing: Said = {
    ok: true,
    stop: 'end',
    blocks: [
      { kind: 'opaque', data: 'thought' },
      { kind: 'text', text: ' \n' },
    ],
    usage: { fresh: 1, cached: 0, written: 0, output: 1 },
    unsure: false,
  }
  const { stopReason, requests } = await runLoop([nothing, calls([done])])
  expect(stopReason.kind).toBe('finished')
  expect(requests[1]?.turns.map(({ role }) => role)).toEqual(['user'])
})

it('ends when its turns are used up, and says so three turns before', async () => {
  const { stopReason, requests, turnsUsed } = await runLoop(looks(5), { maxTurns: 5 })
  expect(stopReason).toEqual({ kind: 'turns' })
  expect(turnsUsed).toBe(5)
  expect(requests.map(({ turns }) => lastWords(turns).includes('3 turns are left'))).toEqual([
    false,
    false,
    true,
    false,
    false,
  ])
})

it('warns of a call that comes again and again, and ends with the fifth', async () => {
  const { stopReason, requests } = await runLoop(Array(5).fill(look('same')))
  expect(stopReason).toEqual({ kind: 'loop', detail: 'the same call 5 times, last look' })
  const results = requests
    .at(-1)
    ?.turns.flatMap(({ blocks }) => blocks.flatMap((b) => (b.kind === 'result' ? [b.text] : [])))
  expect(results?.map((text) => text.includes('Warning: the same call'))).toEqual([false, false, true, true])
})

it('ends with what the model refused', async () => {
  expect((await runLoop([says('I will not', { stop: 'refused' })])).stopReason).toEqual({
    kind: 'refused',
    detail: 'I will not',
  })
})

it('tells of an answer that was cut off, keeps and runs nothing of it, and ends with the second in a row', async () => {
  const seen: string[] = []
  const cut: Said = {
    ok: true,
    stop: 'length',
    blocks: [
      { kind: 'opaque', data: 1 },
      { kind: 'call', id: 'x', name: 'look', input: { text: 'half' } },
    ],
    usage: { fresh: 10, cached: 0, written: 0, output: 4096 },
    unsure: false,
  }
  const tools = [echo('look', 'read', seen), finish]
  const { stopReason, requests } = await runLoop([cut, look('a'), cut, cut], { tools })
  expect(stopReason).toEqual({ kind: 'truncated' })
  expect(seen).toEqual(['look a'])
  expect(requests).toHaveLength(4)
  expect(requests[1]?.turns).toHaveLength(1)
  expect(lastWords(requests[1]?.turns)).toContain('cut off at its limit of 4096 tokens')
})

it('ends truncated when the conversation is near the window', async () => {
  const usage = { fresh: 400, cached: 100, written: 400, output: 100 }
  const big = calls([{ name: 'look', input: { text: 'a' } }], { usage })
  const opening = [{ kind: 'text' as const, text: 'a'.repeat(5000) }]
  expect((await runLoop([big], { opening, maxContextTokens: 1000 })).stopReason).toEqual({ kind: 'truncated' })
  expect((await runLoop([big, calls([done])], { opening, maxContextTokens: 1500 })).stopReason.kind).toBe('finished')
})

it('makes no call that it cannot pay', async () => {
  const { withBudget } = testConversation([])
  const { stopReason, turnsUsed } = await runAgentLoop(withBudget(0.0001))
  expect(stopReason).toEqual({ kind: 'unaffordable', left: 0.0001 })
  expect(turnsUsed).toBe(0)
})

it('calls it the money, not the length, where the money has cut answers short', async () => {
  const cut = says('half', { stop: 'length', usage: { fresh: 0, cached: 0, written: 0, output: 0 } })
  const { withBudget } = testConversation([cut, cut])
  const { stopReason } = await runAgentLoop(withBudget(0.003))
  expect(stopReason).toEqual({ kind: 'unaffordable', left: 0.003 })
})

it('ends with the failure of the model', async () => {
  const { stopReason } = await runLoop([look('a'), fails('overloaded')])
  expect(stopReason).toMatchObject({
    kind: 'model-failed',
    failure: { reason: 'overloaded', detail: 'said: overloaded' },
  })
})

it('ends aborted when the signal fires, before a call and in one', async () => {
  const before = AbortSignal.abort()
  expect((await runLoop([], { signal: before })).stopReason).toEqual({ kind: 'aborted' })
  const stop = new AbortController()
  const inCall: Said = () => {
    stop.abort()
    return fails('aborted')
  }
  expect((await runLoop([inCall], { signal: stop.signal })).stopReason).toEqual({ kind: 'aborted' })
})

it('ends for the time when the time is over, whatever else has stopped it', async () => {
  let over = false
  const late: Said = () => {
    over = true
    return fails('aborted')
  }
  expect((await runLoop([late], { deadline: () => over })).stopReason).toEqual({ kind: 'time' })
  expect((await runLoop([], { deadline: () => true })).stopReason).toEqual({ kind: 'time' })
})

it('puts the reminder behind the results of every so many turns, and nowhere else', async () => {
  const words = ['Remember the plan (1)', 'Remember the plan (2)']
  const reminder = { every: 2, text: () => words.shift() ?? 'too often' }
  const { requests } = await runLoop([...looks(5), calls([done])], { reminder, maxTurns: 50 })
  expect(requests.map(({ turns }) => lastWords(turns))).toEqual([
    'The brief.',
    '',
    'Remember the plan (1)',
    '',
    'Remember the plan (2)',
    '',
  ])
})

it('takes in words of a person at the next turn, behind the results, once', async () => {
  const words = [null, 'Use tabs', null]
  const { requests } = await runLoop([look('a'), look('b'), calls([done])], {
    pendingMessage: () => words.shift() ?? null,
  })
  expect(requests[1]?.turns.at(-1)?.blocks.map(({ kind }) => kind)).toEqual(['result', 'text'])
  expect(lastWords(requests[1]?.turns)).toBe('Use tabs')
  expect(lastWords(requests[2]?.turns)).toBe('')
})

it('goes on with new words after the end, in the same conversation', async () => {
  const { conversation, model } = testConversation([
    look('a'),
    calls([done]),
    calls([{ ...done, input: { summary: 'again' } }]),
  ])
  const first = await runAgentLoop(conversation)
  const second = await continueAgentLoop(conversation, first.history, [{ kind: 'text', text: 'Acceptance failed.' }])
  expect(second.stopReason).toEqual({ kind: 'finished', value: { summary: 'again' } })
  expect(second.turnsUsed).toBe(1)
  const last = model.requests[2]?.turns ?? []
  expect(last.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant', 'user'])
  expect(last.at(-1)?.blocks).toMatchObject([
    { kind: 'result', id: 'call-2-1', text: 'Taken', failed: false },
    { kind: 'text', text: 'Acceptance failed.' },
  ])
})

it('goes on where it was stopped, for a person who gave it more', async () => {
  const { conversation, model } = testConversation([look('a'), calls([done])])
  const first = await runAgentLoop({ ...conversation, maxTurns: 1 })
  expect(first.stopReason.kind).toBe('turns')
  expect((await continueAgentLoop(conversation, first.history, [])).stopReason.kind).toBe('finished')
  expect(model.requests[1]?.turns).toHaveLength(3)
})

it('writes down every turn: who, when, what, what it cost', async () => {
  const lines: TurnRecord[] = []
  const { conversation, clock } = testConversation([
    (request, ordinal) => {
      clock.advance(7)
      const answer = look('a')
      return typeof answer === 'function' ? answer(request, ordinal) : answer
    },
    fails('unreachable'),
  ])
  await runAgentLoop({ ...conversation, onTurn: (line) => lines.push(line) })
  expect(lines).toEqual([
    { role: 'user', at: '2026-01-02T03:04:05.000Z', turn: 1, blocks: [{ kind: 'text', text: 'The brief.' }] },
    {
      role: 'assistant',
      at: '2026-01-02T03:04:12.000Z',
      turn: 1,
      blocks: [{ kind: 'call', id: 'call-1-1', name: 'look', input: { text: 'a' } }],
      stop: 'calls',
      usage: { fresh: 100, cached: 0, written: 0, output: 20 },
      unsure: false,
      seconds: 7,
    },
    {
      role: 'user',
      at: '2026-01-02T03:04:12.000Z',
      turn: 2,
      blocks: [{ kind: 'result', id: 'call-1-1', text: 'a', failed: false }],
    },
    {
      role: 'assistant',
      at: '2026-01-02T03:04:12.000Z',
      turn: 2,
      blocks: [],
      stop: 'unreachable',
      usage: { fresh: 0, cached: 0, written: 0, output: 0 },
      unsure: false,
      seconds: 0,
    },
  ])
  expect(JSON.parse(JSON.stringify(lines))).toEqual(lines)
})
