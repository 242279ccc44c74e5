import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { printedSeed, randomOf } from '../support/random.ts'
import { entriesOf, idleThough } from './support/entries.ts'
import { askedByJobs, resetMetrics } from './support/figures.ts'
import { type HandTask, issueWith } from './support/plan.ts'
import { SETTINGS } from './support/repository.ts'
import { agreement, eventsOf, startWorld, type World } from './support/world.ts'

const SLOTS = 8
let world: World
beforeAll(async () => {
  // The pace of the looks is the one by default: quicker ones would cost more requests.
  const settings = SETTINGS.replace('start: 4, cap: 8', `start: ${SLOTS}, cap: ${SLOTS}`).replace(
    /limits:.*/,
    'limits: { pushes_per_minute: 6000, status_seconds: 10, poll_seconds: 2 }',
  )
  world = await startWorld({ files: { '.github/tributary.yml': settings } })
})
afterAll(() => world.close())

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `t${index + 1}`)

/** Durations by chance, so that tasks end in another order than the plan's. */
const drawn = (tasks: readonly string[], random: (below: number) => number): Record<string, HandTask> =>
  Object.fromEntries(tasks.map((task) => [task, { milliseconds: random(800) }]))

async function finished(graph: string, tasks: Record<string, HandTask>) {
  const issue = await world.openIssue(issueWith(graph, tasks))
  const { pull, planId } = await world.plan(issue)
  await world.say(pull, `/approve ${planId}`)
  await world.when(`${issue}`, 'half done', (_, of) => of.trunk.merges.length >= of.plan.tasks.length / 2)
  const { conclusion } = await world.ended(`${issue}`)
  expect(conclusion).toBe('success')
  const { trunkInGit, trunkInJournal } = await agreement(world, `${issue}`)
  expect(trunkInGit).toBe(trunkInJournal)
  const landed = eventsOf(await world.events(`${issue}`), 'task_landed').map(({ task }) => task)
  return { run: `${issue}`, tree: world.git('rev-parse', `${trunkInGit}^{tree}`), landed }
}

describe('a plan of forty independent tasks on eight slots', () => {
  const random = randomOf(printedSeed())

  it('costs at most four requests and one and a half pushes a task', async () => {
    const tasks = names(40)
    await resetMetrics(world)
    const { run, landed } = await finished(tasks.join(', '), drawn(tasks, random))
    await world.idle()
    const asked = await askedByJobs(world)
    const each = (count: number) => (count / tasks.length).toFixed(2)
    console.log(`forty tasks: ${JSON.stringify(asked)}`)
    console.log(
      `a task: ${each(asked.requests)} requests (${each(asked.graphql)} of them GraphQL, 304 answers apart), ${each(asked.git_pushes)} pushes`,
    )
    expect(landed.toSorted()).toEqual(tasks.toSorted())
    expect(asked.requests / tasks.length).toBeLessThanOrEqual(4)
    expect(asked.git_pushes / tasks.length).toBeLessThanOrEqual(1.5)
    const slots = new Set(eventsOf(await world.events(run), 'task_started').map(({ slot }) => slot))
    expect(slots.size).toBe(SLOTS)
    const entries = await entriesOf(world, run)
    expect(entries.map(idleThough).filter((idle) => idle !== null)).toEqual([])
  })

  it('has the same final tree for two orders of completion', async () => {
    const graph = 't1 > t5, t2 > t5, t3, t4 > t6, t7, t8'
    const slowFirst = { t1: { milliseconds: 2500 + random(500) }, t3: { milliseconds: 2000 + random(500) } }
    const slowLast = { t7: { milliseconds: 2500 + random(500) }, t8: { milliseconds: 2000 + random(500) } }
    const one = await finished(graph, slowFirst)
    const other = await finished(graph, slowLast)
    expect(one.landed).not.toEqual(other.landed)
    expect(one.tree).toBe(other.tree)
  })
})
