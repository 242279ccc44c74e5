import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { listen, stop } from '../../../src/loopback/listen.ts'
import { gate, held, text } from '../../../src/model-double/answer.ts'
import { cleanEof, errorEvent, reset, type ScriptedFault, stall, status } from '../../../src/model-double/fault.ts'
import { failing, inTurn, scripted } from '../../../src/model-double/script.ts'
import { manualClock } from '../../support/clock.ts'
import { MODEL_KEY, modelServer } from '../../support/model.ts'
import { answered, asks, modelAt, pausingClock, paying, refused, words } from './asking.ts'
import { block, delta, end, rawApi, start, streams } from './raw-api.ts'

const DONE = text('At last, all of it.')
const failingServer = (times: number, fault: ScriptedFault) =>
  modelServer(scripted({ rules: [{ when: () => true, say: failing(times, fault, DONE) }] }))
/** Behind the start of the message and some of its words. */
const MIDDLE = { after: 1200 }

describe('a refusal that passes', () => {
  it('is waited for as long as the API asks', async () => {
    const server = await failingServer(1, status(429, { retryAfter: 7 }))
    const { model, pauses, lines } = modelAt(server)
    expect(answered(await model.ask(asks())).blocks).toEqual([words('At last, all of it.')])
    expect(pauses).toEqual([7])
    expect(lines).toEqual([expect.stringMatching(/^claude-sonnet-5-5: 429 rate_limit_error .*; try 2 in 7 s$/)])
  })

  it('is waited for no longer than two minutes, whatever the API asks', async () => {
    const { model, pauses } = modelAt(await failingServer(1, status(429, { retryAfter: 4000 })))
    answered(await model.ask(asks()))
    expect(pauses).toEqual([120])
  })

  it('costs nothing: nobody is asked for money before the next try', async () => {
    const server = await failingServer(2, status(500))
    const answer = await modelAt(server).model.ask({
      ...asks(),
      mayRetry: () => {
        throw new Error('asked')
      },
    })
    const sent = server.requests.at(-1)?.usage
    expect(answer.usage).toMatchObject({ fresh: sent?.input_tokens, output: sent?.output_tokens })
  })

  it('is tried again later and later, and given up after six tries', async () => {
    const server = await modelServer(() => status(529))
    const { model, pauses } = modelAt(server)
    expect(refused(await model.ask(asks()))).toMatchObject({
      failure: { reason: 'overloaded', detail: expect.stringContaining('529 overloaded_error') },
      usage: { fresh: 0, output: 0 },
      unsure: false,
    })
    expect(pauses).toEqual([2, 6, 18, 54, 120])
    expect(server.requests.length).toBe(6)
  })

  it('is tried again for as long as the caller has patience, and each pause is said before it', async () => {
    const server = await failingServer(9, status(529))
    const said: string[] = []
    const { model, pauses } = modelAt(server)
    const answer = await model.ask({
      ...asks(),
      retrySeconds: 700,
      onPause: ({ seconds, failure }) => said.push(`${seconds} ${failure.reason} ${'since' in failure}`),
    })
    expect(answered(answer).blocks).toEqual([words('At last, all of it.')])
    expect(pauses).toEqual([2, 6, 18, 54, 120, 120, 120, 120, 120])
    expect(said).toEqual(pauses.map((seconds) => `${seconds} overloaded true`))
  })

  it('is given up before a pause that would end after that, with the time of its first failure', async () => {
    const server = await modelServer(() => status(529))
    const { model, pauses } = modelAt(server)
    expect(refused(await model.ask({ ...asks(), retrySeconds: 330 })).failure).toMatchObject({
      reason: 'overloaded',
      since: '2026-01-02T03:04:05.000Z',
    })
    expect(pauses).toEqual([2, 6, 18, 54, 120, 120])
  })

  it('is tried again at a moment of its own', async () => {
    const server = await failingServer(2, status(529))
    const clock = pausingClock()
    answered(await modelAt(server, { clock, random: () => 0.5 }).model.ask(asks()))
    expect(clock.pauses).toEqual([1.5, 4.5])
  })

  it('is unreachable, not overloaded, when the API itself fails', async () => {
    const server = await modelServer(() => status(503))
    expect(refused(await modelAt(server).model.ask(asks())).failure.reason).toBe('unreachable')
  })

  it('is not waited for when the caller leaves', async () => {
    const server = await modelServer(() => status(529))
    const leaving = new AbortController()
    const clock = pausingClock(() => leaving.abort())
    const answer = await modelAt(server, { clock }).model.ask({ ...asks(), signal: leaving.signal })
    expect(answer).toMatchObject({ ok: false, failure: { reason: 'aborted' }, unsure: false })
    expect(server.requests.length).toBe(1)
  })
})

