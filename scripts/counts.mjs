// @ts-check
/** @typedef {{ passed: number, failed: number, skipped: number, why: string[] }} Count */
/** @typedef {{ status: string, meta?: { skippedFor?: string } }} Assertion */

const NOT_RUN = ['skipped', 'pending', 'todo']

/**
 * What a vitest run says of itself. A run that left no report, ran nothing, or went wrong outside a test failed once; a test
 * that did not run and gives no reason for that failed.
 * @param {string | null} report vitest's JSON
 * @param {boolean} well whether the run ended with exit code 0
 * @returns {Count}
 */
export function countOf(report, well) {
  if (report === null) return { passed: 0, failed: 1, skipped: 0, why: [] }
  const { numPassedTests: passed, numFailedTests, testResults } = JSON.parse(report)
  /** @type {Assertion[]} */
  const assertions = testResults.flatMap(
    (/** @type {{ assertionResults: Assertion[] }} */ file) => file.assertionResults,
  )
  const notRun = assertions.filter(({ status }) => NOT_RUN.includes(status))
  const why = notRun.flatMap(({ meta }) => meta?.skippedFor ?? [])
  const failed = Math.max(numFailedTests + notRun.length - why.length, well && passed > 0 ? 0 : 1)
  return { passed, failed, skipped: why.length, why: [...new Set(why)] }
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
