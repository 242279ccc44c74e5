import { describe, expect, it } from 'vitest'
import { nearbyTests } from '../../../src/core/plan/nearby-tests.ts'

describe('the tests near a task’s paths', () => {
  it.each([
    ['src/retry.ts', 'src/retry.test.ts'],
    ['src/retry.ts', '__tests__/retry.ts'],
    ['app/retry.py', 'tests/test_retry.py'],
    ['pkg/retry.go', 'pkg/retry_test.go'],
    ['src/main/java/Retry.java', 'src/test/java/RetryTest.java'],
    ['lib/retry.rb', 'spec/retry_spec.rb'],
  ])('are found by name: %s has %s', (source, test) => {
    expect(nearbyTests([source, test, 'src/other.test.ts'], [source])).toEqual([test])
  })

  it('are those of files that a glob matches, and of a file that is still to be written', () => {
    const paths = ['src/a.ts', 'src/a.test.ts', 'src/b.ts', 'test/b.spec.ts', 'test/c.spec.ts']
    expect(nearbyTests(paths, ['src/**'])).toEqual(['src/a.test.ts', 'test/b.spec.ts'])
    expect(nearbyTests(paths, ['src/c.ts'])).toEqual(['test/c.spec.ts'])
  })

  it('are no files that only share a name which says nothing', () => {
    expect(nearbyTests(['src/a/index.ts', 'test/index.test.ts'], ['src/**'])).toEqual([])
  })

  it('are those that import one of the files, too, behind those of its name', () => {
    const paths = ['src/retry.ts', 'src/retry.test.ts', 'test/flow.test.ts', 'src/use.ts', 'src/other.ts']
    const imports = ['test/flow.test.ts', 'src/retry.test.ts', 'src/use.ts'].map((from) => ({
      from,
      path: 'src/retry.ts',
    }))
    const elsewhere = { from: 'test/other.test.ts', path: 'src/other.ts' }
    expect(nearbyTests(paths, ['src/retry.ts'], [...imports, elsewhere])).toEqual([
      'src/retry.test.ts',
      'test/flow.test.ts',
    ])
    const many = Array.from({ length: 30 }, (_, n) => ({ from: `test/${n}.test.ts`, path: 'src/retry.ts' }))
    expect(nearbyTests(paths, ['src/retry.ts'], many)).toHaveLength(12)
  })

  it('are twelve at most, those in folders of the same names first', () => {
    const many = Array.from({ length: 30 }, (_, n) => `test/z${n}/retry.test.ts`)
    const found = nearbyTests(['src/net/retry.ts', ...many, 'test/net/retry.test.ts'], ['src/net/**'])
    expect([found.length, found[0]]).toEqual([12, 'test/net/retry.test.ts'])
  })
})
