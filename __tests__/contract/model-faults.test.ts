import Anthropic from '@anthropic-ai/sdk'
import { expect, it } from 'vitest'
import { gate, held, text } from '../../src/model-double/answer.ts'
import { cleanEof, errorEvent, reset, type ScriptedFault, stall, status } from '../../src/model-double/fault.ts'
import { failing, inTurn, scripted } from '../../src/model-double/script.ts'
import { modelServer } from '../support/model.ts'
import { base, clientOf, failureOf, say } from './model-client.ts'

const WORDS = text('one two three four five six seven eight nine ten')

const always = (fault: ScriptedFault) => modelServer(() => fault)

it.each([
  [429, 'rate_limit_error', Anthropic.RateLimitError],
  [500, 'api_error', Anthropic.InternalServerError],
  [503, 'api_error', Anthropic.InternalServerError],
  [529, 'overloaded_error', Anthropic.InternalServerError],
] as const)('fails at once with %i', async (code, type, kind) => {
  const server = await always(status(code, { retryAfter: 7 }))
  const failure = await failureOf(clientOf(server).messages.create(base(say('Hello'))))
  expect(failure).toBeInstanceOf(kind)
  expect(failure).toMatchObject({ status: code, type, requestID: 'req_000001' })
  expect((failure as InstanceType<typeof Anthropic.APIError>).headers?.get('retry-after')).toBe('7')
})

it('fails as often as it is told, then answers', async () => {
  const rules = [{ when: () => true, say: failing(2, status(529, { retryAfter: 0 }), text('At last.')) }]
  const server = await modelServer(scripted({ rules }))
  const message = await clientOf(server, { maxRetries: 2 }).messages.create(base(say('Hello')))
  expect(message.content).toMatchObject([{ text: 'At last.' }])
  expect(server.requests.map((request) => request.status)).toEqual([529, 529, 200])
})

it('closes the connection before a byte, which the SDK tries again', async () => {
  const server = await modelServer(inScript(reset({ after: 0 })))
  const client = clientOf(server)
  expect(await failureOf(client.messages.create(base(say('Hello'))))).toBeInstanceOf(Anthropic.APIConnectionError)
  const again = await modelServer(inScript(reset({ after: 0 })))
  const message = await clientOf(again, { maxRetries: 1 }).messages.create(base(say('Hello')))
  expect(message.content).toMatchObject(WORDS.parts)
})

function inScript(fault: ScriptedFault) {
  return scripted({ rules: [{ when: () => true, say: inTurn(fault, WORDS) }] })
}

/** The text that came through before the stream ended, and how it ended. */
async function read(stream: AsyncIterable<Anthropic.RawMessageStreamEvent>) {
  let said = ''
  let stopped = false
  const failure = await (async () => {
    for await (const event of stream) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') said += event.delta.text
      stopped ||= event.type === 'message_stop'
    }
  })().catch((error: unknown) => error)
  return { said, stopped, failure }
}

const streamed = async (fault: ScriptedFault) =>
  read(await clientOf(await always(fault)).messages.create({ ...base(say('Count')), stream: true }))

it('closes the connection in the middle of a stream', async () => {
  const { said, stopped, failure } = await streamed(reset({ of: WORDS }))
  expect(failure).toBeInstanceOf(Error)
  expect(stopped).toBe(false)
  expect(said.length).toBeLessThan(48)
})

it('ends a stream properly but too early, without a word from the SDK', async () => {
  const { said, stopped, failure } = await streamed(cleanEof({ of: WORDS, after: 1100 }))
  expect({ stopped, failure }).toEqual({ stopped: false, failure: undefined })
  expect(said).not.toBe('')
})

it('ends a stream with an error event', async () => {
  const { said, stopped, failure } = await streamed(errorEvent('overloaded_error', { of: WORDS, after: 1100 }))
  expect(failure).toBeInstanceOf(Anthropic.APIError)
  expect(failure).toMatchObject({ status: undefined, type: 'overloaded_error' })
  expect({ stopped, some: said !== '' }).toEqual({ stopped: false, some: true })
})

it('fails at once with the same error where nothing streams', async () => {
  const server = await always(errorEvent('overloaded_error'))
  expect(await failureOf(clientOf(server).messages.create(base(say('Hello'))))).toMatchObject({ status: 529 })
})

it('says nothing more until the client leaves, and notes that it left', async () => {
  const server = await always(stall({ of: WORDS, after: 1100 }))
  const stream = await clientOf(server).messages.create({ ...base(say('Count')), stream: true })
  let said = ''
  for await (const event of stream) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') said += event.delta.text
    if (said !== '') break
  }
  await server.until((requests) => requests.some(({ endedAt }) => endedAt !== null))
  expect(server.requests[0]).toMatchObject({ clientLeft: true, status: 200 })
})

it('does not even send headers where it stalls before the first byte', async () => {
  const server = await always(stall({ after: 0 }))
  const leave = new AbortController()
  const failure = failureOf(clientOf(server).messages.create(base(say('Hello')), { signal: leave.signal }))
  await server.until((requests) => requests.some(({ reply }) => reply !== null))
  leave.abort()
  expect(await failure).toBeInstanceOf(Anthropic.APIUserAbortError)
  await server.until((requests) => requests.some(({ clientLeft }) => clientLeft))
  expect(server.requests[0]?.status).toBeNull()
})

it('ends stalled connections, held answers and scripts that wait when it is closed', async () => {
  const never = gate()
  const server = await modelServer(({ lastText }) => {
    if (lastText === 'stall') return stall({ after: 0 })
    return lastText === 'hold' ? held(WORDS, never.opened) : never.opened.then(() => WORDS)
  })
  const client = clientOf(server)
  const failures = ['stall', 'hold', 'wait'].map((words) =>
    failureOf(client.messages.stream(base(say(words))).finalMessage()),
  )
  await server.until((requests) => requests.filter(({ body }) => body !== null).length === 3)
  await server.close()
  for (const failure of await Promise.all(failures)) expect(failure).toBeInstanceOf(Anthropic.AnthropicError)
  await server.until((requests) => requests.every(({ endedAt }) => endedAt !== null))
  expect(server.requests.map(({ clientLeft }) => clientLeft)).toEqual([false, false, false])
})
