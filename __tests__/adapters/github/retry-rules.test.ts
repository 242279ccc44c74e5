import { describe, expect, it } from 'vitest'
import { NO_CONTENT, REPEATABLE } from '../../../src/adapters/github/client.ts'
import { UnknownOutcome } from '../../../src/adapters/github/http-error.ts'
import { LimitReached } from '../../../src/ports/rate-limit.ts'
import { Unauthorized } from '../../../src/ports/unauthorized.ts'
import { hangUp, json, misbehaving, type Say, silence, tear } from './server.ts'

const fine = json(200, { fine: true })
const limited = (headers: Record<string, string>, status = 403, message = 'no') => json(status, { message }, headers)
const get = 'GET /thing'
const post = 'POST /thing'

describe('a request that a limit refused', () => {
  it.each([get, post])('is repeated after as many seconds as were asked for: %s', async (route) => {
    const { client, clock, asked } = await misbehaving([limited({ 'retry-after': '7' }, 429), fine])
    expect((await client.octokit.request(route)).data).toEqual({ fine: true })
    expect(clock.waits).toEqual([7])
    expect(asked).toHaveLength(2)
  })

  it('waits for the hour to turn, where the primary limit is used up', async () => {
    const reset = String(Date.parse('2026-01-01T00:05:00Z') / 1000)
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }
    const { client, clock } = await misbehaving([limited(headers), fine])
    await client.octokit.request(post)
    expect(clock.waits).toEqual([301])
  })

  it('waits a minute, then longer, where GitHub names no time', async () => {
    const secondary = limited({}, 403, 'You have exceeded a secondary rate limit.')
    const { client, clock } = await misbehaving([secondary, secondary, fine])
    await client.octokit.request(post)
    expect(clock.waits).toEqual([60, 120])
  })

  it('is given up at once where the wait would be longer than is worth it', async () => {
    const { client, clock, asked } = await misbehaving([limited({ 'retry-after': '3600' }, 429)])
    await expect(client.octokit.request(post)).rejects.toThrow(LimitReached)
    expect([clock.waits, asked.length]).toEqual([[], 1])
  })

  it('is given up after so many repetitions', async () => {
    const script = Array.from({ length: 3 }, () => limited({ 'retry-after': '1' }, 429))
    const { client, asked } = await misbehaving(script, { repeats: 2 })
    await expect(client.octokit.request(get)).rejects.toMatchObject({
      name: 'LimitReached',
      until: new Date('2026-01-01T00:00:03Z'),
    })
    expect(asked).toHaveLength(3)
  })

  it('of content holds back what people would read, and neither reads nor what starts work', async () => {
    const message = 'You have exceeded a secondary rate limit and have been temporarily blocked from content creation.'
    const yes = json(200, { data: {} })
    const refusal = json(403, { message }, { 'retry-after': '3600' })
    const { client, asked } = await misbehaving([refusal, fine, yes, fine])
    const mutate = () => client.graph('mutation', 'mutation { a }', {})
    await expect(client.octokit.request(post)).rejects.toMatchObject({ name: 'LimitReached', of: 'content' })
    await expect(mutate()).rejects.toMatchObject({ of: 'content', until: new Date('2026-01-01T01:00:00Z') })
    await client.octokit.request(get)
    await client.graph('query', 'query { a }', {})
    await client.octokit.request(post, NO_CONTENT)
    expect(asked.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST', 'POST'])
  })

  it('keeps later requests from being sent until it ends, those to GraphQL only if it counts them', async () => {
    const reset = String(Date.parse('2026-01-01T01:00:00Z') / 1000)
    const primary = limited({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset, 'x-ratelimit-limit': '1000' })
    const yes = json(200, { data: {} })
    const { client, asked, clock } = await misbehaving([primary, yes, limited({ 'retry-after': '4000' }, 429)])
    for (let tries = 0; tries < 3; tries += 1) await expect(client.octokit.request(get)).rejects.toThrow(LimitReached)
    expect(client.quota('rest')).toEqual({ limit: 1000, remaining: 0, resetAt: new Date('2026-01-01T01:00:00Z') })
    expect(asked).toHaveLength(1)
    await client.graph('query', 'query { a }', {})
    await clock.wait(3601)
    await expect(client.octokit.request(get)).rejects.toThrow(LimitReached)
    // This one was a secondary limit.
    await expect(client.graph('query', 'query { a }', {})).rejects.toThrow(LimitReached)
    expect(asked).toHaveLength(3)
  })

  it('is told from a refusal for good', async () => {
    const { client, clock } = await misbehaving([limited({ 'x-ratelimit-remaining': '900' })])
    await expect(client.octokit.request(post)).rejects.toMatchObject({ status: 403 })
    expect(clock.waits).toEqual([])
  })

  it.each([
    { type: 'RATE_LIMITED', message: 'limit' },
    {
      type: 'RATE_LIMIT',
      code: 'graphql_rate_limit',
      message: 'API rate limit already exceeded for installation ID 1.',
    },
    { message: 'You have exceeded a secondary rate limit.' },
  ])('is seen in a GraphQL answer that says 200: %o', async (error) => {
    const refusal = json(200, { errors: [error] }, { 'retry-after': '5' })
    const { client, clock } = await misbehaving([refusal, json(200, { data: { viewer: { login: 'me' } } })])
    const answer = await client.graph('mutation', 'mutation { m0 }', {})
    expect(answer.data).toEqual({ viewer: { login: 'me' } })
    expect(clock.waits).toEqual([5])
  })
})

