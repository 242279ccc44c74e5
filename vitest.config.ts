import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { paceOf } from './scripts/pace.mjs'

const PACE = paceOf()
// For the tests' own limits.
process.env.TRIBUTARY_PACE = String(PACE)

/** Limits end what hangs; nothing is concluded from them. A slow machine gets more, and so do more random cases. */
const SECOND = 1000 * PACE * Number(process.env.TRIBUTARY_SEEDS ?? 1)

/** Whole runs on a hub, by the bundle that ships. */
const whole = ['__tests__/e2e/**/*.test.ts']
/** The same, with servers that fail and jobs that are killed, some at points drawn by chance: nightly, since it takes long. */
const chaos = ['__tests__/chaos/**/*.test.ts']
/** Real git, real servers, real sandboxes: one part at a time, with all that it stands on. */
const real = ['adapters', 'hub', 'cli', 'jobs', 'contract'].map((room) => `__tests__/${room}/**/*.test.ts`)

export default defineConfig({
  // Packages that ship maps to sources which they do not ship are warned about one by one.
  logLevel: 'error',
  test: {
    pool: 'forks',
    globalSetup: '__tests__/support/clean-up.ts',
    // Half as many again as cores: most of these wait for processes more than they work.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    // Starting a process and loading the same modules for each file costs as much as its tests do.
    isolate: false,
    passWithNoTests: false,
    tags: [{ name: 'nightly', description: 'A rarer case that takes long: `npm test` leaves it to the nightly run.' }],
    // The configuration of the person who runs them may ask for signatures, or for hooks; certificates of a company are read at
    // each start of Node 20, which takes longer than the start, and no test speaks to the world.
    env: { GIT_CONFIG_GLOBAL: '/dev/null', NODE_EXTRA_CA_CERTS: '' },
    reporters: ['default', './scripts/skipped-reporter.mjs'],
    // The parser of workflow files imports JSON without saying so, which Node refuses and Vite does not.
    server: { deps: { inline: [/@actions\/(workflow-parser|expressions)/], external: [/\/dist\/chunks\//] } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['__tests__/**/*.test.ts'],
          exclude: [...whole, ...chaos, ...real],
          testTimeout: 60 * SECOND,
        },
      },
      {
        extends: true,
        test: { name: 'integration', include: real, testTimeout: 120 * SECOND, hookTimeout: 120 * SECOND },
      },
      {
        extends: true,
        // A hub starts a process for each request to git, and a process that has grown takes far longer to start one.
        test: {
          name: 'e2e',
          include: whole,
          isolate: true,
          globalSetup: '__tests__/e2e/support/job-pool.ts',
          testTimeout: 300 * SECOND,
          hookTimeout: 300 * SECOND,
        },
      },
      {
        extends: true,
        test: { name: 'chaos', include: chaos, isolate: true, testTimeout: 300 * SECOND, hookTimeout: 300 * SECOND },
      },
    ],
  },
})
