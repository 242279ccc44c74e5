import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { doubled, shownOf } from '../e2e/support/once.ts'
import { issueWith } from '../e2e/support/plan.ts'
import { agreement, eventsOf, startWorld, type World } from '../e2e/support/world.ts'
import { cases, printedSeed, randomOf } from '../support/random.ts'

const GRAPH = 'a > c, b > c, c > d > e, b > f, g'

/** Where an orchestrator speaks to the world: at each of these it may die, with the thing done or not. */
const PLACES = [
  { route: 'git-receive-pack$', most: 3 },
  { route: '/api/graphql', most: 3 },
  { route: 'git-upload-pack$', most: 6 },
  { route: 'GetSignedArtifactURL$|/artifacts/\\d+/zip', most: 2 },
  { route: '/actions/runs/\\d+/jobs', most: 3 },
] as const

let world: World
let reference: string
beforeAll(async () => {
  world = await startWorld()
  reference = await finalTree(await runToTheEnd())
})
afterEach(() => world.clearFaults())
afterAll(() => world.close())

async function runToTheEnd(): Promise<string> {
  const issue = await world.openIssue(issueWith(GRAPH))
  const { pull, planId } = await world.plan(issue)
  await world.comment(pull, `/approve ${planId}`)
  await world.ended(`${issue}`)
  return `${issue}`
}

const finalTree = async (run: string) => world.git('rev-parse', `refs/heads/tributary/${run}/trunk^{tree}`)

/** In the same run one after another: more would be four without progress, after which a person is asked. */
const PER_RUN = [3, 2]
const SEED = printedSeed()
const DRAWN = Array.from({ length: cases(1) }, (_, nth) => nth)

describe('an orchestrator that is killed', () => {
  it.each(DRAWN)('goes on where it was, at five points drawn with the printed seed plus %i', async (nth) => {
    const random = randomOf(SEED + nth)
    for (const count of PER_RUN) {
      const issue = await world.openIssue(issueWith(GRAPH))
      const { pull, planId } = await world.plan(issue)
      const points = Array.from({ length: count }, () => {
        const { route, most } = PLACES[random(PLACES.length)] ?? PLACES[0]
        const when = random(2) === 0 ? 'before' : 'after'
        return { kind: 'kill-sender', name: '^orchestrate$', route, when, skip: random(most) }
      })
      for (const point of points) await world.fault(point)
      await world.comment(pull, `/approve ${planId}`)
      await world.ended(`${issue}`)
      // Every point was reached: a kill that never came would show nothing.
      expect(await world.faults(), JSON.stringify(points)).toEqual([])
      await expectUnharmed(`${issue}`, reference, points)
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
