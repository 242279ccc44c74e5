import { existsSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FilteringProxy, openProxy, type ProxyLimits } from '../../../../src/adapters/sandbox/network/proxy.ts'
import { PUBLIC, smallInternet } from '../../../support/small-internet.ts'
import { openEcho, openWeb, type Web } from '../../../support/web-server.ts'

const LIMITS: ProxyLimits = { connections: 4, bytes: 200_000, headersMs: 5000, idleMs: 30_000, lookMs: 20 }

let web: Web
let echo: Awaited<ReturnType<typeof openEcho>>
let internet: ReturnType<typeof smallInternet>
let proxy: FilteringProxy
let moving: string[]
beforeEach(async () => {
  web = await openWeb()
  echo = await openEcho()
  moving = [PUBLIC]
  const names = {
    'registry.example': [PUBLIC],
    'evil.example': [PUBLIC],
    'inner.example': ['127.0.0.2'],
    'mixed.example': [PUBLIC, '10.0.0.1'],
    'moving.example': () => moving.splice(0, 1, '169.254.169.254'),
    'empty.example': [],
  }
  internet = smallInternet(names, { 80: web.port, 443: echo.port })
  const allow = [...Object.keys(names).filter((name) => name !== 'evil.example'), 'gone.example']
  proxy = await openProxy({ allow, internet }, LIMITS)
})
afterEach(async () => {
  await proxy.close()
  web.close()
  echo.close()
})

/** Sends bytes to the proxy as they are, and reads until it ends the connection, or until it has said `until`. */
function say(bytes: string, until = '\0'): Promise<string> {
  return new Promise((resolve) => {
    let heard = ''
    const socket = connect(proxy.socket, () => socket.write(bytes))
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      heard += chunk
      if (heard.includes(until)) socket.destroy()
    })
    socket.on('end', () => socket.end())
    socket.on('close', () => resolve(heard))
  })
}

const request = (url: string, { host = new URL(url).host, lines = [] as string[], body = '', method = 'GET' } = {}) =>
  say([`${method} ${url} HTTP/1.1`, `Host: ${host}`, ...lines, 'Connection: close', '', body].join('\r\n'))
