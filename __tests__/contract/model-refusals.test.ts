import { APIError } from '@anthropic-ai/sdk'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { text, tools } from '../../src/model-double/answer.ts'
import { modelServer } from '../support/model.ts'
import { base, clientOf, failureOf, PLAN, say, VIEW } from './model-client.ts'

const ok = { ...base(say('Hello')) }

const called = (id = 'toolu_1') => ({
  role: 'assistant',
  content: [{ type: 'tool_use', id, name: 'view', input: { path: 'a.ts' } }],
})
const result = (id = 'toolu_1') => ({ type: 'tool_result', tool_use_id: id, content: 'export {}' })
const conversation = (...messages: unknown[]) => ({ ...ok, tools: [VIEW], messages: [say('Look'), ...messages] })
const answered = (...content: unknown[]) => conversation(called(), { role: 'user', content })

const cached = (ttl?: string) => ({ type: 'text', text: 'Rules.', cache_control: { type: 'ephemeral', ttl } })

const named = (name: string) => ({ ...VIEW, name })

/** Structured output of one property. */
const formatted = (property: object, root: object = {}) => ({
  ...ok,
  output_config: {
    format: {
      type: 'json_schema',
      schema: { ...PLAN.schema, properties: { title: property }, required: ['title'], ...root },
    },
  },
})
const properties = (count: number, property: object) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, property]))