describe('a stream that breaks off', () => {
  it.each([
    ['a reset', reset(MIDDLE)],
    ['an end of the body without an end of the message', cleanEof(MIDDLE)],
    ['an error event', errorEvent('overloaded_error', MIDDLE)],
  ])('by %s is begun again, and its cost told as far as it is known', async (_what, fault) => {
    const server = await failingServer(1, fault)
    const { request, tried, text: heard } = paying(asks())
    const answer = answered(await modelAt(server).model.ask(request))
    expect(answer.blocks).toEqual([words('At last, all of it.')])
    expect(heard()).toBe('At last, all of it.')
    const input = server.requests[0]?.usage?.input_tokens
    expect(tried).toEqual([{ usage: expect.objectContaining({ fresh: input }), unsure: true }])
    expect(answer.usage.fresh).toBe(server.requests[1]?.usage?.input_tokens)
  })

  it('is not begun again where nobody pays for it', async () => {
    for (const request of [asks(), { ...asks(), mayRetry: () => false }]) {
      const server = await failingServer(1, reset(MIDDLE))
      const answer = refused(await modelAt(server).model.ask(request))
      expect(answer).toMatchObject({ failure: { reason: 'unreachable' }, unsure: true })
      expect(answer.usage.fresh).toBeGreaterThan(0)
      expect(server.requests.length).toBe(1)
    }
  })

  it('before its first byte may have cost something all the same', async () => {
    const { request, tried } = paying(asks())
    answered(await modelAt(await failingServer(1, reset({ after: 0 }))).model.ask(request))
    expect(tried).toEqual([{ usage: { fresh: 0, cached: 0, written: 0, output: 0 }, unsure: true }])
  })

  it('behind its last count is known to the token', async () => {
    const half = streams(
      start,
      block(0, { type: 'text', text: '' }),
      delta(0, { type: 'text_delta', text: 'a' }),
      end('end_turn'),
    )
    const { request, tried } = paying(asks())
    refused(await modelAt(await rawApi(half)).model.ask(request))
    expect(tried.length).toBe(5)
    expect(tried[0]).toEqual({ usage: { fresh: 10, cached: 0, written: 0, output: 7 }, unsure: false })
  })

  it('with something that is no event is broken too', async () => {
    const broken = { ...streams(start), body: 'event: message_start\ndata: {"type":\n\n' }
    const { request } = paying(asks())
    expect(refused(await modelAt(await rawApi(broken)).model.ask(request)).failure.reason).toBe('unreachable')
  })

  it('as overloaded each time is overloaded in the end', async () => {
    const server = await modelServer(() => errorEvent('overloaded_error', MIDDLE))
    const { request, tried } = paying(asks())
    expect(refused(await modelAt(server).model.ask(request)).failure.reason).toBe('overloaded')
    expect(tried.length).toBe(5)
  })

  it('with an error that does not pass is given up at once', async () => {
    const server = await modelServer(() => errorEvent('invalid_request_error', MIDDLE))
    const { model, pauses } = modelAt(server)
    expect(refused(await model.ask(paying(asks()).request))).toMatchObject({
      failure: { reason: 'rejected' },
      unsure: true,
    })
    expect(pauses).toEqual([])
  })
})