it('is told that the token is no longer taken, whatever was asked', async () => {
  const refusal = json(401, { message: 'Bad credentials' })
  const { client } = await misbehaving([refusal, refusal])
  await expect(client.octokit.request(get)).rejects.toThrow(Unauthorized)
  await expect(client.graph('mutation', 'mutation { m0 }', {})).rejects.toThrow(Unauthorized)
})

describe('a repository that was renamed', () => {
  const moved = (status: number, path = '/elsewhere') =>
    json(status, { message: 'Moved Permanently' }, { location: path })

  it.each([301, 307, 308])('is followed, and a write stays one: %i', async (status) => {
    const { client, asked } = await misbehaving([moved(status), fine])
    await client.octokit.request(post, { text: 'hello' })
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST /thing', 'POST /elsewhere'])
    expect(asked[1]?.body).toBe('{"text":"hello"}')
    expect(asked[1]?.headers.authorization).toBe('token ghs_secret')
  })

  it('is not followed to another host, nor in a circle', async () => {
    const away = moved(301, 'http://127.0.0.1:1/thing')
    const { client, asked } = await misbehaving([away, ...Array(9).fill(moved(301, '/thing'))], { repeats: 0 })
    await expect(client.octokit.request(get)).rejects.toThrow('not followed')
    await expect(client.octokit.request(get)).rejects.toThrow('not followed')
    expect(asked).toHaveLength(7)
  })
})

const failures: [string, Say][] = [
  ['a 500', json(500, { message: 'oops' })],
  ['a 502 without JSON', (response) => response.writeHead(502).end('<html>')],
  ['a broken connection', hangUp],
  ['a torn body', tear],
]

describe.each(failures)('%s', (_, failure) => {
  it('on a read is followed by another try, each a little later', async () => {
    const { client, clock } = await misbehaving([failure, failure, fine])
    expect((await client.octokit.request(get)).data).toEqual({ fine: true })
    expect(clock.waits).toEqual([1, 2])
  })

  it('on a write is an unknown outcome, and nothing is sent again', async () => {
    const { client, asked, clock } = await misbehaving([failure])
    const caught = await client.octokit.request(post).catch((error: unknown) => error)
    expect(caught).toBeInstanceOf(UnknownOutcome)
    expect([asked.length, clock.waits]).toEqual([1, []])
  })

  it('on a write that may be done twice is followed by another try', async () => {
    const { client, asked } = await misbehaving([failure, fine])
    await client.octokit.request(post, REPEATABLE)
    expect(asked).toHaveLength(2)
  })

  it('on a GraphQL query is followed by another try, on a mutation it is unknown', async () => {
    const { client } = await misbehaving([failure, json(200, { data: { a: 1 } }), failure])
    expect((await client.graph('query', 'query { a }', {})).data).toEqual({ a: 1 })
    await expect(client.graph('mutation', 'mutation { a }', {})).rejects.toThrow(UnknownOutcome)
  })
})

it('gives up a read that never succeeds with what went wrong', async () => {
  const script = Array.from({ length: 3 }, () => json(503, { message: 'down' }))
  const { client } = await misbehaving(script, { repeats: 2 })
  await expect(client.octokit.request(get)).rejects.toMatchObject({ status: 503 })
})

it('does not wait for ever for an answer', async () => {
  const { client, clock } = await misbehaving([silence, fine, silence], { timeout: 0.1 })
  expect((await client.octokit.request(get)).data).toEqual({ fine: true })
  expect(clock.waits).toEqual([1])
  await expect(client.octokit.request(post)).rejects.toThrow(UnknownOutcome)
})

it('sends a write again that never left this machine', async () => {
  const { client, clock, close } = await misbehaving([], { repeats: 2 })
  close()
  const caught = await client.octokit.request(post).catch((error: unknown) => error)
  expect(caught).not.toBeInstanceOf(UnknownOutcome)
  expect(clock.waits).toEqual([1, 2])
})

it('keeps the token out of what it throws', async () => {
  const { client, asked } = await misbehaving([json(404, { message: 'Not Found' }), json(500, {})])
  const notFound = await client.octokit.request(get).catch((error: unknown) => error)
  const unknown = await client.octokit.request(post).catch((error: unknown) => error)
  expect(asked.map(({ headers }) => headers.authorization)).toEqual(['token ghs_secret', 'token ghs_secret'])
  const seen = (error: unknown): string =>
    error instanceof Error ? JSON.stringify([{ ...error }, error.message, error.stack, seen(error.cause)]) : ''
  expect(seen(notFound) + seen(unknown)).not.toContain('ghs_secret')
})
