// @ts-check
/** @typedef {{ passed: number, failed: number }} Count */

/**
 * What a vitest run says of itself. A run that left no report, ran nothing, or went wrong outside a test failed once.
 * @param {string | null} report vitest's JSON
 * @param {boolean} well whether the run ended with exit code 0
 * @returns {Count}
 */
export function countOf(report, well) {
  if (report === null) return { passed: 0, failed: 1 }
  const { numPassedTests: passed, numFailedTests } = JSON.parse(report)
  const failed = Math.max(numFailedTests, well && passed > 0 ? 0 : 1)
  return { passed, failed }
}

/**
 * @param {readonly Count[]} counts
 * @returns {Count}
 */
export const sum = (counts) => ({
  passed: counts.reduce((total, count) => total + count.passed, 0),
  failed: counts.reduce((total, count) => total + count.failed, 0),
})