const refusals: Record<string, [body: object, message: string | RegExp]> = {
  'an unknown field': [{ ...ok, seed: 1 }, 'seed: Extra inputs are not permitted'],
  'an unknown field in a block': [
    conversation({ role: 'user', content: [{ type: 'text', text: 'Hi', colour: 'red' }] }),
    'messages.1.content.0.colour: Extra inputs are not permitted',
  ],
  temperature: [{ ...ok, temperature: 0 }, /^temperature: .*removed/],
  top_p: [{ ...ok, top_p: 1 }, /^top_p: .*removed/],
  top_k: [{ ...ok, top_k: 1 }, /^top_k: .*removed/],
  'no max_tokens': [{ ...ok, max_tokens: undefined }, 'max_tokens: Field required'],
  'less than no tokens': [{ ...ok, max_tokens: -1 }, /^max_tokens: /],
  'more tokens than the model has': [{ ...ok, max_tokens: 128_001, stream: true }, /^max_tokens: 128001 > 128000/],
  'a long answer without a stream': [{ ...ok, max_tokens: 21_334 }, /streaming is required/],
  'no messages': [{ ...ok, messages: [] }, 'messages: at least one message is required'],
  'a first message that is not of the user': [
    { ...ok, messages: [{ role: 'assistant', content: 'Hi' }, say('Hello')] },
    /first message must use the `user` role/,
  ],
  'an empty message': [{ ...ok, messages: [say('')] }, /^messages\.0: all messages must have non-empty content/],
  'an empty text block': [
    { ...ok, messages: [{ role: 'user', content: [{ type: 'text', text: ' ' }] }] },
    /^messages\.0\.content\.0: text content blocks/,
  ],
  'an empty system block': [{ ...ok, system: [{ type: 'text', text: '' }] }, /^system\.0: /],
  'a call without its result': [conversation(called(), say('Well?')), /^messages\.1: `tool_use` ids .* toolu_1$/],
  'one of two calls without a result': [
    conversation(
      { role: 'assistant', content: [...called('a').content, ...called('b').content] },
      { role: 'user', content: [result('a')] },
    ),
    /^messages\.1: `tool_use` ids .* b$/,
  ],
  'a result without its call': [conversation({ role: 'user', content: [result()] }), /unexpected `tool_use_id`/],
  'a result given twice': [answered(result(), result()), /^messages\.2\.content\.1: unexpected `tool_use_id`/],
  'a result behind words': [answered({ type: 'text', text: 'Here:' }, result()), /must come before all other content/],
  'a call id used twice': [
    conversation(called(), { role: 'user', content: [result()] }, called(), { role: 'user', content: [result()] }),
    /ids must be unique: toolu_1/,
  ],
  'a call id with odd characters': [
    conversation(called('a b'), { role: 'user', content: [result('a b')] }),
    /must match/,
  ],
  'a call by the user': [
    conversation({ role: 'user', content: called().content }),
    /`tool_use` blocks are not permitted/,
  ],
  'a last message of the assistant': [
    { ...ok, messages: [say('Hello'), { role: 'assistant', content: 'I' }] },
    /does not support assistant message prefill/,
  ],
  'trailing space in a prefill, where prefills are taken': [
    { ...ok, model: 'claude-haiku-4-5', messages: [say('Hello'), { role: 'assistant', content: 'I ' }] },
    /trailing whitespace/,
  ],
  'a forced choice of tools': [{ ...ok, tools: [VIEW], tool_choice: { type: 'any' } }, /^tool_choice: type 'any'/],
  'a forced tool': [{ ...ok, tools: [VIEW], tool_choice: { type: 'tool', name: 'view' } }, /^tool_choice: type 'tool'/],
  'a choice without tools': [{ ...ok, tool_choice: { type: 'auto' } }, /^tool_choice: /],
  'a tool name with odd characters': [{ ...ok, tools: [named('view file')] }, /^tools\.0\.name: must match/],
  'a tool name that is too long': [{ ...ok, tools: [named('v'.repeat(65))] }, /^tools\.0\.name: must match/],
  'two tools of one name': [{ ...ok, tools: [VIEW, VIEW] }, /tool names must be unique: view/],
  'a tool whose input is no object': [
    { ...ok, tools: [{ name: 'view', input_schema: { type: 'string' } }] },
    /^tools\.0\.input_schema\.type/,
  ],
  'a tool of the API itself': [{ ...ok, tools: [{ type: 'bash_20250124', name: 'bash' }] }, /^tools\.0/],
  'five places to cache': [{ ...ok, system: Array.from({ length: 5 }, () => cached()) }, /maximum of 4 blocks/],
  'an hour of cache behind five minutes': [{ ...ok, system: [cached('5m'), cached('1h')] }, /ttl='1h'/],
  'an object that takes more properties': [
    formatted({ type: 'string' }, { additionalProperties: true }),
    /'additionalProperties'/,
  ],
  'an inner object that says nothing of more properties': [
    formatted({ type: 'object', properties: { a: { type: 'string' } } }),
    /'additionalProperties'/,
  ],
  'an object without properties, as a record becomes': [
    formatted({ type: 'object', properties: {}, additionalProperties: false }),
    /'properties' must not be empty/,
  ],
  '25 optional parameters': [
    formatted({}, { properties: properties(25, { type: 'string' }), required: [] }),
    /too many optional parameters: 25 of 24/,
  ],
  '17 unions': [
    formatted(
      {},
      { properties: properties(17, { type: ['string', 'null'] }), required: Object.keys(properties(17, {})) },
    ),
    /union types: 17 of 16/,
  ],
  minLength: [formatted({ type: 'string', minLength: 1 }), /'string' type, property 'minLength'/],
  maxLength: [formatted({ type: 'string', maxLength: 9 }), /'maxLength'/],
  minimum: [formatted({ type: 'integer', minimum: 1 }), /'minimum'/],
  maximum: [formatted({ type: 'number', maximum: 1 }), /'maximum'/],
  multipleOf: [formatted({ type: 'number', multipleOf: 2 }), /'multipleOf'/],
  'minItems of two': [
    formatted({ type: 'array', items: { type: 'string' }, minItems: 2 }),
    /'minItems' values other than 0 or 1/,
  ],
  maxItems: [formatted({ type: 'array', items: { type: 'string' }, maxItems: 2 }), /'maxItems'/],
  'a pattern that looks ahead': [formatted({ type: 'string', pattern: '^(?!x)' }), /pattern/],
  'an unknown format': [formatted({ type: 'string', format: 'semver' }), /format 'semver'/],
  'an enum of objects': [formatted({ enum: [{ a: 1 }] }), /'enum'/],
  oneOf: [formatted({ oneOf: [{ type: 'string' }] }), /'oneOf'/],
  'a schema that goes round in a circle': [
    formatted(
      { $ref: '#/$defs/node' },
      {
        $defs: {
          node: {
            type: 'object',
            properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
            required: ['next'],
            additionalProperties: false,
          },
        },
      },
    ),
    /recursive/,
  ],
  'a reference that leads out': [formatted({ $ref: 'https://example.com/schema.json' }), /'\$ref' https/],
  'a strict tool with an unbounded object': [
    { ...ok, tools: [{ ...VIEW, strict: true }] },
    /^tools\.0\.input_schema: .*'additionalProperties'/,
  ],
  'a thinking budget': [
    { ...ok, thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 2000 },
    /^thinking\.type: 'enabled'/,
  ],
  'no thinking, of a model that always thinks': [
    { ...ok, model: 'claude-opus-5-5', thinking: { type: 'disabled' } },
    /^thinking\.type: 'disabled'/,
  ],
  'thinking that nobody signed': [
    conversation(
      { role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm.', signature: 'abc' }] },
      say('Well?'),
    ),
    /Invalid `signature`/,
  ],
}

it.each(Object.entries(refusals))('refuses %s', async (_, [body, message]) => {
  const server = await modelServer(() => text('Never said.'))
  const failure = await failureOf(clientOf(server).post('/v1/messages', { body }))
  expect(failure).toBeInstanceOf(APIError)
  expect(failure).toMatchObject({
    status: 400,
    type: 'invalid_request_error',
    requestID: 'req_000001',
    error: { type: 'error', request_id: 'req_000001' },
    apiMessage: typeof message === 'string' ? message : expect.stringMatching(message),
  })
  expect(server.requests).toMatchObject([{ status: 400, usage: null }])
})

const accepted: Record<string, object> = {
  'results before words': answered(result(), { type: 'text', text: 'Well?' }),
  'results of two calls in two messages of the user': conversation(
    { role: 'assistant', content: [...called('a').content, ...called('b').content] },
    { role: 'user', content: [result('a')] },
    { role: 'user', content: [result('b')] },
  ),
  'a prefill, where prefills are taken': {
    ...ok,
    model: 'claude-haiku-4-5',
    messages: [say('Hello'), { role: 'assistant', content: 'I' }],
  },
  'no thinking, of a model that need not': { ...ok, thinking: { type: 'disabled' } },
  'effort, metadata and a service tier': {
    ...ok,
    output_config: { effort: 'low' },
    metadata: { user_id: 'u' },
    service_tier: 'auto',
  },
}

it.each(Object.entries(accepted))('takes %s', async (_, body) => {
  const server = await modelServer(() => text('Hello.'))
  await clientOf(server).post('/v1/messages', { body })
  expect(server.requests).toMatchObject([{ status: 200 }])
})

it('takes a schema with all that structured output can have', async () => {
  const server = await modelServer(() =>
    text(JSON.stringify({ title: 'draft', link: null, steps: ['one'], owner: { name: 'me' } })),
  )
  const schema = {
    type: 'object',
    title: 'A plan',
    description: 'What to do',
    properties: {
      title: { enum: ['draft', 'final'] },
      link: { anyOf: [{ type: 'string', format: 'uri' }, { type: 'null' }] },
      steps: { type: 'array', items: { type: 'string', pattern: '^[a-z]+$' }, minItems: 1 },
      owner: { $ref: '#/$defs/person' },
      due: { type: ['string', 'null'], default: null },
    },
    required: ['title', 'link', 'steps', 'owner'],
    additionalProperties: false,
    $defs: {
      person: {
        type: 'object',
        properties: { name: { type: 'string' } },
        required: ['name'],
        additionalProperties: false,
      },
    },
  }
  await clientOf(server).post('/v1/messages', {
    body: { ...ok, output_config: { format: { type: 'json_schema', schema } } },
  })
  expect(server.requests).toMatchObject([{ status: 200 }])
})

it('takes what the SDK makes of a zod schema, but no record', async () => {
  const server = await modelServer(() => text('{"title":"A plan","tasks":[{"id":"t1","needs":[]}]}'))
  const task = z.object({
    id: z
      .string()
      .min(2)
      .regex(/^t\d+$/),
    needs: z.array(z.string()).max(9),
  })
  const plan = z.object({ title: z.string().max(80), tasks: z.array(task).min(1) })
  const ask = (schema: z.ZodType) =>
    clientOf(server).messages.parse({ ...base(say('Plan')), output_config: { format: zodOutputFormat(schema) } })
  expect((await ask(plan)).parsed_output).toEqual({ title: 'A plan', tasks: [{ id: 't1', needs: [] }] })
  expect(await failureOf(ask(plan.extend({ notes: z.record(z.string(), z.string()) })))).toMatchObject({
    status: 400,
    apiMessage: expect.stringContaining("'properties' must not be empty"),
  })
})

it('takes a forced tool, where choices can be forced', async () => {
  const server = await modelServer(() => tools([{ name: 'view', input: { path: 'a.ts' } }]))
  const forced = { ...ok, model: 'claude-haiku-4-5', tools: [VIEW], tool_choice: { type: 'tool', name: 'view' } }
  expect(await clientOf(server).post('/v1/messages', { body: forced })).toMatchObject({ stop_reason: 'tool_use' })
})

it('knows no other models', async () => {
  const server = await modelServer(() => text('Hello.'), { models: { 'claude-test': { output: 10 } } })
  const ask = (model: string, most: number) =>
    clientOf(server).messages.create({ ...base(say('Hello')), model, max_tokens: most })
  expect(await failureOf(ask('claude-1', 10))).toMatchObject({
    status: 404,
    type: 'not_found_error',
    apiMessage: 'model: claude-1',
  })
  expect(await failureOf(ask('claude-test', 11))).toMatchObject({ status: 400 })
  expect((await ask('claude-test', 10)).model).toBe('claude-test')
})

it('refuses a prompt that is longer than the context, and a body over 32 MB', async () => {
  const server = await modelServer(() => text('Hello.'), { models: { 'claude-sonnet-5-5': { context: 100 } } })
  const { messages } = clientOf(server)
  expect(await failureOf(messages.create(base(say('x'.repeat(500)))))).toMatchObject({
    status: 400,
    apiMessage: expect.stringMatching(/^prompt is too long: \d+ tokens > 100 maximum$/),
  })
  expect(await failureOf(messages.create(base(say('x'.repeat(33 * 1024 * 1024)))))).toMatchObject({
    status: 413,
    type: 'request_too_large',
  })
})

it('lets in nobody without the key, or without a version', async () => {
  const server = await modelServer(() => text('Hello.'))
  const ask = (headers: Record<string, string>) =>
    fetch(`${server.url}/v1/messages`, { method: 'POST', body: JSON.stringify(ok), headers }).then(
      ({ status }) => status,
    )
  const version = { 'anthropic-version': '2026-10-21' }
  const key = 'sk-ant-scripted'
  expect(await ask(version)).toBe(401)
  expect(await ask({ ...version, 'x-api-key': 'other' })).toBe(401)
  expect(await ask({ ...version, authorization: 'Bearer other' })).toBe(401)
  expect(await ask({ 'x-api-key': key })).toBe(400)
  expect(await ask({ 'x-api-key': key, 'anthropic-version': '1999-01-01' })).toBe(400)
  expect(await ask({ ...version, 'x-api-key': key })).toBe(200)
  expect(await ask({ ...version, authorization: `Bearer ${key}` })).toBe(200)
  expect(await failureOf(clientOf(server, { apiKey: 'other' }).messages.create(ok))).toMatchObject({
    status: 401,
    type: 'authentication_error',
  })
})

it('says what of a body is no JSON, and what it does not serve', async () => {
  const server = await modelServer(() => text('Hello.'))
  const headers = { 'x-api-key': 'sk-ant-scripted', 'anthropic-version': '2026-10-21' }
  const broken = await fetch(`${server.url}/v1/messages`, { method: 'POST', body: '{', headers })
  expect(await broken.json()).toMatchObject({ error: { message: 'The request body is not valid JSON' } })
  expect(await failureOf(clientOf(server).models.retrieve('claude-opus-5-5'))).toMatchObject({ status: 404 })
})
