// @ts-check
// Changes the rules one by one, and counts the changes that no test notices:
//   node scripts/mutate.mjs [--room core] [--mutate 'src/core/money/**'] [--concurrency 4] [--force]
// What did not change since the last run, neither the rule nor its tests, is not tried again; --force tries it.
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Stryker } from '@stryker-mutator/core'

/**
 * Each room by its own tests, those that `vitest.mutation.config.ts` names: tests of the jobs take seconds and pass through most of
 * the core, so a change of the core that none of its own tests notices would be tried with all of them.
 * The number is the least share of changes that tests must notice, in percent. Measured were `core/command` with 86, `core/plan`
 * with 83 and `core/run` with 79, and samples: authority, money and landing with 97, jobs with 80. Raise it to a little below what a
 * whole night says.
 * @type {Record<string, number>}
 */
const ROOMS = { core: 78, jobs: 60 }
const RESULTS = 'coverage/mutation'

const { values, positionals } = parseArgs({
  options: {
    room: { type: 'string', multiple: true, default: Object.keys(ROOMS) },
    mutate: { type: 'string', multiple: true, default: [] },
    concurrency: { type: 'string' },
    force: { type: 'boolean', default: false },
  },
  // A pattern without quotes arrives as the paths that the shell made of it.
  allowPositionals: true,
})
const asked = [...values.mutate, ...positionals].flatMap((pattern) => pattern.split(','))
const folders = Object.keys(ROOMS).map((room) => `src/${room}/`)
const strange = [
  ...values.room.filter((room) => !Object.hasOwn(ROOMS, room)),
  ...asked.filter((pattern) => !folders.some((folder) => pattern.startsWith(folder))),
]
if (strange.length > 0) {
  console.error(`${strange.join(', ')}: rules are in ${folders.join(' and ')}`)
  process.exit(2)
}

for (const [room, least] of Object.entries(ROOMS)) {
  if (!values.room.includes(room)) continue
  const within = asked.filter((pattern) => pattern.startsWith(`src/${room}/`))
  if (asked.length > 0 && within.length === 0) continue
  // The configuration of the tests reads it, in processes of its own.
  process.env.TRIBUTARY_MUTATE = room
  await new Stryker({
    mutate: within.length > 0 ? within : [`src/${room}/**/*.ts`],
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'vitest.mutation.config.ts', related: false },
    coverageAnalysis: 'perTest',
    // What is computed once, when a module is loaded, would need the module loaded again for each change.
    ignoreStatic: true,
    ignorePatterns: ['dist', 'bench', 'coverage', 'bench-results'],
    tempDirName: `${RESULTS}/sandbox`,
    incremental: true,
    incrementalFile: `${RESULTS}/${room}.json`,
    force: values.force,
    // A test that is slow on a busy machine has noticed nothing yet.
    timeoutMS: 30_000,
    concurrency: Number(values.concurrency ?? availableParallelism()),
    // A part of a room may be worse than the whole.
    thresholds: { high: 90, low: 80, break: asked.length > 0 ? null : least },
    reporters: ['clear-text', 'progress-append-only'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  }).runMutationTest()
}
