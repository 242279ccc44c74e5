import { describe, expect, it } from 'vitest'
import { requestDestination, tunnelDestination } from '../../../../src/adapters/sandbox/network/destination.ts'

const ALLOW = ['registry.example']
const asked = (url: string, ...hosts: string[]) => requestDestination(url, hosts, ALLOW)
const tunnel = (target: string) => tunnelDestination(target, ALLOW)

describe('a plain request', () => {
  it.each([
    ['http://registry.example/a?b=1', 'registry.example', '/a?b=1'],
    ['http://registry.example:80', 'registry.example:80', '/'],
    ['HTTP://Registry.EXAMPLE/A', 'REGISTRY.example', '/A'],
  ])('%s goes to the host that is allowed', (url, host, path) => {
    expect(asked(url, host)).toEqual({ ok: true, host: 'registry.example', port: 80, path })
  })

  it.each([
    ['http://evil.example/', 'evil.example', 'not-listed'],
    ['http://sub.registry.example/', 'sub.registry.example', 'not-listed'],
    ['http://registry.example.evil.example/', 'registry.example.evil.example', 'not-listed'],
    ['http://registry.example./', 'registry.example.', 'no-name'],
    ['http://localhost/', 'localhost', 'no-name'],
    ['http://a.localhost/', 'a.localhost', 'no-name'],
    ['http://127.0.0.1/', '127.0.0.1', 'no-name'],
    ['http://0x7f.1/', '0x7f.1', 'no-name'],
    ['http://2852039166/latest/meta-data', '2852039166', 'no-name'],
    ['http://169.254.169.254/latest/meta-data', '169.254.169.254', 'no-name'],
    ['http://[::1]/', '[::1]', 'no-name'],
    ['http://[::ffff:169.254.169.254]/', '[::ffff:169.254.169.254]', 'no-name'],
    ['http://registry.example:8080/', 'registry.example:8080', 'other-port'],
    ['http://registry.example:443/', 'registry.example:443', 'other-port'],
    ['https://registry.example/', 'registry.example', 'malformed'],
    ['ftp://registry.example/', 'registry.example', 'malformed'],
    ['file:///etc/passwd', 'registry.example', 'malformed'],
    ['/a', 'registry.example', 'malformed'],
    ['*', 'registry.example', 'malformed'],
    ['http://registry.example@evil.example/', 'evil.example', 'malformed'],
    ['http://me:secret@registry.example/', 'registry.example', 'malformed'],
  ])('%s with the host %s goes nowhere: %s', (url, host, why) => {
    expect(asked(url, host)).toMatchObject({ ok: false, why })
  })

  it.each([
    [['evil.example']],
    [['registry.example:8080']],
    [['registry.example', 'evil.example']],
    [['registry.example', 'registry.example']],
    [['registry.example/']],
    [['me@registry.example']],
    [['registry.example, evil.example']],
    [[]],
  ])('whose Host is %j and not that of its URL goes nowhere', (hosts) => {
    expect(asked('http://registry.example/', ...hosts)).toMatchObject({ ok: false, why: 'malformed' })
  })

  it('is sent on as the URL that was checked: a backslash ends the host, for both', () => {
    const url = 'http://registry.example\\@evil.example/a'
    expect(asked(url, 'registry.example')).toEqual({
      ok: true,
      host: 'registry.example',
      port: 80,
      path: '/@evil.example/a',
    })
  })
})

describe('a tunnel', () => {
  it('leads to port 443 of an allowed host', () => {
    expect(tunnel('Registry.example:443')).toMatchObject({ ok: true, host: 'registry.example', port: 443 })
  })

  it.each([
    ['registry.example:80', 'other-port'],
    ['registry.example:22', 'other-port'],
    ['registry.example:99999', 'other-port'],
    ['evil.example:443', 'not-listed'],
    ['registry.example.:443', 'no-name'],
    ['localhost:443', 'no-name'],
    ['169.254.169.254:443', 'no-name'],
    ['[::1]:443', 'no-name'],
    ['::1:443', 'no-name'],
    ['me@registry.example:443', 'no-name'],
    ['registry.example', 'malformed'],
    ['registry.example:', 'malformed'],
    ['registry.example:443/', 'malformed'],
    ['http://registry.example:443', 'no-name'],
    ['', 'malformed'],
  ])('%j leads nowhere: %s', (target, why) => {
    expect(tunnel(target)).toMatchObject({ ok: false, why })
  })
})

it('what is told of a host is bounded', () => {
  const refused = tunnel(`${'a'.repeat(5000)}.example:443`)
  expect(refused.host.length).toBe(100)
})
