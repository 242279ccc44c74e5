import { expect, it } from 'vitest'
import { readHeaders } from '../../../src/adapters/anthropic/credentials.ts'
import { retryPause } from '../../../src/adapters/anthropic/model-error.ts'
import { text } from '../../../src/model-double/answer.ts'
import { MODEL_KEY, modelServer } from '../../support/model.ts'
import { answered, asks, modelAt, refused } from './asking.ts'
import { rawApi, says, streams } from './raw-api.ts'

it.each([
  ['not-authorised', says(401, 'authentication_error', 'invalid bearer token')],
  ['not-authorised', says(403, 'permission_error', 'Your key may not use this model')],
  ['no-credit', says(402, 'billing_error', 'There is a problem with your billing')],
  ['no-credit', says(400, 'invalid_request_error', 'Your credit balance is too low to access the API')],
  ['no-credit', says(429, 'rate_limit_error', 'Limit reached', { code: 'enforced_spend_limit_reached' })],
  ['unknown-model', says(404, 'not_found_error', 'model: claude-unheard-of')],
  ['too-long', says(400, 'invalid_request_error', 'prompt is too long: 1200000 tokens > 1000000 maximum')],
  ['too-long', says(400, 'invalid_request_error', 'input length and `max_tokens` exceed context limit: 1 + 2 > 2')],
  ['too-long', says(413, 'request_too_large', 'Request exceeds the maximum size')],
  ['rejected', says(400, 'invalid_request_error', 'messages.0.content: Field required')],
  ['rejected', says(400, 'invalid_request_error', 'tools.0.input_schema: a field named billing is not allowed')],
  ['overloaded', says(429, 'rate_limit_error', 'Too much', { headers: { 'x-should-retry': 'false' } })],
] as const)('is %s at once, and costs nothing', async (reason, raw) => {
  const api = await rawApi(raw)
  const answer = refused(await modelAt(api).model.ask(asks()))
  expect(answer).toMatchObject({ failure: { reason }, usage: { fresh: 0, output: 0 }, unsure: false })
  expect(answer.failure.detail).toContain(String(raw.status))
  expect(api.seen.length).toBe(1)
})

it.each([
  ['unreachable', says(408, 'timeout_error', 'Too slow')],
  ['unreachable', says(409, 'conflict_error', 'Not now')],
  ['unreachable', says(500, 'api_error', 'Oh')],
  ['unreachable', { status: 502, body: '<html>Bad gateway</html>' }],
  ['overloaded', says(429, 'rate_limit_error', 'Too much')],
  ['overloaded', says(429, 'rate_limit_error', 'Too fast', { code: 'ramp_limit_exceeded' })],
  ['overloaded', says(529, 'overloaded_error', 'Overloaded')],
] as const)('is %s only after six tries', async (reason, raw) => {
  const api = await rawApi(raw)
  expect(refused(await modelAt(api).model.ask(asks())).failure.reason).toBe(reason)
  expect(api.seen.length).toBe(6)
})

