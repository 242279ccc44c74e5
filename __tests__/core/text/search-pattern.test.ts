import { describe, expect, it } from 'vitest'
import { searchPattern, searchText } from '../../../src/core/text/search-pattern.ts'
import { computeSeconds } from '../../support/processor.ts'

describe('a pattern to search for', () => {
  it.each([
    ['retry', 'retry'],
    ['^a.*b+c?$', '^a.*b+c?$'],
    ['\\d{2,3}', '[0-9]{2,3}'],
    ['\\D\\w\\W\\s\\S\\b\\t', '[^0-9]\\w\\W\\s\\S\\b\t'],
    ['a\\/b\\-c\\.d\\(e\\)', 'a/b-c\\.d\\(e\\)'],
    ['(?:a|b)(c)', '(a|b)(c)'],
    ['import { x }', 'import \\{ x }'],
    ['{}{,}{2}', '\\{}\\{,}{2}'],
    ['[a-z_]', '[a-z_]'],
    ['[\\w.-]', '[[:alnum:]_.-]'],
    ['[\\w-.]', '[[:alnum:]_.-]'],
    ['[^\\]\\s]', '[^][:space:]]'],
    ['[]a]', '[]a]'],
    ['[\\^]', '\\^'],
    ['[\\^\\-]', '[-^]'],
    ['[^\\^]', '[^^]'],
    ['[\\^a\\-z]', '[az^-]'],
    ['[[:alpha:]\\d]', '[[:alpha:]0-9]'],
    ['[\\\\/"]', '[\\/"]'],
    ['ü [äö]', 'ü [äö]'],
  ])('%j is %j for grep', (pattern, posix) => {
    expect(searchPattern(pattern)).toEqual({ ok: true, value: posix })
  })

  it.each([
    ['', 'empty'],
    ['x'.repeat(1001), 'longer than 1000'],
    ['a\nb', 'one line'],
    ['a\0', 'one line'],
    ['a\\nb', '`\\n` is not understood'],
    ['(a)\\1', 'cannot be referred to'],
    ['(?=a)', 'groups such as'],
    ['(?i)a', 'groups such as'],
    ['\\p{L}', '`\\p` is not understood'],
    ['[\\S]', 'between brackets'],
    ['[a', 'has no `]`'],
    ['[]', 'holds nothing'],
    ['[^]', 'holds nothing'],
    ['a\\', 'ends in a backslash'],
    ['((a{9}){9}){9}', 'multiply to more than 256'],
    ['a{1,300}', 'multiply to more than 256'],
    ['a{257,}', 'multiply to more than 256'],
  ])('%j is refused: %s', (pattern, why) => {
    expect(searchPattern(pattern)).toEqual({ ok: false, error: expect.stringContaining(why) })
  })

  it('is a text as it is, of one line', () => {
    expect(searchText('a\\d(')).toEqual({ ok: true, value: 'a\\d(' })
    expect([searchText(''), searchText('a\nb'), searchText('x'.repeat(1001))].map(({ ok }) => ok)).toEqual([
      false,
      false,
      false,
    ])
  })

  it('is read in no time, whatever it looks like', () => {
    const seconds = computeSeconds(() => {
      for (const part of ['[', '[:', '[[:a:]', '\\', '{1,', '(?', '[^]', '[\\]', '[a-\\d']) {
        for (const end of ['', ']', 'x', ':]]']) searchPattern(part.repeat(1000 / part.length).slice(0, 990) + end)
      }
    })
    expect(seconds).toBeLessThan(4)
  })
})
