import { expect, it } from 'vitest'
import { grepLines } from '../../../src/adapters/files/search.ts'
import { searchPattern } from '../../../src/core/text/search-pattern.ts'
import { PACE } from '../../support/pace.ts'

const options = { literal: false, most: 50, seconds: 10 }
const posix = (pattern: string): string => {
  const read = searchPattern(pattern)
  if (!read.ok) throw new Error(read.error)
  return read.value
}

const LINES = [
  'const retry = 3',
  'import { x } from "./a-b.ts"',
  'a[0] = b\\c',
  '  return ]^-/',
  'snake_case-and.dots',
  'tab\there 2026-11-21',
  'foo(bar) || baz',
  '',
]

it.each([
  '\\d{4}-\\d\\d',
  '[\\w-]+\\.ts',
  '[\\w-.]+dots$',
  '^\\s+return',
  'import \\{ x \\}',
  'import { x }',
  '[\\]^]',
  '[^\\w\\s"{}./=\\-\\[\\]]',
  '\\bx\\b',
  '(?:foo|baz)\\(',
  '[\\\\]c',
  'a\\[0\\]',
  '\\t',
  '[\\^]',
  '[\\^\\-]',
  '\\|\\|',
  '^$',
  '\\Sb',
])('finds with %j the lines that people expect', async (pattern) => {
  const expected = LINES.flatMap((text, index) => (new RegExp(pattern).test(text) ? [{ line: index + 1, text }] : []))
  expect(expected).not.toEqual([])
  expect(await grepLines(`${LINES.join('\n')}\n`, posix(pattern), options)).toEqual({ ok: true, value: expected })
})

it('ends a search that takes too long', async () => {
  const started = performance.now()
  const slow = await grepLines(`${'a'.repeat(4000)}b\n`, '^(.*)(.*)(.*)\\3\\2\\1$', { ...options, seconds: 0.3 })
  expect(slow).toMatchObject({ ok: false, error: expect.stringContaining('longer than 0.3 seconds') })
  expect(performance.now() - started).toBeLessThan(5000 * PACE)
})

it('is quick where other engines try again and again', async () => {
  const nested = await grepLines(`${'a'.repeat(5000)}!\n`, posix('^(a+)+$'), options)
  expect(nested).toEqual({ ok: true, value: [] })
})

it('stops reading when it has found enough', async () => {
  const found = await grepLines('x\n'.repeat(3_000_000), 'x', { ...options, most: 3 })
  expect(found).toMatchObject({ ok: true, value: { length: 3 } })
})

it('says what is wrong with a pattern', async () => {
  const refused = await grepLines('x\n', '(', options)
  expect(refused).toMatchObject({ ok: false, error: expect.stringContaining('Unmatched (') })
})

it('gives grep nothing of the environment', async () => {
  process.env.GREP_COLORS = 'mt=41'
  process.env.GREP_OPTIONS = '--color=always'
  try {
    expect(await grepLines('x\n', 'x', options)).toEqual({ ok: true, value: [{ line: 1, text: 'x' }] })
  } finally {
    delete process.env.GREP_COLORS
    delete process.env.GREP_OPTIONS
  }
})
