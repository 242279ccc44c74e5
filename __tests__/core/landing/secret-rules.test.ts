import { describe, expect, it } from 'vitest'
import { secretIn, secretSeeker } from '../../../src/core/landing/secrets.ts'

/** What a value is taken for, as the value of a secret name. */
const kindOf = (value: string) => secretIn('src/a.ts', `const apiKey = '${value}'`)
const FOUND = 'value of a secret name'
const drawn = 'q7Zw3xK9vB2mT5rY8nL4'

describe('a value that looks as if nobody had thought of it', () => {
  it('has letters and digits', () => {
    expect(kindOf(drawn)).toBe(FOUND)
    expect(kindOf('qWzXkVbNmTrYpLsDgHjF'), 'no digit').toBeNull()
    expect(kindOf('7!3@9#1&5%2^8*4-6+0=7'), 'no letter').toBeNull()
  })

  it('repeats itself little: a hexadecimal one may more than another', () => {
    expect(kindOf('7f3a9c1e7f3a9c1e7f3a9c1e'), 'hexadecimal, 3 bits a character').toBe(FOUND)
    expect(kindOf('7F3A9C1E7F3A9C1E7F3A9C1E'), 'in capitals').toBe(FOUND)
    expect(kindOf('7f3a9c1f7f3a9c1f7f3a9c1f'), 'hexadecimal, fewer').toBeNull()
    expect(kindOf('7g3z9q1w7g3z9q1w7g3z9q1w'), 'any letters, 3 bits').toBeNull()
    expect(kindOf('zq7f3a9c1e7f3a9c1e7f3a9c'), 'begins with others').toBeNull()
    expect(kindOf('7f3a9c1e7f3a9c1e7f3a9czq'), 'ends with others').toBeNull()
    expect(kindOf('g7h8g7h8g7h8g7h8g7h8'), 'two bits').toBeNull()
  })

  it('may repeat itself more if it is short, as a password in a URL is', () => {
    const url = (password: string) => secretIn('src/a.ts', `postgres://app:${password}@db.internal/app`)
    expect(url('g7z3q9w1k5')).toBe('password in a URL')
    expect(url('g7z3q9w1k5g7z3q9'), 'of 16 characters').toBeNull()
    expect(url('g7g7g7g7g7')).toBeNull()
  })

  it('does not stay with letters or digits for long', () => {
    expect(kindOf('abqz2841xwvu7306kjhm'), 'four and a half on average').toBeNull()
    expect(kindOf('qzx7306wvk2841hjm9517'), 'three and a half').toBeNull()
    expect(kindOf('ab73061952cd28401379'), 'long numbers').toBeNull()
    expect(kindOf('Qwrtzp7Zxkvbm3Hjmpn'), 'capitals before words').toBeNull()
    expect(kindOf('QXZWKVBN7LMRTPJ3HGFD'), 'capitals alone').toBeNull()
    expect(kindOf('Qx7Wk3Vb9Lm2Tp5Hg8Fd')).toBe(FOUND)
  })
})

describe('the search of a file', () => {
  it('finds in text, and not in bytes, what only looks like a secret', () => {
    const { inText, inBytes } = secretSeeker([])
    const text = `const apiKey = '${drawn}'`
    expect([inText('src/a.ts', text), inText('docs/a.md', text), inBytes('x', text)]).toEqual([true, false, false])
  })

  it('says how long the longest thing is that it searches for, in whatever form', () => {
    const longest = (...own: string[]) => secretSeeker(own).longest
    expect(longest()).toBe(16_384)
    expect(longest('')).toBe(16_384)
    expect(longest('abc', 'abcdefgh')).toBe(16_384 + 8 * 8)
    // A letter beyond ASCII is two bytes in UTF-8, and each byte is a character there.
    expect(longest('üü')).toBe(16_384 + 8 * 4)
  })

  it('knows a key of a known shape beside an example that everybody copies', () => {
    const [example, key] = [`${'AK'}IAIOSFODNN7EXAMPLE`, `${'AK'}IAQWERTZUIOPLKJHGF`]
    expect(secretIn('src/a.ts', example)).toBeNull()
    expect(secretIn('src/a.ts', `${example} ${key}`)).toBe('AWS access key')
  })
})
