import { defineConfig } from 'vitest/config'

/** Real processes on a small machine: what is fast alone is slow in company. */
const SECOND = 1000

const slow = ['__tests__/e2e/**/*.test.ts', '__tests__/chaos/**/*.test.ts']

export default defineConfig({
  test: {
    pool: 'forks',
    passWithNoTests: false,
    // The parser of workflow files imports JSON without saying so, which Node refuses and Vite does not.
    server: { deps: { inline: [/@actions\/(workflow-parser|expressions)/] } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['__tests__/**/*.test.ts'],
          exclude: [...slow, '**/node_modules/**'],
          testTimeout: 20 * SECOND,
          hookTimeout: 20 * SECOND,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: slow,
          testTimeout: 240 * SECOND,
          hookTimeout: 120 * SECOND,
          // Each of these starts a hub and a handful of jobs: two at once on two cores would measure the machine.
          fileParallelism: false,
        },
      },
    ],
  },
})
