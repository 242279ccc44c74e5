import { describe, expect, it } from 'vitest'
import { gate, held, json, refusal, text, tools, truncated } from '../../../src/model-double/answer.ts'
import { inTurn, scripted } from '../../../src/model-double/script.ts'
import type { ModelMessage } from '../../../src/ports/model.ts'
import { modelServer } from '../../support/model.ts'
import { answered, asks, modelAt, user, words } from './asking.ts'
import { block, delta, end, rawApi, start, stopped, streams } from './raw-api.ts'

const VIEW = {
  name: 'view',
  description: 'Shows a file.',
  input: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'], additionalProperties: false },
}
const PLAN = {
  type: 'object',
  properties: { title: { type: 'string' } },
  required: ['title'],
  additionalProperties: false,
}

describe('an answer', () => {
  it('is its words, streamed piece by piece, and what they cost', async () => {
    const server = await modelServer(() => text('One two three four five six seven.'))
    const pieces: string[] = []
    const answer = await modelAt(server).model.ask({ ...asks(), onText: (piece) => pieces.push(piece) })
    expect(answer).toMatchObject({ ok: true, stop: 'end', unsure: false })
    expect(answered(answer).blocks).toEqual([words('One two three four five six seven.')])
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.join('')).toBe('One two three four five six seven.')
    const sent = server.requests[0]?.usage
    expect(answer.usage).toEqual({ fresh: sent?.input_tokens, cached: 0, written: 0, output: sent?.output_tokens })
    expect(answer.usage.output).toBeGreaterThan(0)
  })

  it('is structured where a schema is asked for', async () => {
    const server = await modelServer(({ schema }) => (schema === null ? null : json({ title: 'A plan' })))
    const answer = await modelAt(server).model.ask({ ...asks(), schema: PLAN })
    expect(answered(answer).blocks).toEqual([words('{"title":"A plan"}')])
    expect(server.requests[0]?.body?.output_config).toEqual({ format: { type: 'json_schema', schema: PLAN } })
  })

  it('calls tools with inputs that the API holds to their schemas', async () => {
    const server = await modelServer(() => text('Done.'))
    await modelAt(server).model.ask({ ...asks(), tools: [VIEW] })
    expect(server.requests[0]?.body?.tools).toMatchObject([{ name: 'view', strict: true, input_schema: VIEW.input }])
  })

  it('calls no tool where none may be called any more, though they are still named', async () => {
    const server = await modelServer(() => text('Done.'))
    const { model } = modelAt(server)
    for (const withoutCalls of [false, true]) await model.ask({ ...asks(), tools: [VIEW], withoutCalls })
    await model.ask({ ...asks(), withoutCalls: true })
    expect(server.requests.map(({ body }) => [body?.tools?.length, body?.tool_choice])).toEqual([
      [1, undefined],
      [1, { type: 'none' }],
      [undefined, undefined],
    ])
  })

  it('is thought about with the effort that is asked for, with and without a schema', async () => {
    const server = await modelServer(() => json({ title: 'T' }))
    await modelAt(server).model.ask({ ...asks(), effort: 'low', schema: PLAN })
    await modelAt(server).model.ask({ ...asks(), effort: 'max' })
    expect(server.requests.map(({ body }) => body?.output_config)).toEqual([
      { format: { type: 'json_schema', schema: PLAN }, effort: 'low' },
      { effort: 'max' },
    ])
  })

  it('its prompt can be counted for nothing, with the number that the answer then reports', async () => {
    const server = await modelServer(() => text('Hello.'))
    const { model } = modelAt(server)
    const counted = await model.count?.(asks(user('How many tokens are these?')))
    const { usage } = answered(await model.ask(asks(user('How many tokens are these?'))))
    expect(counted).toBe(usage.fresh + usage.written)
    expect(server.requests).toHaveLength(1)
  })

  it('its prompt is not counted where the API does not do that', async () => {
    const server = await modelServer(() => text('Hello.'))
    const { model } = modelAt({ url: `${server.url}/nowhere` })
    expect(await model.count?.(asks())).toBeNull()
  })

  it('is cut off at its limit, or refused, without being tried again', async () => {
    const server = await modelServer(
      scripted({ rules: [{ when: () => true, say: inTurn(truncated('Half a'), refusal('No.')) }] }),
    )
    const { model, pauses } = modelAt(server)
    expect(await model.ask(asks())).toMatchObject({
      ok: true,
      stop: 'length',
      blocks: [words('Half a')],
      unsure: false,
    })
    expect(await model.ask(asks())).toMatchObject({ ok: true, stop: 'refused', blocks: [words('No.')], unsure: false })
    expect(pauses).toEqual([])
  })

  it('keeps the text of a call that is no JSON, for whoever uses the tool', async () => {
    const server = await modelServer(() => tools([{ name: 'view', input: { path: 'a/very/long/path.txt' } }]))
    const answer = answered(await modelAt(server).model.ask({ ...asks(), tools: [VIEW], maxTokens: 4 }))
    expect(answer.stop).toBe('length')
    expect(answer.blocks).toEqual([{ kind: 'call', id: expect.any(String), name: 'view', input: '{"path":"a/very/' }])
  })

  it('says once that it begins, before its first word', async () => {
    const holding = gate()
    const server = await modelServer(() => held(text('Word.'), holding.opened))
    const seen: string[] = []
    const answering = modelAt(server).model.ask({
      ...asks(),
      onStart: () => {
        seen.push('start')
        holding.open()
      },
      onText: () => seen.push('text'),
    })
    await answering
    expect(seen).toEqual(['start', 'text'])
  })

  it('throws what the caller throws on hearing it, and asks nobody again', async () => {
    const server = await modelServer(() => text('Word.'))
    const bug = new Error('a bug')
    const asking = modelAt(server).model.ask({
      ...asks(),
      onText: () => {
        throw bug
      },
    })
    await expect(asking).rejects.toBe(bug)
    expect(server.requests.length).toBe(1)
  })
})

