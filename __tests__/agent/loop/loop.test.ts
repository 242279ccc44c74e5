import { expect, it } from 'vitest'
import type { Conversation, TurnRecord } from '../../../src/agent/loop/conversation.ts'
import { continueWith, converse } from '../../../src/agent/loop/loop.ts'
import { type ModelMessage, textOfBlocks } from '../../../src/ports/model.ts'
import { calls, fails, type Said, says } from '../../support/said-model.ts'
import { conversation, done, echo, finish } from './test-conversation.ts'

const look = (text: string) => calls([{ name: 'look', input: { text } }])
const looks = (count: number) => Array.from({ length: count }, (_, index) => look(`${index}`))

async function ended(answers: readonly Said[], given: Partial<Conversation> = {}) {
  const { talk, model } = conversation(answers, given)
  return { ...(await converse(talk)), requests: model.requests }
}

const lastWords = (turns: readonly ModelMessage[] = []): string => textOfBlocks(turns.at(-1)?.blocks ?? [])

it('goes on until the work is finished, and gives the value', async () => {
  const { ending, turnsUsed, requests } = await ended([look('a'), look('b'), calls([done])])
  expect(ending).toEqual({ end: 'finished', value: { summary: 'done' } })
  expect(turnsUsed).toBe(3)
  expect(requests).toHaveLength(3)
})

it('asks the model it was told, with its tools, its words and the signal', async () => {
  const { requests } = await ended([calls([done])])
  expect(requests[0]).toMatchObject({ model: 'claude-sonnet-5-5', maxTokens: 4096, schema: null })
  expect(requests[0]?.tools.map(({ name }) => name)).toEqual(['look', 'finish'])
  expect(requests[0]?.system).toEqual([{ text: 'You work.', cache: true }])
})

it('reminds an agent of finish twice, then takes its words for the end', async () => {
  const { ending, requests } = await ended([says('I think I am done'), says('yes'), says('really')])
  expect(ending).toEqual({ end: 'said', text: 'really' })
  expect(lastWords(requests[1]?.turns)).toContain('call `finish`')
  expect(lastWords(requests[2]?.turns)).toContain('call `finish`')
})

it('lets an agent finish that was reminded, and counts anew after each call', async () => {
  const twice = [says('hm'), says('hm')]
  expect((await ended([...twice, look('a'), ...twice, calls([done])])).ending.end).toBe('finished')
})

it('takes words for the end at once where there is no finish', async () => {
  const { ending } = await ended([look('a'), says('It is in src/a.ts')], { tools: [echo('look', 'read')] })
  expect(ending).toEqual({ end: 'said', text: 'It is in src/a.ts' })
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
  const { ending, requests } = await ended([nothing, calls([done])])
  expect(ending.end).toBe('finished')
  expect(requests[1]?.turns.map(({ role }) => role)).toEqual(['user'])
})

it('ends when its turns are used up, and says so three turns before', async () => {
  const { ending, requests, turnsUsed } = await ended(looks(5), { turns: 5 })
  expect(ending).toEqual({ end: 'turns' })
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
  const { ending, requests } = await ended(Array(5).fill(look('same')))
  expect(ending).toEqual({ end: 'loop', detail: 'the same call 5 times, last look' })
  const results = requests
    .at(-1)
    ?.turns.flatMap(({ blocks }) => blocks.flatMap((b) => (b.kind === 'result' ? [b.text] : [])))
  expect(results?.map((text) => text.includes('Warning: the same call'))).toEqual([false, false, true, true])
})