const tunnel = (target: string, bytes: string, until?: string) =>
  say(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n${bytes}`, until)

describe('an allowed host', () => {
  it('answers a plain request, and is sent its body', async () => {
    const answer = await request('http://registry.example/a?b=1', {
      method: 'POST',
      lines: ['Content-Length: 5'],
      body: 'hello',
    })
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*x-from: web[\s\S]*got \/a\?b=1/)
    expect(web.requests).toEqual(['POST registry.example/a?b=1 hello'])
    expect(internet.connected).toEqual([`${PUBLIC}:80`])
  })

  it('is not sent what was meant for the proxy alone, nor the other way round', async () => {
    const lines = ['Proxy-Authorization: Basic abc', 'X-Mine: 1', 'Keep-Alive: 1', 'TE: trailers', 'Upgrade: websocket']
    const answer = await say(
      ['GET http://registry.example/ HTTP/1.1', 'Host: registry.example', ...lines, 'X-Kept: 1'].join('\r\n') +
        '\r\nConnection: close, X-Mine\r\n\r\n',
    )
    expect(web.headers.toSorted()).toEqual(['connection', 'host', 'x-kept'])
    expect(answer).not.toContain('timeout=9')
  })

  it('speaks through a tunnel, in both directions', async () => {
    const heard = await tunnel('registry.example:443', 'hello', 'HELLO')
    expect(heard).toBe('HTTP/1.1 200 Connection established\r\n\r\nHELLO')
    expect(internet.connected).toEqual([`${PUBLIC}:443`])
    expect(proxy.refused()).toEqual([])
  })

  it('that cannot be found is no refusal, and the answer says why', async () => {
    expect(await request('http://gone.example/')).toMatch(/^HTTP\/1\.1 502 [\s\S]*no such name: gone\.example/)
    expect(await tunnel('gone.example:443', '')).toMatch(/^HTTP\/1\.1 502 [\s\S]*no such name: gone\.example/)
    expect(proxy.refused()).toEqual([])
  })

  it('may redirect, and the proxy does not follow: what is asked next is checked like any other', async () => {
    expect(await request('http://registry.example/away')).toMatch(/^HTTP\/1\.1 302 [\s\S]*evil\.example\/stolen/)
    expect(await request('http://evil.example/stolen')).toMatch(/^HTTP\/1\.1 403 /)
    expect(internet.resolved).toEqual(['registry.example'])
  })
})

describe('any other', () => {
  it('is refused with the reason, counted, and its name is not even looked up', async () => {
    expect(await request('http://evil.example/')).toMatch(
      /^HTTP\/1\.1 403 [\s\S]*"evil\.example" is refused: `network\.allow`/,
    )
    expect(await tunnel('evil.example:443', 'hello')).toMatch(/^HTTP\/1\.1 403 [\s\S]*does not name it/)
    await request('http://secret-of-the-task.evil.example/')
    expect(proxy.refused()).toEqual([
      { host: 'evil.example', why: 'not-listed', requests: 2 },
      { host: 'secret-of-the-task.evil.example', why: 'not-listed', requests: 1 },
    ])
    expect([internet.resolved, internet.connected, web.requests]).toEqual([[], [], []])
  })

  it.each([
    'localhost',
    '127.0.0.1',
    '169.254.169.254',
    '[::1]',
    '[::ffff:7f00:1]',
    '0x7f000001',
    '2130706433',
    'registry.example.',
  ])('%s is refused, as a URL and as a tunnel', async (host) => {
    expect(await request(`http://${host}/`, { host })).toMatch(/^HTTP\/1\.1 403 /)
    expect(await tunnel(`${host}:443`, '')).toMatch(/^HTTP\/1\.1 403 /)
    expect(internet.connected).toEqual([])
  })

  it('port of an allowed host is refused', async () => {
    for (const port of [80, 22, 25, 8443])
      expect(await tunnel(`registry.example:${port}`, '')).toMatch(/^HTTP\/1\.1 403 /)
    for (const port of [443, 22, 8080])
      expect(await request(`http://registry.example:${port}/`)).toMatch(/^HTTP\/1\.1 403 /)
    expect(internet.connected).toEqual([])
  })
})

describe('the address behind an allowed name', () => {
  it.each(['inner.example', 'mixed.example', 'empty.example'])(
    '%s: is checked too, all that there are',
    async (host) => {
      expect(await request(`http://${host}/`)).toMatch(/^HTTP\/1\.1 403 [\s\S]*not public/)
      expect(await tunnel(`${host}:443`, '')).toMatch(/^HTTP\/1\.1 403 [\s\S]*not public/)
      expect(internet.connected).toEqual([])
      expect(proxy.refused()).toEqual([{ host, why: 'private-address', requests: 2 }])
    },
  )

  it('is the one that is connected to: a name that means another machine a moment later gains nothing', async () => {
    // The first answer is public; a second look-up for the same connection would get the address of the metadata server.
    expect(await request('http://moving.example/')).toMatch(/^HTTP\/1\.1 200 /)
    expect([internet.resolved, internet.connected]).toEqual([['moving.example'], [`${PUBLIC}:80`]])
    expect(await request('http://moving.example/latest/meta-data')).toMatch(/^HTTP\/1\.1 403 /)
    expect(internet.connected).toEqual([`${PUBLIC}:80`])
  })
})