describe('a conversation', () => {
  it('gives thinking back as it came, with calls and their results', async () => {
    const server = await modelServer(({ results, turns }) =>
      turns === 0
        ? tools(
            [
              { name: 'view', input: { path: 'a.txt' } },
              { name: 'view', input: { path: 'b.txt' } },
            ],
            {
              thinking: 'I look first.',
              text: 'Looking.',
            },
          )
        : text(results.map((result) => `${result.name}:${result.text}:${result.isError}`).join(' ')),
    )
    const { model } = modelAt(server)
    const first = answered(await model.ask({ ...asks(), tools: [VIEW] }))
    expect(first.stop).toBe('calls')
    expect(first.blocks.map(({ kind }) => kind)).toEqual(['opaque', 'text', 'call', 'call'])
    const calls = first.blocks.filter((one) => one.kind === 'call')
    expect(calls.map(({ input }) => input)).toEqual([{ path: 'a.txt' }, { path: 'b.txt' }])
    const results: ModelMessage = {
      role: 'user',
      blocks: calls.map(({ id }, at) => ({ kind: 'result', id, text: `file ${at}`, failed: at === 1 })),
    }
    const said: ModelMessage = { role: 'assistant', blocks: first.blocks }
    const second = answered(await model.ask({ ...asks(user('Hello'), said, results), tools: [VIEW] }))
    expect(second.blocks).toEqual([words('view:file 0:false view:file 1:true')])
  })

  it('goes on behind a call that was written wrongly, and an answer of a line break', async () => {
    const server = await modelServer(() => text('On it goes.'))
    const said: ModelMessage = {
      role: 'assistant',
      blocks: [words('\n'), { kind: 'call', id: 'toolu_1', name: 'view', input: '{"path":' }],
    }
    const result: ModelMessage = {
      role: 'user',
      blocks: [{ kind: 'result', id: 'toolu_1', text: 'No JSON', failed: true }],
    }
    const empty: ModelMessage = { role: 'assistant', blocks: [words(' ')] }
    answered(
      await modelAt(server).model.ask({ ...asks(user('Hello'), said, result, empty, user('Go on')), tools: [VIEW] }),
    )
    expect(server.requests[0]?.body?.messages.map(({ content }) => content)).toMatchObject([
      [{ text: 'Hello' }],
      [{ type: 'tool_use', input: { not_an_object: '{"path":' } }],
      [{ type: 'tool_result' }],
      [{ text: 'Go on' }],
    ])
  })

  it('reads from the cache what an earlier call wrote to it', async () => {
    const server = await modelServer(() => text('Yes.'))
    const { model } = modelAt(server)
    const request = { ...asks(), system: [{ text: 'A long rule. '.repeat(400), cache: true }] }
    const first = await model.ask(request)
    const second = await model.ask(request)
    expect(first.usage.written).toBeGreaterThan(512)
    expect(first.usage.cached).toBe(0)
    expect(second.usage).toMatchObject({ cached: first.usage.written, written: 0, fresh: first.usage.fresh })
  })

  it('writes for an hour what a call says shall stay for so long', async () => {
    const server = await modelServer(() => text('Yes.'))
    const { model } = modelAt(server)
    const request = { ...asks(), system: [{ text: 'A long rule. '.repeat(400), cache: true }] }
    const { usage } = await model.ask({ ...request, cacheLife: 'hour' })
    expect(usage.written).toBeGreaterThan(512)
    expect(server.requests[0]?.body?.system).toEqual([
      expect.objectContaining({ cache_control: { type: 'ephemeral', ttl: '1h' } }),
    ])
  })

  it('sends no more than four cache markers: the last ones', async () => {
    const server = await modelServer(() => text('Yes.'))
    const marked = (text: string): ModelMessage => ({ role: 'user', blocks: [{ kind: 'text', text, cache: true }] })
    const turns = ['a', 'b', 'c'].map(marked)
    answered(
      await modelAt(server).model.ask({
        ...asks(...turns),
        system: ['one', 'two', 'three'].map((text) => ({ text, cache: true })),
      }),
    )
    const { system, messages } = server.requests[0]?.body ?? {}
    const marks = [system, ...(messages ?? []).map(({ content }) => content)]
      .flat()
      .map((one) => typeof one === 'object' && 'cache_control' in one)
    expect(marks).toEqual([false, false, true, true, true, true])
  })
})

