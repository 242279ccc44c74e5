import { LLMock } from '@copilotkit/aimock'
import { expect, it, onTestFinished } from 'vitest'
import type { ModelMessage } from '../../../src/ports/model.ts'
import { answered, asks, modelAt, refused, user, words } from './asking.ts'

/*
 * A stand-in for the API that others wrote. It checks no request and knows nothing of the cache: both are the business of our
 * own, in src/model-double. What both must agree on is the shape of streams, of calls and their results, and of errors.
 */
async function independent(set: (mock: LLMock) => void): Promise<LLMock> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 4 })
  set(mock)
  await mock.start()
  onTestFinished(() => mock.stop())
  return mock
}

const VIEW = {
  name: 'view',
  description: 'Shows a file.',
  input: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'], additionalProperties: false },
}

it('is understood by a stand-in that others wrote: words in pieces, with what they cost', async () => {
  const usage = { input_tokens: 12, output_tokens: 34 }
  const mock = await independent((one) => one.onMessage('Hello', { content: 'One two three.', usage }))
  const pieces: string[] = []
  const answer = await modelAt(mock).model.ask({ ...asks(), onText: (piece) => pieces.push(piece) })
  expect(answered(answer)).toMatchObject({ stop: 'end', blocks: [words('One two three.')], unsure: false })
  expect(pieces.length).toBeGreaterThan(1)
  expect(answer.usage).toMatchObject({ fresh: 12, output: 34 })
})

it('is understood by it: a call of a tool, its result, and what is said then', async () => {
  const call = { id: 'toolu_1', name: 'view', arguments: '{"path":"a.ts"}' }
  const mock = await independent((one) =>
    one
      .onToolResult('toolu_1', { content: 'It is empty.' })
      .on({ userMessage: 'Look', hasToolResult: false }, { toolCalls: [call] }),
  )
  const { model } = modelAt(mock)
  const first = answered(await model.ask({ ...asks(user('Look')), tools: [VIEW] }))
  expect(first).toMatchObject({ stop: 'calls', blocks: [{ kind: 'call', name: 'view', input: { path: 'a.ts' } }] })
  const turns: ModelMessage[] = [
    user('Look'),
    { role: 'assistant', blocks: first.blocks },
    { role: 'user', blocks: [{ kind: 'result', id: 'toolu_1', text: '(nothing)', failed: false }] },
  ]
  const second = answered(await model.ask({ ...asks(...turns), tools: [VIEW] }))
  expect(second).toMatchObject({ stop: 'end', blocks: [words('It is empty.')] })
})

it('retries what it calls an overload, and does not retry what it refuses', async () => {
  const mock = await independent((one) => one.onMessage('Hello', { content: 'Here.' }))
  mock.nextRequestError(529, { message: 'Overloaded', type: 'overloaded_error' })
  const overloaded = modelAt(mock)
  expect(answered(await overloaded.model.ask(asks())).blocks).toEqual([words('Here.')])
  expect(overloaded.pauses).toHaveLength(1)
  mock.nextRequestError(401, { message: 'invalid x-api-key', type: 'authentication_error' })
  expect(refused(await modelAt(mock).model.ask(asks())).failure.reason).toBe('not-authorised')
  expect(mock.getRequests()).toHaveLength(3)
})
