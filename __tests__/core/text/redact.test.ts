import { describe, expect, it } from 'vitest'
import { redactor } from '../../../src/core/text/redact.ts'

const SECRET = 'ghs_s3cr+t/v=lue'
const redact = redactor([SECRET])

describe('redactor', () => {
  it.each([
    ['as it is', SECRET],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in a form', new URLSearchParams({ token: SECRET }).toString()],
    ['in JSON', JSON.stringify({ token: SECRET })],
    ['in hexadecimal digits', Buffer.from(SECRET).toString('hex')],
    ['in large hexadecimal digits', Buffer.from(SECRET).toString('hex').toUpperCase()],
    ['in base64', Buffer.from(SECRET).toString('base64')],
    ['in base64 for URLs', Buffer.from(SECRET).toString('base64url')],
  ])('takes a secret out %s', (_where, text) => {
    const shown = redact(`before ${text} after`)
    expect(shown).toContain('***')
    expect(shown).not.toContain(text)
    expect(shown.startsWith('before ') && shown.endsWith(' after')).toBe(true)
  })

  it.each(['', 'x', 'xy', 'xyz', 'x-access-token:'])(
    'takes it out of a longer text in base64 that begins with "%s"',
    (start) => {
      const whole = Buffer.from(`${start}${SECRET}!`).toString('base64')
      const shown = redact(whole)
      expect(shown).toContain('***')
      const left = Buffer.from(shown.replaceAll('***', ''), 'base64').toString()
      expect(left).not.toMatch(/s3cr|v=lu/)
    },
  )

  it('takes out every line of a secret of several lines, however they are parted', () => {
    const key = '-----BEGIN KEY-----\nabcdefgh\nijklmnop\n-----END KEY-----\n'
    const hide = redactor([key])
    expect(hide(key)).not.toMatch(/abcdefgh|ijklmnop/)
    expect(hide('> ijklmnop')).toBe('> ***')
    expect(hide(JSON.stringify(key))).not.toMatch(/abcdefgh|ijklmnop/)
    expect(hide(key.replaceAll('\n', '\r\n'))).not.toMatch(/abcdefgh|ijklmnop/)
  })

  it('takes it out of JSON that stands in JSON, whatever JSON makes of its signs', () => {
    const odd = 'a"quoted\\value\n\twith\u0001all'
    const hide = redactor([odd])
    for (const text of [odd, JSON.stringify(odd), JSON.stringify(JSON.stringify({ odd }))]) {
      expect(hide(text)).toContain('***')
      expect(hide(text)).not.toMatch(/quoted|value|with/)
    }
  })

  it('leaves digests and other digits alone', () => {
    const digest = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'
    expect(redact(digest)).toBe(digest)
  })

  it('the longer of two secrets wins where one begins with the other', () => {
    expect(redactor(['secret', 'secret-and-more'])('a secret-and-more b secret c')).toBe('a *** b *** c')
  })

  it('leaves what is short or not there alone, and takes characters that mean something to patterns literally', () => {
    expect(redactor(['abc', '', ' '])('abc')).toBe('abc')
    expect(redactor([])('text')).toBe('text')
    expect(redactor(['a.c*e(g'])('abcdeeg a.c*e(g')).toBe('abcdeeg ***')
  })
})