describe('what the scripted model never says', () => {
  it.each([
    ['stop_sequence', 'end'],
    ['pause_turn', 'length'],
    ['end_turn', 'end'],
    ['something_new', 'end'],
  ])('%s is an answer with the stop %s', async (reason, stop) => {
    const api = await rawApi(
      streams(
        start,
        block(0, { type: 'text', text: '' }),
        delta(0, { type: 'text_delta', text: 'a' }),
        end(reason),
        stopped,
      ),
    )
    expect(await modelAt(api).model.ask(asks())).toMatchObject({ ok: true, stop, blocks: [words('a')] })
  })

  it('a context that is full is a failure that was paid for', async () => {
    const api = await rawApi(streams(start, end('model_context_window_exceeded'), stopped))
    expect(await modelAt(api).model.ask(asks())).toMatchObject({
      ok: false,
      failure: { reason: 'too-long' },
      usage: { fresh: 10, output: 7 },
      unsure: false,
    })
    expect(api.seen.length).toBe(1)
  })

  it('thinking that nobody may read, and a call without any input, come back as they are', async () => {
    const secret = { type: 'redacted_thinking', data: 'AbC=' }
    const call = { type: 'tool_use', id: 'toolu_1', name: 'status', input: {} }
    const api = await rawApi(streams(start, block(0, secret), block(1, call), end('tool_use'), stopped))
    expect(answered(await modelAt(api).model.ask(asks())).blocks).toEqual([
      { kind: 'opaque', data: secret },
      { kind: 'call', id: 'toolu_1', name: 'status', input: {} },
    ])
  })

  it('counts that come several times are counted once', async () => {
    const counts = { input_tokens: 12, cache_read_input_tokens: 500, cache_creation_input_tokens: 30, output_tokens: 5 }
    const api = await rawApi(streams(start, { ...end('end_turn'), usage: counts }, end('end_turn', 9), stopped))
    expect((await modelAt(api).model.ask(asks())).usage).toEqual({ fresh: 12, cached: 500, written: 30, output: 9 })
  })
})
