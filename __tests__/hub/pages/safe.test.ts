import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testHub, where } from '../support/hub.ts'
import { temporary } from '../support/repository.ts'
import { send, visit } from './browser.ts'

describe('the link to the pages', () => {
  it('opens a session once, and leads to the runs', async () => {
    const hub = await testHub()
    const link = hub.link()
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/login\/[\w-]{43}$/)
    const entered = await send(link)
    expect(entered).toMatchObject({ status: 303, headers: { location: '/' } })
    expect(`${entered.headers['set-cookie']}`).toMatch(/^tributary_\d+=[^;]+;.*Path=\/; HttpOnly; SameSite=Strict$/)
    const again = await send(link)
    expect(again.status).toBe(401)
    expect(again.headers['set-cookie']).toBeUndefined()
    expect(again.text).toContain('This link does not work any more')
  })

  it('does not work after ten minutes, and the session it opened not after a week', async () => {
    let minutes = 0
    const hub = await testHub({ now: () => new Date(Date.UTC(2026, 0, 1) + minutes * 60_000) })
    const link = hub.link()
    minutes = 11
    expect((await send(link)).status).toBe(401)
    const visitor = await visit(hub)
    minutes += 6 * 24 * 60
    expect((await visitor.get('/')).status).toBe(200)
    minutes += 2 * 24 * 60
    expect((await visitor.get('/')).status).toBe(401)
  })

  it('is not guessed: after ten wrong ones, other wrong ones are refused for a minute, and the right one is not', async () => {
    let seconds = 0
    const hub = await testHub({ now: () => new Date(Date.UTC(2026, 0, 1) + seconds * 1000) })
    const link = hub.link()
    for (let time = 0; time < 10; time += 1) expect((await send(`${hub.url}/login/guess-${time}`)).status).toBe(401)
    const guess = () => send(`${hub.url}/login/another`)
    expect(await guess()).toMatchObject({ status: 429, headers: { 'retry-after': '60' } })
    expect((await send(link)).status).toBe(303)
    seconds = 61
    expect((await guess()).status).toBe(401)
  })

  it('is not used up by a browser that loads ahead', async () => {
    const hub = await testHub()
    const link = hub.link()
    expect((await send(link, { 'sec-purpose': 'prefetch;prerender' })).status).toBe(403)
    expect((await send(link)).status).toBe(303)
  })

  it('is not used up by a program that only looks at it', async () => {
    const hub = await testHub()
    const link = hub.link()
    const looked = await fetch(link, { method: 'HEAD' })
    expect([looked.status, looked.headers.get('set-cookie')]).toEqual([403, null])
    expect((await send(link)).status).toBe(303)
  })

  it('survives a restart of the hub as a session, and no cookie that we did not sign is one', async () => {
    const hub = await testHub()
    const { cookie } = await visit(hub)
    const [name = '', value = ''] = cookie.split('=')
    const [id, expiry, signature] = value.split('.')
    for (const forged of ['', 'x', `${id}.${expiry}.x`, `${id}.${Number(expiry) + 1}.${signature}`, `${value}.x`])
      expect((await send(`${hub.url}/`, { cookie: `${name}=${forged}` })).status, forged).toBe(401)
    await hub.close()
    const again = await testHub({ repo: hub.checkout, dataDir: hub.dataDir })
    expect((await send(`${again.url}/`, { cookie })).status).toBe(200)
  })
})

