// @ts-check
/** @typedef {{ passed: number, failed: number, skipped: number, why: string[], nightly: number }} Count */
/** @typedef {{ status: string, meta?: { skippedFor?: string }, tags?: string[] }} Assertion */

/** The tag of tests that are left to the nightly run; see __tests__/support/nightly.ts. */
export const NIGHTLY = 'nightly'

const NOT_RUN = ['skipped', 'pending', 'todo']

/**
 * What a vitest run says of itself. A run that left no report, ran nothing, or went wrong outside a test failed once; a test
 * that did not run and gives no reason for that failed.
 * @param {string | null} report vitest's JSON
 * @param {boolean} well whether the run ended with exit code 0
 * @returns {Count}
 */
export function countOf(report, well) {
  if (report === null) return { passed: 0, failed: 1, skipped: 0, why: [], nightly: 0 }
  const { numPassedTests: passed, numFailedTests, testResults } = JSON.parse(report)
  /** @type {Assertion[]} */
  const assertions = testResults.flatMap(
    (/** @type {{ assertionResults: Assertion[] }} */ file) => file.assertionResults,
  )
  const absent = assertions.filter(({ status }) => NOT_RUN.includes(status))
  const notRun = absent.filter(({ tags }) => tags?.includes(NIGHTLY) !== true)
  const why = notRun.flatMap(({ meta }) => meta?.skippedFor ?? [])
  const failed = Math.max(numFailedTests + notRun.length - why.length, well && passed > 0 ? 0 : 1)
  return { passed, failed, skipped: why.length, why: [...new Set(why)], nightly: absent.length - notRun.length }
}

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
