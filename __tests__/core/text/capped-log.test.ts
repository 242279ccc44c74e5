import { describe, expect, it } from 'vitest'
import { cappedLog } from '../../../src/core/text/capped-log.ts'
import { redactor } from '../../../src/core/text/redact.ts'

const plain = (text: string) => text
const logOf = (chunks: string[], kept = 10, redact = plain) => {
  const log = cappedLog(redact, kept)
  for (const chunk of chunks) log.add(chunk)
  return log.text()
}

describe('cappedLog', () => {
  it('keeps what is short as it is', () => {
    expect(logOf(['one\n', 'two'])).toBe('one\ntwo')
    expect(logOf([])).toBe('')
    expect(logOf(['0123456789', '0123456789'])).toBe('01234567890123456789')
  })

  it('keeps head and tail, and counts what is missing', () => {
    expect(logOf(['head567890', 'x'.repeat(1234), '0123456tail'])).toBe(
      'head567890\n… 1,235 characters left out …\n123456tail',
    )
  })

  it('the pieces in which text comes make no difference', () => {
    const text = Array.from({ length: 50 }, (_, line) => `line ${line}\n`).join('')
    const whole = logOf([text])
    for (const size of [1, 3, 7, 100]) expect(logOf(text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [])).toBe(whole)
  })

  it('hides a secret that comes in two pieces or lies where the log is cut', () => {
    const redact = redactor(['secret-value'])
    expect(logOf(['a secret', '-value b'], 100, redact)).toBe('a *** b')
    const cut = logOf([`1234567 secret-value ${'x'.repeat(50)} secret-value 12345\n`], 10, redact)
    expect(cut).not.toMatch(/sec|ret|val/)
  })

  it('takes a line without an end in pieces', () => {
    expect(logOf(Array.from({ length: 100 }, () => 'x'.repeat(10_000)))).toContain('… 999,980 characters left out …')
  })

  it('halves no character', () => {
    const log = logOf([`123456789😀${'x'.repeat(40)}😀123456789`])
    expect(log).toBe('123456789\n… 42 characters left out …\n123456789')
  })
})
