import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { coldStart } from '../support/cold-start.ts'
import { nightly } from '../support/nightly.ts'
import { PACE } from '../support/pace.ts'
import { logged, momentOf } from './support/entries.ts'
import { issueWith } from './support/plan.ts'
import { ROOT } from './support/repository.ts'
import { eventsOf, startWorld, type World } from './support/world.ts'

const ACTION = process.env.TRIBUTARY_ACTION ?? ROOT
const DIST = join(ACTION, 'dist')

/** Says what Node has worked to come so far, in milliseconds. */
const NOTHING = 'const { user, system } = process.cpuUsage(); (user + system) / 1000'

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN

/** The parts that `index.js` loads, and those that they name in static imports. */
function startParts(file = 'index.js', seen = new Set<string>()): string[] {
  const text = readFileSync(join(DIST, file), 'utf8')
  const imports = [...text.matchAll(/(?:^|[;}])import(?:\{[^}]*\}from)?"\.\/([^"]+)"/gm)]
  // What the entry loads by `import()`, it loads at each start.
  if (file === 'index.js') imports.push(...text.matchAll(/import\("\.\/([^"]+)"\)/g))
  for (const [, path] of imports) {
    const part = join(dirname(file), path ?? '')
    if (!seen.has(part)) startParts(part, seen.add(part))
  }
  return [...seen]
}

const bytesIn = (path: string): number =>
  statSync(path).isDirectory()
    ? readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0)
    : statSync(path).size

describe('figures', () => {
  it('reaches its first request with the work of twenty starts of Node that do nothing', async () => {
    const times: number[] = []
    const work: number[] = []
    const bare: number[] = []
    for (let index = 0; index < 5; index += 1) {
      const { ms, cpuMs } = await coldStart(DIST)
      times.push(ms)
      if (cpuMs !== null) work.push(cpuMs)
      bare.push(Number(execFileSync(process.execPath, ['-p', NOTHING])))
    }
    console.log(
      `cold start to the first request: median ${median(times).toFixed(0)} ms of ${times.map((one) => one.toFixed(0)).join(', ')}; ` +
        `CPU ${median(work)} ms, of Node alone ${median(bare)} ms`,
    )
    expect(median(times)).toBeLessThan(Infinity)
    if (process.platform === 'linux') expect(median(work)).toBeLessThan(20 * median(bare))
  })

  it('reads less than two and a half megabytes at its start; what uploads and what asks a model come when they are needed', () => {
    const start = ['index.js', ...startParts()].reduce((sum, name) => sum + bytesIn(join(DIST, name)), 0)
    const all = bytesIn(join(DIST, 'index.js')) + bytesIn(join(DIST, 'chunks'))
    console.log(`bundle: ${(start / 1e6).toFixed(2)} MB at the start, ${(all / 1e6).toFixed(2)} MB in all`)
    expect(start).toBeLessThan(2.5e6)
    expect(all).toBeLessThan(5.5e6)
  })

  it(
    'lands a result soon after its upload, and starts what needed it in the same entry of the journal',
    nightly,
    async () => {
      const world = await startWorld()
      try {
        const run = await chain(world)
        const events = await world.events(run)
        const tasks = eventsOf(events, 'task_landed').map(({ task }) => task)
        const landing = tasks.map(
          (task) =>
            momentOf(events, 'task_landed', task) -
            logged(world, `Artifact tributary-${run}-${task}-1 successfully finalized`),
        )
        const started = ['b', 'c', 'd'].map(
          (task, index) => momentOf(events, 'task_started', task) - momentOf(events, 'task_landed', tasks[index] ?? ''),
        )
        const begun = ['b', 'c', 'd'].map(
          (task, index) =>
            logged(world, `${task}, attempt 1: begun on`) - momentOf(events, 'task_landed', tasks[index] ?? ''),
        )
        console.log(`from a result's upload to its landing: median ${median(landing)} ms of ${landing.join(', ')}`)
        console.log(
          `from a task's landing to its dependant's start: in the journal ${median(started)} ms, in the slot median ${median(begun)} ms of ${begun.join(', ')}`,
        )
        expect(tasks).toEqual(['a', 'b', 'c', 'd'])
        expect(Math.min(...landing)).toBeGreaterThan(0)
        expect(median(landing)).toBeLessThan(10_000 * PACE)
        expect(Math.max(...started)).toBeLessThan(1000 * PACE)
        expect(median(begun)).toBeLessThan(10_000 * PACE)
      } finally {
        await world.close()
      }
    },
  )
})

async function chain(world: World): Promise<string> {
  const issue = await world.openIssue(issueWith('a > b > c > d'))
  const { pull, planId } = await world.plan(issue)
  await world.say(pull, `/approve ${planId}`)
  await world.ended(`${issue}`)
  return `${issue}`
}
