import { defineConfig } from 'vitest/config'
import base from './vitest.config.ts'

/**
 * The tests that `npm run mutate` runs against each change of a rule. Those of the core take milliseconds, and are to notice what
 * changes there by themselves; those of the jobs, with real git, take seconds, and run against changes of the jobs alone.
 */
const TESTS: Record<string, string[]> = {
  core: ['__tests__/core/**/*.test.ts', '__tests__/config/**/*.test.ts'],
  jobs: ['__tests__/jobs/**/*.test.ts'],
}

const room = process.env.TRIBUTARY_MUTATE ?? 'core'

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    projects: undefined,
    reporters: [],
    include: TESTS[room] ?? [],
    // These compile a copy of the core, read its source, or measure time: none of that says anything about a mutant.
    exclude: ['**/folds.test.ts', '**/retry-table.test.ts', '**/pace.test.ts'],
    // For the first run, in which every rule is instrumented and this machine may be busy: Stryker has its own limit for a mutant.
    testTimeout: 600_000,
  },
})
