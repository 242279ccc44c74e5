import { describe, expect, it } from 'vitest'
import { redactDeeply, redactor } from '../../../src/core/text/redact.ts'
import { computeSeconds } from '../../support/processor.ts'

const SECRET = 'ghs_s3cr+t/v=lue'
const redact = redactor([SECRET])
const base64 = (text: string) => Buffer.from(text).toString('base64')
const hex = (text: string) => Buffer.from(text).toString('hex')

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

  const wrapped = (text: string, columns: number, by: string) =>
    text.match(new RegExp(`.{1,${columns}}`, 'g'))?.join(by)
  const long = `ghs_${'3x'.repeat(50)}/+=ends`
  const percent = (text: string, digits = 16) =>
    [...Buffer.from(text)].map((byte) => `%${byte.toString(digits).padStart(2, '0')}`).join('')

  it.each([
    ['percent-encoded in full', percent(long)],
    ['percent-encoded in full, in large digits', percent(long).toUpperCase()],
    ['percent-encoded in part', long.replace('g', '%67').replaceAll('x', '%78')],
    ['in JSON with its signs escaped', [...long].map((sign) => `\\u00${sign.charCodeAt(0).toString(16)}`).join('')],
    ['in JSON with a slash escaped', long.replace('/', '\\/')],
    ['as bytes of a string', [...long].map((sign) => `\\x${sign.charCodeAt(0).toString(16)}`).join('')],
    ...[64, 76, 7].flatMap((columns): [string, string][] =>
      ['\n', '\r\n', '\n    ', '\\n', '\\\\r\\\\n', '\\\n', '=\n'].flatMap((by): [string, string][] => [
        [`wrapped at ${columns} by ${JSON.stringify(by)}`, wrapped(long, columns, by) ?? ''],
        [`in base64 wrapped at ${columns} by ${JSON.stringify(by)}`, wrapped(base64(long), columns, by) ?? ''],
        [`in hex wrapped at ${columns} by ${JSON.stringify(by)}`, wrapped(hex(long), columns, by) ?? ''],
        [
          `percent-encoded and wrapped at ${columns} by ${JSON.stringify(by)}`,
          wrapped(percent(long), 3 * columns, by) ?? '',
        ],
      ]),
    ),
  ])('takes a secret out %s, and nothing around it', (_where, text) => {
    expect(redactor([long])(`before\n${text}\nafter %25 \\n`)).toMatch(/^before\n\*\*\*={0,2}\nafter %25 \\n$/)
  })

  it.each(['', 'x', 'xy', 'user:'])('takes it out of wrapped base64 of a text that begins with "%s"', (start) => {
    const shown = redactor([long])(wrapped(base64(`${start}${long}!`), 64, '\n') ?? '')
    expect(Buffer.from(shown.replaceAll('***', ''), 'base64').toString()).not.toMatch(/3x|end/)
  })

  it('takes out one whose characters have several bytes, however they are encoded', () => {
    const odd = 'pässwörd-größer-als'
    for (const text of [percent(odd), wrapped(base64(odd), 7, '\n') ?? '', wrapped(odd, 4, '\n') ?? ''])
      expect(redactor([odd])(`a ${text} b`)).toMatch(/^a \*\*\*\w?=* b$/)
  })

  it('leaves JSON readable, and what is only alike as it is', () => {
    const said = { a: `one\n${long.slice(0, 50)}\n${long.slice(50)}`, b: [percent(long)], c: 'tab\t%zz \\u12 %' }
    expect(redactDeeply(said, redactor([long]))).toEqual({ a: 'one\n***', b: ['***'], c: 'tab\t%zz \\u12 %' })
    const text = 'C:\\new\\readme\r\n100%25 \\u0041 =\n'
    expect(redact(text)).toBe(text)
  })

  it('takes time in proportion to the text, whatever it holds', () => {
    const texts = ['\n', '\\', '%', '%67', '=\\', '\\n', '\\u0067', 'ghs_s3cr+t/v=lu\n', ' \n', 'g\n']
    for (const text of texts) {
      const long = text.repeat(400_000 / text.length)
      expect(
        computeSeconds(() => redact(long)),
        JSON.stringify(text),
      ).toBeLessThan(5)
    }
  })

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
