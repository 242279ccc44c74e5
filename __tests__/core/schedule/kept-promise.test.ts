import { describe, expect, it } from 'vitest'
import { handOffOf } from '../../../src/core/run/hand-off.ts'
import { promiseDifferences } from '../../../src/core/schedule/kept-promise.ts'

const kept = (interfaces: string[], did = '') =>
  handOffOf({ did, interfaces, decisions: [], caveats: [], follow_ups: [] }, { files: [], check: '' })

describe('what a hand-off says of a promised interface', () => {
  it('differs where a name is missing', () => {
    expect(promiseDifferences('retry(times) and maxTries', kept(['retry(times): void in src/retry.ts']))).toEqual([
      '`maxTries` is no longer named',
    ])
    expect(promiseDifferences('retry(times)', kept(['again(times)']))).toEqual(['`retry` is no longer named'])
  })

  it('differs where arguments are others', () => {
    expect(promiseDifferences('`retry(times: number): void`', kept(['retry(options: Options): void']))).toEqual([
      '`retry(times: number)` is now `retry(options: Options)`',
    ])
    expect(promiseDifferences('retry(a,\n  b)', kept(['retry(a, b)']))).toEqual([])
  })

  it('does not differ in words that are no code, or in what other lines of it say', () => {
    expect(promiseDifferences('A module that retries requests.', kept([]))).toEqual([])
    expect(promiseDifferences('RetryError is thrown', kept([], 'Added RetryError.'))).toEqual([])
  })

  it('is bounded', () => {
    const names = Array.from({ length: 50 }, (_, n) => `someName${n}`)
    expect(promiseDifferences(names.join(' '), kept([]))).toHaveLength(12)
  })
})
