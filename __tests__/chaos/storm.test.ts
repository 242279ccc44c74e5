import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { doubled, shownOf } from '../e2e/support/once.ts'
import { issueWith } from '../e2e/support/plan.ts'
import { agreement, eventsOf, startWorld, type World } from '../e2e/support/world.ts'
import { cases, printedSeed, randomOf } from '../support/random.ts'
import { drawFaults, look, newestRun, waitedForWord } from './support/storm.ts'

const GRAPH = 'a > c, b > c'
/** Times that a person types before a run counts as stuck: each fault may stop it, and each command may be lost. */
const PATIENCE = 12

let world: World
let reference: string
const waits: number[] = []
const typed: number[] = []
let [drawn, met] = [0, 0]
beforeAll(async () => {
  world = await startWorld()
  const issue = await world.openIssue(issueWith(GRAPH))
  reference = await finalTree((await throughStorm(issue, [])).run)
})
afterEach(async () => {
  await world.clearFaults()
  // Twenty runs in one repository come near its limit of an hour, which a run would wait for.
  await world.control('rate', { resource: 'core', remaining: 1000, seconds: 3600 })
})
afterAll(async () => {
  console.log(
    `${typed.length} runs, ${met} of ${drawn} faults met, typed ${typed.reduce((sum, one) => sum + one, 0)} times in all and ${Math.max(...typed)} at most; longest wait for a word ${Math.max(...waits).toFixed(1)} s`,
  )
  await world.close()
})

const finalTree = async (run: string) => world.git('rev-parse', `refs/heads/tributary/${run}/trunk^{tree}`)

/** A fault may refuse the person's own comment: they try again. */
async function type(issue: number, words: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return void (await world.comment(issue, words))
    } catch (error) {
      if (tries === 20) throw error
    }
  }
}

/** A person types `/plan`, then what the threads ask for whenever nothing moves, until the run has ended well. */
async function throughStorm(issue: number, faults: readonly object[]) {
  const silent: string[] = []
  for (const fault of faults) await world.fault(fault)
  await type(issue, '/plan')
  for (let times = 1; times <= PATIENCE; times += 1) {
    await world.idle()
    const seen = await look(world, issue)
    silent.push(...seen.silent)
    const run = newestRun(world, issue)
    const waited = await waitedForWord(world, run)
    if (waited !== null) waits.push(waited)
    if (seen.type === null) return { run, silent, times }
    await type(issue, seen.type)
  }
  const late = `it is not done after ${PATIENCE} commands`
  return { run: newestRun(world, issue), silent: [...silent, late], times: PATIENCE }
}

const SEED = printedSeed()
/** A command that was delivered twice, and whose first job was killed, had two answers. */
const KNOWN = [5057]
const DRAWN = [...KNOWN, ...Array.from({ length: cases(20) }, (_, nth) => SEED + nth)]

describe('a run through everything that goes wrong on GitHub', () => {
  it.each(DRAWN)('says what it needs, loses nothing and does nothing twice: seed %i', async (seed) => {
    const faults = drawFaults(randomOf(seed))
    const where = JSON.stringify(faults)
    const issue = await world.openIssue(issueWith(GRAPH))
    const { run, silent, times } = await throughStorm(issue, faults)
    typed.push(times)
    drawn += faults.length
    met += faults.length - (await world.faults()).length
    expect(silent, where).toEqual([])
    expect(await finalTree(run), where).toBe(reference)
    const landed = eventsOf(await world.events(run), 'task_landed').map(({ task }) => task)
    expect(landed.toSorted(), where).toEqual(['a', 'b', 'c'])
    const seen = await agreement(world, run)
    expect(seen.folded, where).toEqual(seen.state)
    expect(seen.trunkInGit, where).toBe(seen.trunkInJournal)
    const { unfinished, ...lists } = await shownOf(world, run)
    for (const [name, list] of Object.entries(lists)) expect(doubled(list), `${name}: ${where}`).toEqual([])
    expect(unfinished, where).toEqual([])
  })
})
