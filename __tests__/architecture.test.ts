import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { cruiseUnder } from './support/cruise.ts'

const root = join(import.meta.dirname, '..')

/** Fewer modules than this were never there: a cruise that saw less saw nothing. */
const FLOOR = 250

const filesUnder = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `${folder}/${file}`)
    .toSorted()

it('reads every module of src and bench and finds each of them importing only what its room may', async () => {
  const { modules, benchmarks, violations } = await cruiseUnder(root)
  expect(violations).toEqual([])
  expect(modules.toSorted()).toEqual(filesUnder('src'))
  expect(benchmarks.toSorted()).toEqual(filesUnder('bench'))
  expect(modules.length).toBeGreaterThanOrEqual(FLOOR)
})

it('catches each way of importing what a room may not', async () => {
  const { violations } = await cruiseUnder(join(import.meta.dirname, 'fixtures', 'architecture'))
  expect(violations.toSorted()).toEqual([
    'adapter-git-imports: src/adapters/git/push.ts -> src/adapters/github/ask.ts',
    'adapter-github-imports: src/adapters/github/ask.ts -> ../../../node_modules/simple-git/dist/index.d.ts',
    'border-is-not-imported: src/ports/wires.ts -> src/main.ts',
    'core-imports: src/core/pushes.ts -> src/adapters/git/push.ts',
    'core-imports: src/core/reads.ts -> fs',
    'core-order: src/core/text/early.ts -> src/core/plan/sound.ts',
    'jobs-imports: src/jobs/work.ts -> src/adapters/git/push.ts',
    'known-folder: src/core/drawer/free.ts -> src/core/plan/sound.ts',
    'known-room: src/drawer/utils.ts -> src/render/one.ts',
    'no-circles: src/render/one.ts -> src/render/two.ts',
    'no-orphans: src/core/alone.ts -> src/core/alone.ts',
    'ports-imports: src/ports/wires.ts -> src/main.ts',
    'render-order: src/render/check/beside.ts -> src/render/pull/body.ts',
  ])
})
