import Anthropic from '@anthropic-ai/sdk'
import { expect, it } from 'vitest'
import { gate, held, json, refusal, text, tools, truncated } from '../../src/hub/model/answer.ts'
import { scripted } from '../../src/hub/model/script.ts'
import type { ModelServer } from '../../src/hub/model/server.ts'
import { MODEL_KEY, modelServer } from '../support/model.ts'

const clientOf = (server: ModelServer, options: { maxRetries?: number } = {}) =>
  new Anthropic({ apiKey: MODEL_KEY, baseURL: server.url, maxRetries: 0, ...options })

const say = (content: string): Anthropic.MessageParam => ({ role: 'user', content })

const base = (...messages: Anthropic.MessageParam[]) => ({
  model: 'claude-sonnet-5-5',
  max_tokens: 1000,
  messages,
})

const VIEW = {
  name: 'view',
  input_schema: { type: 'object' as const, properties: { path: { type: 'string' } }, required: ['path'] },
}

const PLAN = {
  type: 'json_schema' as const,
  schema: {
    type: 'object',
    properties: { title: { type: 'string' }, tasks: { type: 'array', items: { type: 'string' } } },
    required: ['title', 'tasks'],
    additionalProperties: false,
  },
}

it('streams words in chunks and ends the turn', async () => {
  const server = await modelServer(scripted({ rules: [{ when: () => true, say: text('Hello there.') }] }), { chunk: 5 })
  const stream = clientOf(server).messages.stream(base(say('Hello')))
  const chunks: string[] = []
  stream.on('text', (chunk) => chunks.push(chunk))
  const message = await stream.finalMessage()
  expect(chunks).toEqual(['Hello', ' ther', 'e.'])
  expect(message).toMatchObject({
    role: 'assistant',
    model: 'claude-sonnet-5-5',
    stop_reason: 'end_turn',
    content: [{ type: 'text', text: 'Hello there.' }],
    usage: { output_tokens: 3, cache_read_input_tokens: 0 },
  })
})

it('answers at once where nothing streams', async () => {
  const server = await modelServer(() => text('Hello there.'))
  const message = await clientOf(server).messages.create(base(say('Hello')))
  expect(message.content).toEqual([{ type: 'text', text: 'Hello there.', citations: null }])
  expect(message.usage.input_tokens).toBeGreaterThan(0)
})

it('calls a tool, reads its result and goes on', async () => {
  const server = await modelServer(
    scripted({
      rules: [
        {
          when: ({ turns }) => turns === 0,
          say: tools([{ name: 'view', input: { path: 'a.ts' } }], { text: 'I look.' }),
        },
        { when: ({ results }) => results.length > 0, say: ({ results }) => text(`It says ${results[0]?.text}`) },
      ],
    }),
  )
  const client = clientOf(server)
  const first = await client.messages.stream({ ...base(say('Look')), tools: [VIEW] }).finalMessage()
  expect(first.stop_reason).toBe('tool_use')
  const call = first.content.find((block) => block.type === 'tool_use')
  expect(call).toMatchObject({ name: 'view', input: { path: 'a.ts' } })
  const result: Anthropic.ToolResultBlockParam = {
    type: 'tool_result',
    tool_use_id: call?.id ?? '',
    content: 'export {}',
  }
  const second = await client.messages
    .stream({
      ...base(say('Look'), { role: 'assistant', content: first.content }, { role: 'user', content: [result] }),
      tools: [VIEW],
    })
    .finalMessage()
  expect(second.content).toMatchObject([{ type: 'text', text: 'It says export {}' }])
})

it('streams structured output bit by bit, and holds it where the script says', async () => {
  const rest = gate()
  const plan = { title: 'A plan', tasks: ['one', 'two'] }
  const server = await modelServer(() => held(json(plan), rest.opened, '"one"'), { chunk: 4 })
  const stream = await clientOf(server).messages.create({
    ...base(say('Plan')),
    stream: true,
    output_config: { format: PLAN },
  })
  let said = ''
  for await (const event of stream) {
    if (event.type !== 'content_block_delta' || event.delta.type !== 'text_delta') continue
    said += event.delta.text
    if (said.endsWith('"one"')) rest.open()
  }
  expect(JSON.parse(said)).toEqual(plan)
})

it('says that it was cut off, or that it declines', async () => {
  const server = await modelServer(
    scripted({
      rules: [
        { when: ({ lastText }) => lastText === 'cut', say: truncated('Half a sen') },
        { when: ({ lastText }) => lastText === 'long', say: text('x'.repeat(100)) },
        { when: () => true, say: refusal() },
      ],
    }),
  )
  const client = clientOf(server)
  const ask = (words: string, most = 1000) =>
    client.messages.stream({ ...base(say(words)), max_tokens: most }).finalMessage()
  expect(await ask('cut')).toMatchObject({ stop_reason: 'max_tokens', content: [{ text: 'Half a sen' }] })
  expect(await ask('long', 10)).toMatchObject({
    stop_reason: 'max_tokens',
    content: [{ text: 'x'.repeat(40) }],
    usage: { output_tokens: 10 },
  })
  expect(await ask('bad')).toMatchObject({ stop_reason: 'refusal', content: [], stop_details: { type: 'refusal' } })
})
