import { describe, expect, it } from 'vitest'
import { isAttemptAt, isTryOf, type MoneyUse, moneyKey, parseMoneyKey } from '../../../src/core/money/money-key.ts'

describe('the key under which money is set aside', () => {
  it.each<[string, MoneyUse]>([
    ['design#1', { of: 'stage', name: 'design', task: null, number: 1 }],
    ['expand:t3#12', { of: 'stage', name: 'expand', task: 't3', number: 12 }],
    ['t3/2', { of: 'attempt', task: 't3', attempt: 2 }],
    ['design/1', { of: 'attempt', task: 'design', attempt: 1 }],
  ])('%s is read as it is written', (key, use) => {
    expect(moneyKey(use)).toBe(key)
    expect(parseMoneyKey(key)).toEqual(use)
  })

  it.each(['', 'design', 'dream#1', 'design#', '/1', 't3/', 'a/b/1', 'expand:#1'])('%j is none', (key) => {
    expect(parseMoneyKey(key)).toBeNull()
    expect(isAttemptAt(key)).toBe(false)
  })

  it('tells a task from another whose name begins with its own, and a task from a stage', () => {
    expect(isAttemptAt('t3/1', 't')).toBe(false)
    expect(isAttemptAt('t3/1', 't3')).toBe(true)
    expect(isTryOf('expand:t3#1', 'expand', 't')).toBe(false)
    expect(isTryOf('expand:t3#1', 'expand')).toBe(false)
    expect(isTryOf('design/1', 'design')).toBe(false)
  })
})
