import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doubled, shownOf } from '../e2e/support/once.ts'
import { issueWith } from '../e2e/support/plan.ts'
import { agreement, eventsOf, startWorld, type World } from '../e2e/support/world.ts'
import { printedSeed, randomOf } from '../support/random.ts'

const GRAPH = 'a > c, b > c, c > d > e, b > f, g'

/** Where an orchestrator speaks to the world: at each of these it may die, with the thing done or not. */
const PLACES = [
  { route: 'git-receive-pack$', most: 5 },
  { route: '/api/graphql', most: 5 },
  { route: 'info/refs.*git-upload-pack', most: 12 },
  { route: '/artifacts/\\d+/zip', most: 3 },
  { route: '/actions/runs/\\d+/jobs', most: 8 },
] as const

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

async function runToTheEnd(): Promise<string> {
  const issue = await world.openIssue(issueWith(GRAPH))
  const { pull, planId } = await world.plan(issue)
  await world.comment(pull, `/approve ${planId}`)
  await world.ended(`${issue}`)
  return `${issue}`
}

const finalTree = async (run: string) => world.git('rev-parse', `refs/heads/tributary/${run}/trunk^{tree}`)

describe('an orchestrator that is killed', () => {
  const KILLS = 20
  const PER_RUN = 3
  it(`goes on where it was, at ${KILLS} seeded points`, async () => {
    const random = randomOf(printedSeed())
    const reference = await finalTree(await runToTheEnd())
    for (let killed = 0; killed < KILLS; ) {
      const issue = await world.openIssue(issueWith(GRAPH))
      const { pull, planId } = await world.plan(issue)
      const count = Math.min(PER_RUN, KILLS - killed)
      const points = Array.from({ length: count }, () => {
        const { route, most } = PLACES[random(PLACES.length)] ?? PLACES[0]
        return {
          kind: 'kill-sender',
          name: '^orchestrate$',
          route,
          when: random(2) === 0 ? 'before' : 'after',
          skip: random(most),
        }
      })
      for (const point of points) await world.fault(point)
      await world.comment(pull, `/approve ${planId}`)
      await world.ended(`${issue}`)
      const left = await world.faults()
      await world.clearFaults()
      await expectUnharmed(`${issue}`, reference, points)
      killed += count - left.length
    }
  })
})

async function expectUnharmed(run: string, reference: string, points: readonly object[]): Promise<void> {
  const where = JSON.stringify(points)
  expect(await finalTree(run), where).toBe(reference)
  const events = await world.events(run)
  const landed = eventsOf(events, 'task_landed').map((event) => event.task)
  expect(landed.toSorted(), where).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  expect(eventsOf(events, 'task_returned'), where).toEqual([])
  const seen = await agreement(world, run)
  expect(seen.folded, where).toEqual(seen.state)
  expect(seen.trunkInGit, where).toBe(seen.trunkInJournal)
  const { comments, pulls, checks, slots, unfinished } = await shownOf(world, run)
  expect(
    { comments: doubled(comments), pulls: doubled(pulls), checks: doubled(checks), slots: doubled(slots), unfinished },
    where,
  ).toEqual({
    comments: [],
    pulls: [],
    checks: [],
    slots: [],
    unfinished: [],
  })
}
