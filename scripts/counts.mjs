// @ts-check
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** @typedef {{ passed: number, failed: number, skipped: number, why: string[], nightly: number, failures: string[] }} Count */
/** @typedef {{ status: string, fullName?: string, failureMessages?: string[], meta?: { skippedFor?: string }, tags?: string[] }} Assertion */
/** @typedef {{ name?: string, status?: string, message?: string, assertionResults: Assertion[] }} TestFile */

/** The tag of tests that are left to the nightly run; see __tests__/support/nightly.ts. */
export const NIGHTLY = 'nightly'

const NOT_RUN = ['skipped', 'pending', 'todo']

/**
 * What a vitest run says of itself. A run that left no report, ran nothing, or went wrong outside a test failed once; a test
 * that did not run and gives no reason for that failed.
 * @param {string | null} report vitest's JSON
 * @param {boolean} well whether the run ended with exit code 0
 * @param {string} name of what ran, for a failure that no test names
 * @returns {Count}
 */
export function countOf(report, well, name) {
  if (report === null) return failedCheck(`${name}: it left no report`)
  const { numPassedTests: passed, numFailedTests, testResults } = JSON.parse(report)
  /** @type {TestFile[]} */
  const files = testResults
  const assertions = files.flatMap((file) => file.assertionResults)
  const absent = assertions.filter(({ status }) => NOT_RUN.includes(status))
  const notRun = absent.filter(({ tags }) => tags?.includes(NIGHTLY) !== true)
  const why = notRun.flatMap(({ meta }) => meta?.skippedFor ?? [])
  const failed = Math.max(numFailedTests + notRun.length - why.length, well && passed > 0 ? 0 : 1)
  const named = files.flatMap(failuresIn)
  const failures = failed > 0 && named.length === 0 ? [`${name}: ${failed} failed, in no test that has a name`] : named
  return {
    passed,
    failed,
    skipped: why.length,
    why: [...new Set(why)],
    nightly: absent.length - notRun.length,
    failures,
  }
}

/**
 * @param {string} failure a line that names what failed
 * @returns {Count}
 */
export const failedCheck = (failure) => ({ passed: 0, failed: 1, skipped: 0, why: [], nightly: 0, failures: [failure] })

/** @type {Count} */
export const PASSED_CHECK = { passed: 1, failed: 0, skipped: 0, why: [], nightly: 0, failures: [] }

/**
 * A line for each test of a file that failed, or that did not run and does not say why; one for a file that could not be loaded.
 * @param {TestFile} file
 */
function failuresIn({ name = '', status, message = '', assertionResults }) {
  const wrong = assertionResults.filter(
    ({ status, meta, tags }) =>
      status === 'failed' ||
      (NOT_RUN.includes(status) && meta?.skippedFor === undefined && tags?.includes(NIGHTLY) !== true),
  )
  const file = relative(process.cwd(), name)
  if (wrong.length === 0 && status === 'failed') return [`${file}: ${firstLine(message)}`]
  return wrong.map(
    ({ fullName = '', failureMessages: [said = 'it did not run'] = [] }) => `${file}: ${fullName}: ${firstLine(said)}`,
  )
}

/** @param {string} text */
const firstLine = (text) => stripVTControlCharacters(text).trim().split('\n')[0] ?? ''

/**
 * @param {readonly Count[]} counts
 * @returns {Count}
 */
export const sum = (counts) => ({
  passed: counts.reduce((total, count) => total + count.passed, 0),
  failed: counts.reduce((total, count) => total + count.failed, 0),
  skipped: counts.reduce((total, count) => total + count.skipped, 0),
  why: [...new Set(counts.flatMap((count) => count.why))],
  nightly: counts.reduce((total, count) => total + count.nightly, 0),
  failures: counts.flatMap((count) => count.failures),
})

/**
 * The last line of all.
 * @param {Count} count
 */
export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`

/**
 * The one line about tests that did not run.
 * @param {Pick<Count, 'skipped' | 'why'>} count
 */
export const skippedLine = ({ skipped, why }) =>
  `${skipped} ${skipped === 1 ? 'test was' : 'tests were'} skipped: ${why.join('; ')}`

/**
 * The one line about tests of rarer cases.
 * @param {Pick<Count, 'nightly'>} count
 */
export const nightlyLine = ({ nightly }) =>
  `${nightly} ${nightly === 1 ? 'test is' : 'tests are'} left to the nightly run (npm run test:nightly)`

/** Failures that are listed at most: the first ones say what is wrong. */
const LISTED = 40

/**
 * What failed, by name: the end of a log is all that is kept of some runs. Nothing if all passed.
 * @param {Pick<Count, 'failures'>} count
 */
export function failureLines({ failures }) {
  if (failures.length === 0) return []
  const more = failures.length > LISTED ? [`  and ${failures.length - LISTED} more`] : []
  return ['Failed:', ...failures.slice(0, LISTED).map((failure) => `  ${failure}`), ...more]
}
