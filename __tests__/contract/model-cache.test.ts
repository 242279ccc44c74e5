import type Anthropic from '@anthropic-ai/sdk'
import { expect, it } from 'vitest'
import { gate, text } from '../../src/model-double/answer.ts'
import { status } from '../../src/model-double/fault.ts'
import { failing, scripted } from '../../src/model-double/script.ts'
import { manualClock } from '../support/clock.ts'
import { modelServer } from '../support/model.ts'
import { base, clientOf, PLAN, say } from './model-client.ts'

/** Well over the 512 tokens below which nothing is cached. */
const RULES = 'Write little, and read before you write. '.repeat(60)

const marked = (words: string, ttl?: '5m' | '1h'): Anthropic.TextBlockParam => ({
  type: 'text',
  text: words,
  cache_control: { type: 'ephemeral', ...(ttl && { ttl }) },
})

const asked = (words: string, system: Anthropic.TextBlockParam[] = [marked(RULES)]) => ({ ...base(say(words)), system })

/** Tokens read, written, and paid in full. */
const bill = ({ usage }: Anthropic.Message) => ({
  read: usage.cache_read_input_tokens,
  written: usage.cache_creation_input_tokens,
  fresh: usage.input_tokens,
})

const hello = () => text('Hello.')

it('writes a marked prefix once and reads it for whoever starts the same', async () => {
  const server = await modelServer(hello)
  const { messages } = clientOf(server)
  const first = bill(await messages.create(asked('One')))
  const second = bill(await messages.create(asked('Two')))
  expect(first).toMatchObject({ read: 0, written: expect.any(Number) })
  expect(first.written).toBeGreaterThan(512)
  expect(second).toEqual({ read: first.written, written: 0, fresh: first.fresh })
})

it('states the same usage at both ends of a stream', async () => {
  const server = await modelServer(hello)
  const { messages } = clientOf(server)
  await messages.stream(asked('One')).finalMessage()
  const stream = await messages.create({ ...asked('Two'), stream: true })
  const seen: unknown[] = []
  for await (const event of stream) {
    if (event.type === 'message_start') seen.push(event.message.usage)
    if (event.type === 'message_delta') seen.push(event.usage)
  }
  const read = { cache_read_input_tokens: server.requests[0]?.usage?.cache_creation_input_tokens }
  expect(seen).toMatchObject([read, { ...read, output_tokens: 2 }])
})

it('finds the longest prefix that an earlier request left, and writes what is new', async () => {
  const server = await modelServer(hello)
  const { messages } = clientOf(server)
  const opening: Anthropic.MessageParam = { role: 'user', content: [marked('Start. '.repeat(100))] }
  const first = bill(await messages.create({ ...base(opening), system: RULES }))
  const longer = [
    opening,
    { role: 'assistant' as const, content: 'Well.' },
    { role: 'user' as const, content: [marked('Go on.')] },
  ]
  const second = bill(await messages.create({ ...base(...longer), system: RULES }))
  expect(second).toMatchObject({ read: first.written, fresh: 0 })
  expect(second.written).toBeGreaterThan(0)
})

it('reads nothing for another model, other tools, another format or another word before the marker', async () => {
  const server = await modelServer(() => text('{"title":"","tasks":[]}'))
  const { messages } = clientOf(server)
  await messages.create(asked('One'))
  const tool = { name: 'list', input_schema: { type: 'object' as const } }
  const others = [
    { ...asked('One'), model: 'claude-haiku-5-5' },
    { ...asked('One'), tools: [tool] },
    { ...asked('One'), output_config: { format: PLAN } },
    asked('One', [marked(`${RULES}!`)]),
  ]
  for (const other of others) expect(bill(await messages.create(other)).read).toBe(0)
  expect(bill(await messages.create(asked('One'))).read).toBeGreaterThan(0)
})

it('caches nothing under 512 tokens', async () => {
  const server = await modelServer(hello)
  const { messages } = clientOf(server)
  const short = asked('One', [marked('Write little.')])
  await messages.create(short)
  expect(bill(await messages.create(short))).toMatchObject({ read: 0, written: 0 })
})

it('forgets five minutes after the last use', async () => {
  const clock = manualClock()
  const server = await modelServer(hello, { clock })
  const { messages } = clientOf(server)
  const later = async (seconds: number) => {
    clock.advance(seconds)
    return bill(await messages.create(asked('One'))).read !== 0
  }
  expect([await later(0), await later(299), await later(299), await later(301)]).toEqual([false, true, true, false])
})

it('keeps an hour what asks for it, and says which was written for how long', async () => {
  const clock = manualClock()
  const server = await modelServer(hello, { clock })
  const { messages } = clientOf(server)
  const both = { ...base({ role: 'user', content: [marked('Now. '.repeat(100))] }), system: [marked(RULES, '1h')] }
  const { usage } = await messages.create(both)
  expect(usage.cache_creation?.ephemeral_1h_input_tokens).toBeGreaterThan(512)
  expect(usage.cache_creation?.ephemeral_5m_input_tokens).toBeGreaterThan(0)
  clock.advance(3000)
  const again = await messages.create(both)
  expect(bill(again)).toMatchObject({
    read: usage.cache_creation?.ephemeral_1h_input_tokens,
    written: usage.cache_creation?.ephemeral_5m_input_tokens,
  })
})

it('lets others read only when the first answer has begun', async () => {
  const door = gate()
  const server = await modelServer(async (_, { n }) => {
    if (n === 1) await door.opened
    return text('Hello.')
  })
  const { messages } = clientOf(server)
  const first = messages.create(asked('One'))
  await server.until((requests) => requests.some(({ body }) => body !== null))
  expect(bill(await messages.create(asked('Two'))).read).toBe(0)
  door.open()
  expect(bill(await first).read).toBeGreaterThan(0)
})

it('writes nothing where the request fails', async () => {
  const server = await modelServer(scripted({ rules: [{ when: () => true, say: failing(1, status(529), hello) }] }))
  const { messages } = clientOf(server, { maxRetries: 1 })
  expect(bill(await messages.create(asked('One')))).toMatchObject({ read: 0 })
})

it('is warmed by a request that wants no tokens', async () => {
  const server = await modelServer(() => {
    throw new Error('not to be asked')
  })
  const { messages } = clientOf(server)
  const warm = await messages.create({ ...asked('One'), max_tokens: 0 })
  expect(warm).toMatchObject({ content: [], stop_reason: 'max_tokens', usage: { output_tokens: 0 } })
  expect(bill(await messages.create({ ...asked('Two'), max_tokens: 0 })).read).toBe(bill(warm).written)
})

it('marks the last piece where the whole request is marked', async () => {
  const server = await modelServer(hello)
  const { messages } = clientOf(server)
  const whole = { ...base(say('One')), system: RULES, cache_control: { type: 'ephemeral' as const } }
  const first = bill(await messages.create(whole))
  expect(first).toMatchObject({ read: 0, fresh: 0 })
  expect(bill(await messages.create(whole))).toEqual({ read: first.written, written: 0, fresh: 0 })
})