describe('a request', () => {
  it('without a session reads nothing, and is told how to get one', async () => {
    const hub = await testHub()
    await hub.as('writer').issues.create({ ...where, title: 'Hidden words' })
    for (const path of [
      '/',
      '/runs/1',
      '/runs/1/frames',
      '/runs/1/tasks/a',
      '/octo/demo/issues/1',
      '/octo/demo/actions',
    ]) {
      const answer = await send(`${hub.url}${path}`)
      expect(answer.status, path).toBe(401)
      expect(answer.text).toContain('The terminal in which the hub runs shows one')
      expect(answer.text).not.toContain('Hidden words')
    }
    // A token of the API opens no page, and a session no API.
    expect((await send(`${hub.url}/`, { authorization: `token ${hub.tokens.admin}` })).status).toBe(401)
    const { cookie } = await visit(hub)
    expect((await send(`${hub.url}/_hub/state`, { cookie })).status).toBe(401)
  })

  it('from a page elsewhere is refused, with the session too', async () => {
    const hub = await testHub()
    const visitor = await visit(hub)
    const csrf = await visitor.csrf()
    const form = [
      ['title', 'Forged'],
      ['csrf', csrf],
    ] as const
    for (const origin of ['https://evil.example', 'http://127.0.0.1:1', 'null'])
      expect((await visitor.post('/issues', form, { origin })).status, origin).toBe(403)
    expect((await visitor.post('/issues', form, { 'sec-fetch-site': 'same-site' })).status).toBe(403)
    const reads = (site: string, mode: string, dest: string) =>
      visitor.get('/', { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest })
    expect((await reads('same-site', 'cors', 'empty')).status).toBe(403)
    expect((await reads('cross-site', 'navigate', 'iframe')).status).toBe(403)
    expect((await reads('cross-site', 'no-cors', 'script')).status).toBe(403)
    expect((await reads('same-site', 'navigate', 'document')).status).toBe(200)
    expect((await visitor.get('/', { host: 'rebound.example' })).status).toBe(403)
    expect((await hub.as('reader').issues.listForRepo(where)).data).toEqual([])
  })

  it('with a form needs the token of its own session', async () => {
    const hub = await testHub()
    const [visitor, other] = [await visit(hub), await visit(hub)]
    for (const csrf of ['', 'x', await other.csrf()])
      expect(
        (
          await visitor.post('/issues', [
            ['title', 'Forged'],
            ['csrf', csrf],
          ])
        ).status,
      ).toBe(403)
    expect((await hub.as('reader').issues.listForRepo(where)).data).toEqual([])
    expect((await visitor.post('/issues', [['title', 'Real']])).status).toBe(303)
  })

  it('gets a policy under which nothing but our own files runs', async () => {
    const hub = await testHub()
    const visitor = await visit(hub)
    const { headers, text } = await visitor.get('/')
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(/^default-src 'none'; script-src 'self'; style-src 'self';/),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
    })
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect(text).not.toMatch(/<script(?![^>]* src="\/-\/live-)|<style| on\w+=| style=/)
    const [script] = /\/-\/live-[\w-]+\.js/.exec(text) ?? ['']
    expect((await send(`${hub.url}${script}`)).headers['content-type']).toBe('text/javascript; charset=utf-8')
  })

  it('writes nothing into the terminal but what was sent', async () => {
    const hub = await testHub()
    const visitor = await visit(hub)
    expect((await visitor.get('/octo/%1B]0;title%07/%0Athere')).status).toBe(404)
    expect((await visitor.get('/octo/demo/blob/%E0%A4')).status).toBe(404)
    expect(hub.log).toEqual(['no such route: GET /octo/%1B]0;title%07/%0Athere'])
  })
})

describe('two hubs of one machine', () => {
  it('leave each other their sessions in one browser, whose cookies know no ports', async () => {
    const hubs = [await testHub(), await testHub()]
    const jar = new Map<string, string>()
    for (const hub of hubs) {
      const { headers } = await send(hub.link())
      const [, name = '', value = ''] = /^([^=]+)=([^;]+)/.exec(`${headers['set-cookie']}`) ?? []
      jar.set(name, value)
    }
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    for (const hub of hubs) expect((await send(`${hub.url}/`, { cookie })).status).toBe(200)
  })
})

describe('too many requests in a minute', () => {
  async function clockedHub() {
    const clock = { seconds: 0 }
    const hub = await testHub({ now: () => new Date(Date.UTC(2026, 0, 1) + clock.seconds * 1000) })
    return { clock, hub, visitor: await visit(hub) }
  }

  it('without a session are refused with the seconds to wait, and disturb neither the person nor the API', async () => {
    const { clock, hub, visitor } = await clockedHub()
    const stranger = () => send(`${hub.url}/runs/1`)
    for (let time = 0; time < 120; time += 1) expect((await stranger()).status).toBe(401)
    clock.seconds = 20
    const refused = await stranger()
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '40' } })
    expect(refused.text).toContain('Try again in 40 seconds')
    expect((await visitor.get('/')).status).toBe(200)
    expect((await visitor.post('/issues', [['title', 'Let in']])).status).toBe(303)
    expect((await hub.as('reader').issues.listForRepo(where)).status).toBe(200)
    clock.seconds = 60
    expect((await stranger()).status).toBe(401)
  })

  it('that post are refused and do nothing, and pages can still be read and followed live', async () => {
    const { clock, hub, visitor } = await clockedHub()
    const post = (csrf: string) =>
      visitor.post('/issues', [
        ['title', 'Once more'],
        ['csrf', csrf],
      ])
    const csrf = await visitor.csrf()
    for (let time = 0; time < 60; time += 1) expect((await post('wrong')).status).toBe(403)
    expect(await post(csrf)).toMatchObject({ status: 429, headers: { 'retry-after': '60' } })
    expect((await hub.as('reader').issues.listForRepo(where)).data).toEqual([])
    for (let time = 0; time < 200; time += 1) expect((await visitor.get('/')).status).toBe(200)
    const live = await fetch(hub.url, { headers: { cookie: visitor.cookie, accept: 'text/event-stream' } })
    expect([live.status, live.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    await live.body?.cancel()
    clock.seconds = 60
    expect((await post(csrf)).status).toBe(303)
  })
})

describe('what a hub keeps', () => {
  it('is for its owner alone', async () => {
    const dataDir = join(temporary('hub-kept'), 'deep', 'data')
    const hub = await testHub({ dataDir })
    await hub.as('writer').issues.create({ ...where, title: 'Written again' })
    await hub.close()
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
    expect([mode(dataDir), mode(join(dataDir, 'hub.json'))]).toEqual(['700', '600'])
  })
})
