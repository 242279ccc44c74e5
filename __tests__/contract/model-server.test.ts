import type Anthropic from '@anthropic-ai/sdk'
import { expect, it } from 'vitest'
import { gate, held, json, paced, refusal, text, tools, truncated } from '../../src/model-double/answer.ts'
import { scripted } from '../../src/model-double/script.ts'
import { manualClock } from '../support/clock.ts'
import { MODEL_KEY, modelServer } from '../support/model.ts'
import { base, clientOf, failureOf, PLAN, say, VIEW } from './model-client.ts'

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

it('calls several tools in one turn, each under an id of its own, and cuts a call off at the limit', async () => {
  const calls = ['a.ts', 'b.ts', 'ü.ts'].map((path) => ({ name: 'view', input: { path } }))
  const server = await modelServer(() => tools(calls), { chunk: 1 })
  const ask = (most: number) =>
    clientOf(server)
      .messages.stream({ ...base(say('Look')), max_tokens: most, tools: [VIEW] })
      .finalMessage()
  const [first, second] = [await ask(1000), await ask(1000)]
  expect(first.content).toMatchObject(calls)
  const ids = [...first.content, ...second.content].map((block) => (block.type === 'tool_use' ? block.id : ''))
  expect(new Set(ids).size).toBe(6)
  expect(await ask(6)).toMatchObject({ stop_reason: 'max_tokens', content: [calls[0], { name: 'view' }] })
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

it('shows thinking only where a summary is asked for, and takes it back from the model that thought it', async () => {
  const server = await modelServer(() => text('Four.', { thinking: 'Two and two.' }))
  const client = clientOf(server)
  const hidden = await client.messages.stream(base(say('2 + 2?'))).finalMessage()
  expect(hidden.content[0]).toMatchObject({ type: 'thinking', thinking: '' })
  const shown = await client.messages
    .stream({ ...base(say('2 + 2?')), thinking: { type: 'adaptive', display: 'summarized' } })
    .finalMessage()
  expect(shown.content[0]).toMatchObject({ type: 'thinking', thinking: 'Two and two.' })
  expect(shown.usage.output_tokens_details).toEqual({ thinking_tokens: 3 })
  const goOn = base(say('2 + 2?'), { role: 'assistant', content: shown.content }, say('Sure?'))
  expect((await client.messages.stream(goOn).finalMessage()).stop_reason).toBe('end_turn')
  const other = client.messages.stream({ ...goOn, model: 'claude-opus-5-5' }).finalMessage()
  expect(await failureOf(other)).toMatchObject({
    status: 400,
    apiMessage: expect.stringContaining('claude-sonnet-5-5'),
  })
  const forged = shown.content.map((block) => (block.type === 'thinking' ? { ...block, thinking: 'Five.' } : block))
  const tampered = client.messages.stream(base(say('2 + 2?'), { role: 'assistant', content: forged }, say('Sure?')))
  expect(await failureOf(tampered.finalMessage())).toMatchObject({
    status: 400,
    apiMessage: expect.stringContaining('signature'),
  })
})

it('stops at a stop sequence', async () => {
  const server = await modelServer(() => text('one two three'))
  const message = await clientOf(server).messages.create({ ...base(say('Count')), stop_sequences: [' three', ' two'] })
  expect(message).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: ' two', content: [{ text: 'one' }] })
})

it('takes messages in a row for one turn, results and words behind them alike', async () => {
  const heard: unknown[] = []
  const server = await modelServer((request) => {
    heard.push({ text: request.lastText, results: request.results, turns: request.turns })
    return text('Hello.')
  })
  const call = { type: 'tool_use' as const, id: 'toolu_1', name: 'view', input: { path: 'a.ts' } }
  const result = { type: 'tool_result' as const, tool_use_id: 'toolu_1', content: 'export {}', is_error: true }
  await clientOf(server).messages.create({
    ...base(say('Look'), { role: 'assistant', content: [call] }, { role: 'user', content: [result] }, say('Be quick.')),
    tools: [VIEW],
  })
  const results = [{ id: 'toolu_1', name: 'view', text: 'export {}', isError: true }]
  expect(heard).toEqual([{ text: 'Be quick.', results, turns: 1 }])
})

