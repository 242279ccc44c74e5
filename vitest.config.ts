import { defineConfig } from 'vitest/config'

/** Real processes on a small machine: what is fast alone is slow in company. */
const SECOND = 1000

/** Whole runs on a hub, by the bundle that ships. */
const whole = ['__tests__/e2e/**/*.test.ts', '__tests__/chaos/**/*.test.ts']
/** Real git, real servers, real sandboxes: one part at a time, with all that it stands on. */
const real = ['adapters', 'hub', 'cli', 'jobs', 'contract'].map((room) => `__tests__/${room}/**/*.test.ts`)

export default defineConfig({
  // Packages that ship maps to sources which they do not ship are warned about one by one.
  logLevel: 'error',
  test: {
    pool: 'forks',
    // All cores: by itself vitest leaves one of them alone, which on two is half of the machine.
    maxWorkers: '100%',
    passWithNoTests: false,
    // The configuration of the person who runs them may ask for signatures, or for hooks.
    env: { GIT_CONFIG_GLOBAL: '/dev/null' },
    reporters: ['default', './scripts/skipped-reporter.mjs'],
    // The parser of workflow files imports JSON without saying so, which Node refuses and Vite does not.
    server: { deps: { inline: [/@actions\/(workflow-parser|expressions)/] } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['__tests__/**/*.test.ts'],
          exclude: [...whole, ...real],
          // Nothing here keeps a state of its own, so that files may share a process, and its start.
          isolate: false,
          testTimeout: 20 * SECOND,
        },
      },
      {
        extends: true,
        test: { name: 'integration', include: real, testTimeout: 60 * SECOND, hookTimeout: 60 * SECOND },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: whole,
          testTimeout: 240 * SECOND,
          hookTimeout: 120 * SECOND,
        },
      },
    ],
  },
})
