import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { compare } from '../../scripts/compare.mjs'
import { closingLine, countOf, nightlyLine, skippedLine, sum } from '../../scripts/counts.mjs'
import { tempDir } from '../support/git.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const built = new Map([
  ['index.js', bytes('one')],
  ['index/chunk.js', bytes('two')],
])

describe('the look at dist/', () => {
  let dist: string
  beforeEach(() => {
    dist = tempDir()
    mkdirSync(join(dist, 'index'))
    for (const [path, text] of built) writeFileSync(join(dist, path), text)
  })

  it('has nothing against what was built', async () => {
    expect(await compare(dist, built)).toEqual([])
  })

  it('sees one byte', async () => {
    writeFileSync(join(dist, 'index', 'chunk.js'), 'twO')
    expect(await compare(dist, built)).toEqual(['differs: dist/index/chunk.js'])
  })

  it('sees a file too many, whether git knows it or not', async () => {
    writeFileSync(join(dist, 'index', 'old.js'), '')
    expect(await compare(dist, built)).toEqual(['not built from src: dist/index/old.js'])
  })

  it('sees that everything is missing', async () => {
    expect(await compare(join(dist, 'nowhere'), built)).toEqual([
      'missing: dist/index.js',
      'missing: dist/index/chunk.js',
    ])
  })
})

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
    expect(countOf(report(7, 2), false)).toEqual({ passed: 7, failed: 2, ...none })
    expect(countOf(report(7, 0), true)).toEqual({ passed: 7, failed: 0, ...none })
  })

  it('takes a run without a report, without a test, or that fell over outside a test for one that failed', () => {
    expect(countOf(null, true)).toEqual({ passed: 0, failed: 1, ...none })
    expect(countOf(report(0, 0), true)).toEqual({ passed: 0, failed: 1, ...none })
    expect(countOf(report(7, 0), false)).toEqual({ passed: 7, failed: 1, ...none })
  })

  it('adds up', () => {
    expect(sum([countOf(report(7, 2), false), countOf(report(1, 0), true)])).toEqual({ passed: 8, failed: 2, ...none })
  })

  it('counts what was skipped, and says why once, in one line', () => {
    const total = sum([countOf(report(7, 0, 'no bwrap', 'no bwrap'), true), countOf(report(1, 0, 'no bwrap'), true)])
    expect(total).toEqual({ passed: 8, failed: 0, skipped: 3, why: ['no bwrap'], nightly: 0 })
    expect(skippedLine(total)).toBe('3 tests were skipped: no bwrap')
    expect(closingLine(total)).toBe('8 passed, 0 failed, 3 skipped')
    expect(skippedLine(countOf(report(1, 0, 'no bwrap'), true))).toBe('1 test was skipped: no bwrap')
  })

  it('counts tests that are left to the nightly run apart, and says where they run', () => {
    const assertionResults = [{ status: 'passed' }, { status: 'skipped', tags: ['nightly'] }]
    const left = countOf(
      JSON.stringify({ numPassedTests: 1, numFailedTests: 0, testResults: [{ assertionResults }] }),
      true,
    )
    expect(left).toEqual({ ...none, passed: 1, failed: 0, nightly: 1 })
    expect(nightlyLine(left)).toBe('1 test is left to the nightly run (npm run test:nightly)')
  })

  it('takes a test that did not run, and does not say why, for one that failed', () => {
    expect(countOf(report(7, 1, 'no bwrap', undefined, undefined), false)).toMatchObject({ failed: 3, skipped: 1 })
  })

  it('says nothing of skipped tests if none was', () => {
    expect(closingLine(countOf(report(7, 2), false))).toBe('7 passed, 2 failed')
  })
})