it('ends with what the model refused', async () => {
  expect((await ended([says('I will not', { stop: 'refused' })])).ending).toEqual({
    end: 'refused',
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
  const { ending, requests } = await ended([cut, look('a'), cut, cut], { tools })
  expect(ending).toEqual({ end: 'truncated' })
  expect(seen).toEqual(['look a'])
  expect(requests).toHaveLength(4)
  expect(requests[1]?.turns).toHaveLength(1)
  expect(lastWords(requests[1]?.turns)).toContain('cut off at its limit of 4096 tokens')
})

it('ends truncated when the conversation is near the window', async () => {
  const usage = { fresh: 400, cached: 100, written: 400, output: 100 }
  const big = calls([{ name: 'look', input: { text: 'a' } }], { usage })
  const opening = [{ kind: 'text' as const, text: 'a'.repeat(5000) }]
  expect((await ended([big], { opening, window: 1000 })).ending).toEqual({ end: 'truncated' })
  expect((await ended([big, calls([done])], { opening, window: 1500 })).ending.end).toBe('finished')
})

it('makes no call that it cannot pay', async () => {
  const { poor } = conversation([])
  const { ending, turnsUsed } = await converse(poor(0.0001))
  expect(ending).toEqual({ end: 'unaffordable', left: 0.0001 })
  expect(turnsUsed).toBe(0)
})

it('calls it the money, not the length, where the money has cut answers short', async () => {
  const cut = says('half', { stop: 'length', usage: { fresh: 0, cached: 0, written: 0, output: 0 } })
  const { poor } = conversation([cut, cut])
  const { ending } = await converse(poor(0.003))
  expect(ending).toEqual({ end: 'unaffordable', left: 0.003 })
})

it('ends with the failure of the model', async () => {
  const { ending } = await ended([look('a'), fails('overloaded')])
  expect(ending).toEqual({ end: 'model-failed', failure: { reason: 'overloaded', detail: 'said: overloaded' } })
})

it('ends aborted when the signal fires, before a call and in one', async () => {
  const before = AbortSignal.abort()
  expect((await ended([], { signal: before })).ending).toEqual({ end: 'aborted' })
  const stop = new AbortController()
  const inCall: Said = () => {
    stop.abort()
    return fails('aborted')
  }
  expect((await ended([inCall], { signal: stop.signal })).ending).toEqual({ end: 'aborted' })
})

it('ends for the time when the time is over, whatever else has stopped it', async () => {
  let over = false
  const late: Said = () => {
    over = true
    return fails('aborted')
  }
  expect((await ended([late], { deadline: () => over })).ending).toEqual({ end: 'time' })
  expect((await ended([], { deadline: () => true })).ending).toEqual({ end: 'time' })
})

it('puts the reminder behind the results of every so many turns, and nowhere else', async () => {
  const words = ['Remember the plan (1)', 'Remember the plan (2)']
  const reminder = { every: 2, text: () => words.shift() ?? 'too often' }
  const { requests } = await ended([...looks(5), calls([done])], { reminder, turns: 50 })
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
  const { requests } = await ended([look('a'), look('b'), calls([done])], { interject: () => words.shift() ?? null })
  expect(requests[1]?.turns.at(-1)?.blocks.map(({ kind }) => kind)).toEqual(['result', 'text'])
  expect(lastWords(requests[1]?.turns)).toBe('Use tabs')
  expect(lastWords(requests[2]?.turns)).toBe('')
})

it('goes on with new words after the end, in the same conversation', async () => {
  const { talk, model } = conversation([look('a'), calls([done]), calls([{ ...done, input: { summary: 'again' } }])])
  const first = await converse(talk)
  const second = await continueWith(talk, first.thread, [{ kind: 'text', text: 'Acceptance failed.' }])
  expect(second.ending).toEqual({ end: 'finished', value: { summary: 'again' } })
  expect(second.turnsUsed).toBe(1)
  const last = model.requests[2]?.turns ?? []
  expect(last.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant', 'user'])
  expect(last.at(-1)?.blocks).toMatchObject([
    { kind: 'result', id: 'call-2-1', text: 'Taken', failed: false },
    { kind: 'text', text: 'Acceptance failed.' },
  ])
})

it('goes on where it was stopped, for a person who gave it more', async () => {
  const { talk, model } = conversation([look('a'), calls([done])])
  const first = await converse({ ...talk, turns: 1 })
  expect(first.ending.end).toBe('turns')
  expect((await continueWith(talk, first.thread, [])).ending.end).toBe('finished')
  expect(model.requests[1]?.turns).toHaveLength(3)
})

it('writes down every turn: who, when, what, what it cost', async () => {
  const lines: TurnRecord[] = []
  const { talk, clock } = conversation([
    (request, ordinal) => {
      clock.advance(7)
      const answer = look('a')
      return typeof answer === 'function' ? answer(request, ordinal) : answer
    },
    fails('unreachable'),
  ])
  await converse({ ...talk, onTurn: (line) => lines.push(line) })
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