describe('an answer that falls silent', () => {
  it('in the middle is ended after the seconds of silence it may have, and begun again', async () => {
    const halting = held(text('So far. Never said.'), new Promise(() => {}), 'So far.')
    const server = await modelServer(scripted({ rules: [{ when: () => true, say: inTurn(halting, DONE) }] }))
    const clock = manualClock()
    const { request, tried, text: heard } = paying(asks())
    const silent = gate()
    const asking = modelAt(server, { clock, idleLimits: { start: 240, stream: 90 } }).model.ask({
      ...request,
      onText: (piece) => {
        request.onText?.(piece)
        if (heard() === 'So far.') silent.open()
      },
    })
    await silent.opened
    clock.advance(89)
    await settled()
    expect(server.requests[0]?.clientLeft).toBe(false)
    clock.advance(1)
    await server.until(([first]) => first?.clientLeft === true)
    await clock.waiting()
    clock.advance(2)
    expect(answered(await asking).blocks).toEqual([words('At last, all of it.')])
    expect(tried).toEqual([{ usage: expect.objectContaining({ fresh: expect.any(Number) }), unsure: true }])
  })

  it('before its first byte is ended later: the prompt may be long', async () => {
    const server = await modelServer(() => stall({ after: 0 }))
    const clock = manualClock()
    const asking = modelAt(server, { clock, idleLimits: { start: 240, stream: 90 } }).model.ask(asks())
    await server.until(([first]) => first?.reply != null)
    clock.advance(239)
    await settled()
    expect(server.requests[0]?.clientLeft).toBe(false)
    clock.advance(1)
    expect(refused(await asking)).toMatchObject({
      failure: { reason: 'unreachable', detail: 'no byte for 240 seconds' },
      unsure: true,
    })
  })

  it('is not ended as long as something comes now and then', async () => {
    const holds = [gate(), gate()] as const
    const slow = held(held(text('One. Two. Three.'), holds[0].opened, 'One.'), holds[1].opened, 'Two.')
    const server = await modelServer(() => slow)
    const clock = manualClock()
    let said = ''
    const answer = await modelAt(server, { clock, idleLimits: { start: 240, stream: 90 } }).model.ask({
      ...asks(),
      onText: (piece) => {
        said += piece
        if (said === 'One.' || said === 'One. Two.') clock.advance(60)
        if (said === 'One.') holds[0].open()
        if (said === 'One. Two.') holds[1].open()
      },
    })
    expect(answered(answer).blocks).toEqual([words('One. Two. Three.')])
  })

  it('is left at once when the caller leaves', async () => {
    const holding = gate()
    const server = await modelServer(() => held(text('Never said.'), holding.opened))
    const leaving = new AbortController()
    const answer = await modelAt(server).model.ask({
      ...asks(),
      signal: leaving.signal,
      onStart: () => leaving.abort(),
    })
    expect(answer).toMatchObject({ ok: false, failure: { reason: 'aborted' }, unsure: true })
    expect(answer.usage.fresh).toBeGreaterThan(0)
    await server.until(([first]) => first?.clientLeft === true)
    holding.open()
  })

  it('is not begun for a caller who has left already', async () => {
    const server = await modelServer(() => null)
    const answer = await modelAt(server).model.ask({ ...asks(), signal: AbortSignal.abort() })
    expect(answer).toMatchObject({ ok: false, failure: { reason: 'aborted' }, unsure: false })
    expect(server.requests).toEqual([])
  })
})

describe('a network that is not there', () => {
  it('is unreachable, after all tries, for nothing', async () => {
    const gone = createServer()
    const port = await listen(gone, 0, null)
    await stop(gone)
    const { model, pauses } = modelAt({ url: `http://127.0.0.1:${port}` })
    expect(refused(await model.ask(asks()))).toMatchObject({
      failure: { reason: 'unreachable', detail: expect.stringContaining('ECONNREFUSED') },
      unsure: false,
    })
    expect(pauses.length).toBe(5)
  })
})

it('says its key in no detail and no line of its log, whatever went wrong', async () => {
  const faults = [status(429), status(500), reset(MIDDLE), cleanEof(MIDDLE), errorEvent('api_error', MIDDLE)] as const
  const server = await modelServer(scripted({ rules: [{ when: () => true, say: inTurn(...faults, status(529)) }] }))
  const { model, lines } = modelAt(server)
  const answer = await model.ask(paying(asks()).request)
  expect(lines.length).toBe(5)
  expect(JSON.stringify([answer, lines])).not.toContain(MODEL_KEY)
})

/** Everything that is under way on this machine's sockets has had its turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
