import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  closingLine,
  countOf,
  failedCheck,
  failureLines,
  nightlyLine,
  PASSED_CHECK,
  skippedLine,
  sum,
} from '../../scripts/counts.mjs'

describe('the count of what passed', () => {
  const report = (numPassedTests: number, numFailedTests: number, ...skippedFor: (string | undefined)[]) => {
    const assertionResults = [
      { status: 'passed', meta: {} },
      ...skippedFor.map((why) => ({ status: 'skipped', meta: { skippedFor: why } })),
    ]
    return JSON.stringify({ numPassedTests, numFailedTests, testResults: [{ assertionResults }] })
  }
  const none = { skipped: 0, why: [], nightly: 0 }

  it('is what vitest says', () => {
    expect(countOf(report(7, 2), false, 'unit')).toMatchObject({ passed: 7, failed: 2, ...none })
    expect(countOf(report(7, 0), true, 'unit')).toMatchObject({ passed: 7, failed: 0, ...none })
  })

  it('takes a run without a report, without a test, or that fell over outside a test for one that failed', () => {
    expect(countOf(null, true, 'unit')).toMatchObject({ passed: 0, failed: 1, ...none })
    expect(countOf(report(0, 0), true, 'unit')).toMatchObject({ passed: 0, failed: 1, ...none })
    expect(countOf(report(7, 0), false, 'unit')).toMatchObject({ passed: 7, failed: 1, ...none })
  })

  it('adds up', () => {
    expect(sum([countOf(report(7, 2), false, 'unit'), countOf(report(1, 0), true, 'unit')])).toMatchObject({
      passed: 8,
      failed: 2,
      ...none,
    })
  })

  it('counts what was skipped, and says why once, in one line', () => {
    const total = sum([
      countOf(report(7, 0, 'no bwrap', 'no bwrap'), true, 'unit'),
      countOf(report(1, 0, 'no bwrap'), true, 'unit'),
    ])
    expect(total).toMatchObject({ passed: 8, failed: 0, skipped: 3, why: ['no bwrap'], nightly: 0 })
    expect(skippedLine(total)).toBe('3 tests were skipped: no bwrap')
    expect(closingLine(total)).toBe('8 passed, 0 failed, 3 skipped')
    expect(skippedLine(countOf(report(1, 0, 'no bwrap'), true, 'unit'))).toBe('1 test was skipped: no bwrap')
  })

  it('counts tests that are left to the nightly run apart, and says where they run', () => {
    const assertionResults = [{ status: 'passed' }, { status: 'skipped', tags: ['nightly'] }]
    const left = countOf(
      JSON.stringify({ numPassedTests: 1, numFailedTests: 0, testResults: [{ assertionResults }] }),
      true,
      'unit',
    )
    expect(left).toMatchObject({ ...none, passed: 1, failed: 0, nightly: 1 })
    expect(nightlyLine(left)).toBe('1 test is left to the nightly run (npm run test:nightly)')
  })

  it('takes a test that did not run, and does not say why, for one that failed', () => {
    expect(countOf(report(7, 1, 'no bwrap', undefined, undefined), false, 'unit')).toMatchObject({
      failed: 3,
      skipped: 1,
    })
  })

  it('says nothing of skipped tests if none was', () => {
    expect(closingLine(countOf(report(7, 2), false, 'unit'))).toBe('7 passed, 2 failed')
  })
})

describe('what failed', () => {
  const vitest = (...testResults: object[]) => JSON.stringify({ numPassedTests: 1, numFailedTests: 1, testResults })
  const passed = { status: 'passed', fullName: 'a plan is read' }
  const file = join(process.cwd(), '__tests__', 'plan.test.ts')

  it('is named by file, test and the first line of its error, without colors', () => {
    const failureMessages = ['\u001b[31mAssertionError\u001b[39m: expected 1 to be 2\n    at plan.test.ts:3']
    const failed = { status: 'failed', fullName: 'a plan is kept', failureMessages }
    expect(countOf(vitest({ name: file, assertionResults: [passed, failed] }), false, 'unit').failures).toEqual([
      '__tests__/plan.test.ts: a plan is kept: AssertionError: expected 1 to be 2',
    ])
  })

  it('is a test that did not run and does not say why, but not one that is left to the night', () => {
    const assertionResults = [
      { status: 'skipped', fullName: 'is tried' },
      { status: 'skipped', fullName: 'is rare', tags: ['nightly'] },
      { status: 'skipped', fullName: 'needs bwrap', meta: { skippedFor: 'no bwrap' } },
    ]
    expect(countOf(vitest({ name: file, assertionResults }), true, 'unit').failures).toEqual([
      '__tests__/plan.test.ts: is tried: it did not run',
    ])
  })

  it('is a file that could not be loaded', () => {
    const broken = { name: file, status: 'failed', message: 'Cannot find module', assertionResults: [] }
    expect(countOf(vitest(broken), false, 'unit').failures).toEqual(['__tests__/plan.test.ts: Cannot find module'])
  })

  it('is the whole run if it left no report, or went wrong outside of tests', () => {
    expect(countOf(null, false, 'unit').failures).toEqual(['unit: it left no report'])
    const report = JSON.stringify({ numPassedTests: 1, numFailedTests: 0, testResults: [] })
    expect(countOf(report, false, 'unit').failures).toEqual(['unit: 1 failed, in no test that has a name'])
  })

  it('stands at the end, cut to what one can read', () => {
    expect(failureLines(sum([PASSED_CHECK]))).toEqual([])
    expect(failureLines(sum([PASSED_CHECK, failedCheck('npm run lint')]))).toEqual(['Failed:', '  npm run lint'])
    const many = failureLines(sum(Array.from({ length: 50 }, (_, index) => failedCheck(`check ${index}`))))
    expect([many.length, many.at(-1)]).toEqual([42, '  and 10 more'])
  })
})
