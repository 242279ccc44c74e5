import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectOneOfEverything } from '../e2e/support/once.ts'
import { issueWith } from '../e2e/support/plan.ts'
import { startWorld, type World } from '../e2e/support/world.ts'

const GRAPH = 'a > c, b > c'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterEach(() => world.clearFaults())
afterAll(() => world.close())

/** A run, with things that go wrong from its approval on. */
async function runWith(faults: readonly object[]): Promise<string> {
  const issue = await world.openIssue(issueWith(GRAPH))
  const { pull, planId } = await world.plan(issue)
  for (const fault of faults) await world.fault(fault)
  await world.comment(pull, `/approve ${planId}`)
  return `${issue}`
}

describe('a server that fails', () => {
  it('answers 500 to pushes and 502 to mutations that it has carried out, and asks for patience besides', async () => {
    const push = { route: 'git-receive-pack$', method: 'POST', status: 500 }
    const headers = { 'retry-after': '1' }
    await expectOneOfEverything(
      world,
      await runWith([
        { kind: 'status-after', ...push, count: 2 },
        { kind: 'status', ...push, count: 1 },
        { kind: 'status-after', route: '/api/graphql', status: 502, count: 2 },
        { kind: 'status', route: '/collaborators/', status: 429, headers, count: 2 },
        { kind: 'status', route: '/api/graphql', status: 403, headers, count: 1 },
      ]),
    )
  })
  it('answers 500 to a dispatch that it has carried out', async () => {
    // The one slot of the approval dies; the orchestrator asks for another.
    const faults = [
      { kind: 'kill-job', name: '^slot r1\\.', count: 2 },
      { kind: 'status-after', route: '/dispatches$', status: 500, count: 1 },
    ]
    await expectOneOfEverything(world, await runWith(faults))
  })
})

describe('a storage that fails', () => {
  it('refuses to finish an artifact, and is slow with another', async () => {
    const faults = [
      { kind: 'refuse-artifact', name: '-a-1$', at: 'finalize', count: 1 },
      { kind: 'slow-artifact', name: '-b-1$', ms: 3000, count: 1 },
    ]
    await expectOneOfEverything(world, await runWith(faults))
  })
})

describe('events', () => {
  it('that are delivered twice change nothing', async () => {
    const issue = await world.openIssue(issueWith(GRAPH))
    await world.fault({ kind: 'double-event', event: 'issue_comment', count: 1 })
    const { pull, planId } = await world.plan(issue)
    await world.fault({ kind: 'double-event', event: 'issue_comment', count: 1 })
    await world.comment(pull, `/approve ${planId}`)
    await world.ended(`${issue}`)
    await world.idle()
    await expectOneOfEverything(world, `${issue}`)
  })
  it('that are lost can be had again by typing again', async () => {
    const issue = await world.openIssue(issueWith(GRAPH))
    await world.fault({ kind: 'drop-event', event: 'issue_comment', count: 1 })
    await world.comment(issue, '/plan')
    expect((await world.plan(issue)).work.plan.tasks).toHaveLength(3)
  })
})

describe('a command job that is killed', () => {
  it('before it wrote anything: the person is told, and may type again', async () => {
    const issue = await world.openIssue(issueWith(GRAPH))
    await world.fault({ kind: 'kill-sender', name: '^command$', route: 'git-receive-pack$', when: 'before', count: 1 })
    expect(await world.say(issue, '/plan')).toContain('`command-failed`')
    expect((await world.plan(issue)).work.plan.tasks).toHaveLength(3)
  })
  it('after it wrote to the journal: the run goes on all the same', async () => {
    const faults = [
      { kind: 'kill-sender', name: '^command$', method: 'POST', route: 'git-receive-pack$', when: 'after', count: 1 },
    ]
    await expectOneOfEverything(world, await runWith(faults))
  })
})