it.each([
  [{ 'retry-after-ms': '1500' }, 1.5],
  [{ 'retry-after': '3' }, 3],
  [{ 'retry-after-ms': '250', 'retry-after': '9' }, 0.25],
  // By the clock that was given, not by the machine's.
  [{ 'retry-after': 'Fri, 02 Jan 2026 03:04:35 GMT' }, 30],
  [{ 'retry-after': 'Fri, 02 Jan 2026 03:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, 2],
])('%o is a pause of %d seconds', async (headers, seconds) => {
  const { pauses, model } = modelAt(
    await rawApi(says(429, 'rate_limit_error', 'Too much', { headers }), says(400, 'invalid_request_error', 'No')),
  )
  await model.ask(asks())
  expect(pauses).toEqual([seconds])
})

it('waits up to a quarter longer than the API asks for, since many slots are told the same', () => {
  expect(retryPause(1, 40, () => 0)).toBe(40)
  expect(retryPause(1, 40, () => 0.8)).toBe(48)
})

it('gives up after ten minutes of waiting, where the API asks for more each time', async () => {
  const { pauses, model } = modelAt(
    await rawApi(says(429, 'rate_limit_error', 'Too much', { headers: { 'retry-after': '900' } })),
  )
  await model.ask(asks())
  expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBe(600)
})

it('tells no secret that the API repeats, not even cut in two by the length of a detail', async () => {
  for (let before = 440; before < 500; before += 4) {
    const api = await rawApi(says(400, 'invalid_request_error', `${'x'.repeat(before)} ${MODEL_KEY} is not welcome`))
    const { detail } = refused(await modelAt(api).model.ask(asks())).failure
    expect(detail).not.toContain(MODEL_KEY.slice(0, 5))
    expect(detail.length).toBeLessThanOrEqual(500)
  }
})

it('refuses what the scripted API refuses: a key, a model, an empty conversation', async () => {
  const server = await modelServer(() => text('Yes.'))
  const wrong = { credentials: { kind: 'key' as const, key: 'sk-ant-wrong' } }
  expect(refused(await modelAt(server, wrong).model.ask(asks())).failure.reason).toBe('not-authorised')
  const { model } = modelAt(server)
  expect(refused(await model.ask({ ...asks(), model: 'claude-unheard-of' })).failure.reason).toBe('unknown-model')
  expect(refused(await model.ask({ ...asks(), turns: [] })).failure.reason).toBe('rejected')
  expect(refused(await model.ask({ ...asks(), maxTokens: 1_000_000 })).failure.reason).toBe('rejected')
  answered(await model.ask(asks()))
})

it('sends the headers that a gateway wants, beside its own, and tells their values to nobody', async () => {
  const api = await rawApi(says(400, 'invalid_request_error', 'no tenant-secret-1'))
  const headers = readHeaders({ ANTHROPIC_CUSTOM_HEADERS: 'X-Gateway-Tenant: tenant-secret-1\r\n\nx-team: a b' })
  const answer = refused(await modelAt(api, { headers }).model.ask(asks()))
  expect(api.seen[0]).toMatchObject({
    'x-gateway-tenant': 'tenant-secret-1',
    'x-team': 'a b',
    authorization: `Bearer ${MODEL_KEY}`,
  })
  expect(answer.failure.detail).not.toContain('tenant-secret-1')
})

it.each([
  ['no colon', 'line 1 of ANTHROPIC_CUSTOM_HEADERS is no header'],
  ['X-Ok: 1\nX-Empty:', 'line 2 of ANTHROPIC_CUSTOM_HEADERS is no header'],
  ['X-Odd: \u0007', 'line 1 of ANTHROPIC_CUSTOM_HEADERS is no header'],
  ['Authorization: Bearer other', 'Authorization is set by the action itself'],
  ['Content-Length: 3', 'Content-Length is set by the action itself'],
])('refuses %j as headers, without its words', (given, why) => {
  expect(() => readHeaders({ ANTHROPIC_CUSTOM_HEADERS: given })).toThrow(why)
})

it('sends nothing that only the environment of the process says', async () => {
  const api = await rawApi(streams())
  const names = {
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:9',
    ANTHROPIC_API_KEY: 'sk-ant-environment',
    ANTHROPIC_AUTH_TOKEN: 'environment-token',
    ANTHROPIC_CUSTOM_HEADERS: 'x-api-key: environment-key\nAuthorization: Bearer environment\nx-spy: environment',
    ANTHROPIC_LOG: 'debug',
    ANTHROPIC_PROFILE: 'environment',
  }
  const before = { ...process.env }
  Object.assign(process.env, names)
  try {
    await modelAt(api).model.ask(asks())
  } finally {
    for (const name of Object.keys(names)) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
  }
  expect(api.seen[0]?.authorization).toBe(`Bearer ${MODEL_KEY}`)
  expect(JSON.stringify(api.seen)).not.toContain('environment')
})
