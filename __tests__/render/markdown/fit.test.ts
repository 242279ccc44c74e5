import { describe, expect, it } from 'vitest'
import { byteLength, firstOf, fitted, headAndTail } from '../../../src/render/markdown/fit.ts'

describe('fitted', () => {
  it('takes the first rendering that fits, and makes no more of them', () => {
    const made: number[] = []
    const rendering = (number: number, line: string) => () => {
      made.push(number)
      return [line, line]
    }
    expect(fitted(10, [rendering(1, 'too long'), rendering(2, 'fits'), rendering(3, 'no')])).toBe('fits\nfits')
    expect(made).toEqual([1, 2])
  })

  it('counts bytes, which are never fewer than characters', () => {
    expect(fitted(4, [() => ['üüü'], () => ['üü']])).toBe('üü')
  })

  it('throws where nothing fits, since only a bug can ask for that', () => {
    expect(() => fitted(2, [() => ['abc']])).toThrow('no rendering fits into 2 bytes')
  })
})

describe('firstOf', () => {
  it('keeps whole lines and counts the rest', () => {
    const rest = (left: number) => `and ${left} more`
    expect(firstOf(['aaa', 'bbb', 'ccc'], 8, rest)).toEqual(['aaa', 'bbb', 'and 1 more'])
    expect(firstOf(['aaa', 'bbb'], 8, rest)).toEqual(['aaa', 'bbb'])
  })
})

describe('headAndTail', () => {
  const log = Array.from({ length: 1000 }, (_, index) => `line ${index}`).join('\n')

  it('leaves a short log alone', () => expect(headAndTail('a\nb', 100)).toBe('a\nb'))

  it('keeps the beginning and, larger, the end, in whole lines', () => {
    const cut = headAndTail(log, 300)
    expect(cut).toMatch(/^line 0\nline 1\n/)
    expect(cut).toMatch(/\nline 998\nline 999$/)
    const left = Number(/\[… (\d+) lines left out …\]/.exec(cut)?.[1])
    expect(cut.split('\n').length - 1 + left).toBe(1000)
    expect(byteLength(cut)).toBeLessThanOrEqual(300)
  })

  it('shortens a line that never ends instead of losing it', () => {
    const cut = headAndTail(`begin\n${'x'.repeat(100_000)}\nend`, 10_000)
    expect(cut).toBe(`begin\n${'x'.repeat(2000)} […]\nend`)
  })
})