it('counts a prompt as it will bill it', async () => {
  const server = await modelServer(() => text('Hello.'))
  const client = clientOf(server)
  const { max_tokens: _, ...prompt } = { ...base(say('Hello')), system: 'You are terse.', tools: [VIEW] }
  const { input_tokens: counted } = await client.messages.countTokens(prompt)
  const { usage } = await client.messages.create({ ...prompt, max_tokens: 100 })
  expect(usage.input_tokens).toBe(counted)
  expect(await failureOf(client.messages.countTokens({ ...prompt, model: 'claude-1' }))).toMatchObject({ status: 404 })
})

it('names what no rule matched, and keeps it for the test to find', async () => {
  const server = await modelServer(scripted({ rules: [] }), { expectsGaps: true })
  const failure = await failureOf(clientOf(server, { maxRetries: 2 }).messages.create(base(say('Who are you?'))))
  expect(failure).toMatchObject({ status: 400, type: 'invalid_request_error' })
  expect(String(failure)).toContain('Who are you?')
  expect(server.unmatched).toEqual([{ n: 1, model: 'claude-sonnet-5-5', lastText: 'Who are you?' }])
})

const mistakes = {
  'structured output that does not fit': { say: json({ title: 'A plan' }), message: "required property 'tasks'" },
  'words where JSON is asked for': { say: text('Here you are.'), message: 'no JSON' },
  'a tool that is not offered': { say: tools([{ name: 'edit', input: {} }]), message: "no tool 'edit'" },
  'an input that does not fit': { say: tools([{ name: 'view', input: {} }]), message: "required property 'path'" },
  'a hold behind words that never come': {
    say: held(json({ title: '', tasks: [] }), Promise.resolve(), 'nowhere'),
    message: 'nowhere',
  },
}

it.each(Object.entries(mistakes))('says that the script is wrong: %s', async (_, { say: answer, message }) => {
  const server = await modelServer(() => answer, { expectsGaps: true })
  const asked = { ...base(say('Plan')), tools: [VIEW], output_config: { format: PLAN } }
  const failure = await failureOf(clientOf(server, { maxRetries: 2 }).messages.create(asked))
  expect(failure).toMatchObject({ status: 500, apiMessage: expect.stringContaining(message) })
  // Not tried again: it would be as wrong the second time.
  expect(server.mistakes).toHaveLength(1)
})

it('says that the script is wrong when it throws', async () => {
  const server = await modelServer(
    () => {
      throw new Error('not written yet')
    },
    { expectsGaps: true },
  )
  expect(await failureOf(clientOf(server).messages.create(base(say('Hello'))))).toMatchObject({ status: 500 })
  expect(server.mistakes).toEqual(['request 1: it failed: not written yet'])
})

it('keeps what was asked and answered, without the key', async () => {
  const clock = manualClock()
  const server = await modelServer(() => text('Hello.'), { clock })
  await clientOf(server).messages.create(base(say('Hello')))
  const [seen] = server.requests
  expect(seen).toMatchObject({
    n: 1,
    status: 200,
    clientLeft: false,
    usage: { output_tokens: 2 },
    endedAt: clock.now(),
  })
  expect(seen?.body?.messages).toEqual([say('Hello')])
  expect(seen?.headers['anthropic-version']).toBe('2026-10-21')
  expect(JSON.stringify(server.requests)).not.toContain(MODEL_KEY)
})

it('counts how many requests were open at once', async () => {
  const door = gate()
  const server = await modelServer(async () => {
    await door.opened
    return text('Hello.')
  })
  const client = clientOf(server)
  const all = [1, 2, 3].map(() => client.messages.create(base(say('Hello'))))
  await server.until((requests) => requests.filter(({ body }) => body !== null).length === 3)
  door.open()
  await Promise.all(all)
  expect(server.concurrency).toEqual({ now: 0, most: 3 })
})

it('waits between chunks by its clock alone', async () => {
  const clock = manualClock()
  const server = await modelServer(() => paced(text('one two'), { chunk: 4, milliseconds: 500 }), { clock })
  const stream = clientOf(server).messages.stream(base(say('Count')))
  const seen: string[] = []
  stream.on('text', (words) => seen.push(words))
  await clock.waiting()
  expect(seen).toEqual([])
  clock.advance(0.5)
  await stream.emitted('text')
  await clock.waiting()
  expect(seen).toEqual(['one '])
  clock.advance(0.5)
  await stream.finalMessage()
  expect(seen).toEqual(['one ', 'two'])
})