describe('a request that can be read in two ways', () => {
  const SECOND = 'GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n'
  const post = (lines: string[], body: string) =>
    say(['POST http://registry.example/ HTTP/1.1', 'Host: registry.example', ...lines, '', body].join('\r\n'))

  it.each([
    ['a length and chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${SECOND}`],
    ['two lengths', ['Content-Length: 4', 'Content-Length: 0'], SECOND],
    ['an encoding that is not known', ['Transfer-Encoding: xchunked'], SECOND],
    ['an encoding that is hidden', ['Transfer-Encoding : chunked'], `0\r\n\r\n${SECOND}`],
    ['chunks that are not last', ['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${SECOND}`],
    ['a length that is no number', ['Content-Length: +4'], SECOND],
    ['a header over two lines', ['X: a\r\n b: c', 'Content-Length: 4\r\n ,0'], SECOND],
    ['a chunk whose size is no number', ['Transfer-Encoding: chunked'], `0x4\r\nabcd\r\n0\r\n\r\n`],
  ])('%s: reaches nothing but the host that was checked', async (_what, lines, body) => {
    const heard = await post(lines, body)
    expect(heard).toContain('HTTP/1.1 400 Bad Request')
    expect(web.requests).toEqual([])
    expect(internet.resolved.filter((host) => host !== 'registry.example')).toEqual([])
  })

  it('two requests in one connection are two, each checked', async () => {
    const first = 'GET http://registry.example/1 HTTP/1.1\r\nHost: registry.example\r\n\r\n'
    const heard = await say(first + SECOND, 'does not name it')
    expect(heard).toMatch(/HTTP\/1\.1 200 [\s\S]*HTTP\/1\.1 403 /)
    expect(web.requests).toEqual(['GET registry.example/1'])
  })

  it.each([
    ['another host in the header', ['Host: evil.example']],
    ['two hosts', ['Host: registry.example', 'Host: evil.example']],
  ])('%s is refused', async (_what, hosts) => {
    const heard = await say(
      ['GET http://registry.example/ HTTP/1.1', ...hosts, 'Connection: close', '', ''].join('\r\n'),
    )
    expect(heard).toMatch(/^HTTP\/1\.1 40[03] /)
    expect(web.requests).toEqual([])
  })

  it('what is no HTTP at all is answered with 400', async () => {
    expect(await say('\x05\x01\x00')).toContain('400 Bad Request')
    expect(await say('SSH-2.0-OpenSSH_9.2\r\n\r\n')).toContain('400 Bad Request')
    expect(await say('GET http://registry.example/ HTTP/1.1\r\n\r\n')).toContain('400 Bad Request')
  })
})

describe('limits', () => {
  it('a connection more than may be open at once is closed', async () => {
    const open = await Promise.all(Array.from({ length: LIMITS.connections }, () => held()))
    expect(await request('http://registry.example/')).toBe('')
    for (const socket of open) socket.destroy()
  })

  it('all connections end when they have carried too much, and it is told', async () => {
    const heard = await tunnel('registry.example:443', 'a'.repeat(LIMITS.bytes))
    expect(heard).toContain('200 Connection established')
    expect(proxy.refused()).toEqual([{ host: 'any', why: 'too-much', requests: 1 }])
    await expect(
      new Promise((resolve, reject) => connect(proxy.socket, () => resolve('open')).on('error', reject)),
    ).rejects.toThrow()
  })

  it('of names that are refused, twenty are kept, and the number of the others', async () => {
    for (let n = 0; n < 25; n++) await tunnel(`host-${n}.evil.example:443`, '')
    const refused = proxy.refused()
    expect(refused).toHaveLength(21)
    expect(refused.at(-1)).toEqual({ host: 'other hosts', why: 'not-listed', requests: 5 })
  })
})

/** A tunnel that stays open. */
const held = () =>
  new Promise<ReturnType<typeof connect>>((resolve) => {
    const socket = connect(proxy.socket, () => socket.write('CONNECT registry.example:443 HTTP/1.1\r\nHost: x\r\n\r\n'))
    socket.once('data', () => resolve(socket))
  })

it('its socket is in a folder of this user alone, and both go when it closes, with every connection', async () => {
  const folder = dirname(proxy.socket)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  const socket = await held()
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await proxy.close()
  await ended
  expect(existsSync(folder)).toBe(false)
})
