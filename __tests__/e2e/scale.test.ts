import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statusOf } from '../../src/core/run/lookup.ts'
import type { Work } from '../../src/core/run/work.ts'
import { nightly } from '../support/nightly.ts'
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

/** The run of a graph to its end; tasks that are `held` end last, one after another, when all others that can have landed. */
async function finished(graph: string, tasks: Record<string, HandTask>, held: readonly string[] = []) {
  const waiting = Object.fromEntries(held.map((task) => [task, { milliseconds: 'signal' as const }]))
  const issue = await world.openIssue(issueWith(graph, { ...tasks, ...waiting }))
  const { pull, planId } = await world.plan(issue)
  await world.say(pull, `/approve ${planId}`)
  for (const task of held) {
    await world.when(`${issue}`, `through with all but ${held.join(', ')} and what needs them`, (_, work) =>
      withoutNeedOf(held, work).every((id) => statusOf(work, id) === 'landed'),
    )
    await world.release(`${issue}`, task)
  }
  const { conclusion } = await world.ended(`${issue}`)
  expect(conclusion).toBe('success')
  const { trunkInGit, trunkInJournal } = await agreement(world, `${issue}`)
  expect(trunkInGit).toBe(trunkInJournal)
  const landed = eventsOf(await world.events(`${issue}`), 'task_landed').map(({ task }) => task)
  return { run: `${issue}`, tree: world.git('rev-parse', `${trunkInGit}^{tree}`), landed }
}

/** Tasks that can land while these are held. */
function withoutNeedOf(held: readonly string[], { plan }: Work): string[] {
  const kept = new Set(held)
  for (const { id, needs } of plan.tasks) if (needs.some((need) => kept.has(need))) kept.add(id)
  return plan.tasks.map(({ id }) => id).filter((id) => !kept.has(id))
}

describe('a plan of forty independent tasks on eight slots', () => {
  const random = randomOf(printedSeed())

  it(
    'costs at most two and a half requests, three writes of content and one and a half pushes a task',
    nightly,
    async () => {
      const tasks = names(40)
      await resetMetrics(world)
      const { run, landed } = await finished(tasks.join(', '), drawn(tasks, random))
      await world.idle()
      const asked = await askedByJobs(world)
      const each = (count: number) => (count / tasks.length).toFixed(2)
      console.log(`forty tasks: ${JSON.stringify(asked)}`)
      console.log(
        `a task: ${each(asked.requests)} requests (${each(asked.graphql)} of them GraphQL, 304 answers apart), ${each(asked.content_writes)} writes, ${each(asked.git_pushes)} pushes`,
      )
      expect(landed.toSorted()).toEqual(tasks.toSorted())
      expect(asked.requests / tasks.length).toBeLessThanOrEqual(2.5)
      expect(asked.content_writes / tasks.length).toBeLessThanOrEqual(3)
      expect(asked.git_pushes / tasks.length).toBeLessThanOrEqual(1.5)
      const slots = new Set(eventsOf(await world.events(run), 'task_started').map(({ slot }) => slot))
      expect(slots.size).toBe(SLOTS)
      const entries = await entriesOf(world, run)
      expect(entries.map(idleThough).filter((idle) => idle !== null)).toEqual([])
    },
  )

  it('has the same final tree for two orders of completion', nightly, async () => {
    const graph = 't1 > t5, t2 > t5, t3, t4 > t6, t7, t8'
    const one = await finished(graph, {}, ['t1', 't3'])
    const other = await finished(graph, {}, ['t7', 't8'])
    const comesLater = ({ landed }: { landed: string[] }, task: string, than: string) =>
      landed.indexOf(task) > landed.indexOf(than)
    expect([comesLater(one, 't1', 't7'), comesLater(other, 't1', 't7')]).toEqual([true, false])
    expect(one.tree).toBe(other.tree)
  })
})
