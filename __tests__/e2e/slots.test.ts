import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { nightly } from '../support/nightly.ts'
import { calm } from './support/calm.ts'
import { expectOneOfEverything } from './support/once.ts'
import { allow } from './support/people.ts'
import { statusOf } from './support/picture.ts'
import { issueWith } from './support/plan.ts'
import { eventsOf, lossesIn, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ files: { '.github/tributary.yml': calm() } })
})
afterEach(() => world.clearFaults())
afterAll(() => world.close())

const approved = async (graph: string) => {
  const issue = await world.openIssue(issueWith(graph))
  const { pull, planId } = await world.plan(issue)
  return { run: `${issue}`, pull, approve: () => world.say(pull, `/approve ${planId}`) }
}

describe('a full storage for artifacts', () => {
  it('costs no work: finished work comes by the logs of the slots, and the status says why', nightly, async () => {
    await world.fault({ kind: 'refuse-artifact', name: '^tributary-', count: 1000 })
    const { run, approve } = await approved('a > c, b > c')
    await approve()
    const state = await world.ended(run)
    await world.clearFaults()
    await expectOneOfEverything(world, run)
    const events = await world.events(run)
    expect(lossesIn(events)).toEqual([])
    expect(eventsOf(events, 'platform_refused')).toMatchObject([
      { what: 'artifact', why: expect.stringContaining('Artifact storage quota has been hit') },
    ])
    const status = await statusOf(world, state)
    expect(status.body).toContain('GitHub takes no artifacts, so finished work comes by the logs of the slots')
    expect(status.body).toContain('Artifact storage quota has been hit')
  })
})

describe('a set-up step that fails in every slot', () => {
  it('pauses the run with the step and its page after the first slots; no attempt is lost, and `/resume` goes on', async () => {
    await world.fault({ kind: 'fail-step', name: '^slot ', step: 'checkout', count: 1000 })
    const { run, pull, approve } = await approved('a > c, b > c')
    await approve()
    const paused = await world.when(
      run,
      'paused',
      (state) => state.phase === 'active' && state.orchestrator === null && state.paused,
    )
    expect(paused.why).toMatch(
      /^every slot failed in its set-up, in the step "Run actions\/checkout@\S+": Process completed with exit code 1\.$/,
    )
    const before = await world.events(run)
    expect(eventsOf(before, 'slots_requested')).toHaveLength(1)
    expect(eventsOf(before, 'task_failed')).toEqual([])
    const status = await world.say(pull, '/status')
    expect(status).toContain('Run actions/checkout@')
    expect(status).toMatch(/\[The log of a slot\]\(http\S+\/job\/\d+\)/)
    expect(status).toContain('`/resume`')
    await world.clearFaults()
    await world.say(pull, '/resume')
    const state = await world.ended(run)
    await expectOneOfEverything(world, run)
    const attempts = Object.values(state.work?.tasks ?? {}).flatMap((task) =>
      task.attempts.map(({ attempt }) => attempt),
    )
    expect(attempts).toEqual([1, 1, 1])
  })
})

describe('an archived repository', () => {
  it('stops the run in order, and once it is live again a comment moves it on', nightly, async () => {
    const { run, pull, approve } = await approved('a > c, b > c')
    await approve()
    await allow(world, { archived: true })
    await world.idle()
    const runs = async () => (await world.admin.rest.actions.listWorkflowRunsForRepo({ ...world.at })).data.total_count
    const before = await runs()
    const logs = readdirSync(join(world.folder, 'hub', 'logs')).map((name) =>
      readFileSync(join(world.folder, 'hub', 'logs', name), 'utf8'),
    )
    expect(logs.filter((log) => log.includes('`journal-refused`') && log.includes('archived')).length).toBeGreaterThan(
      0,
    )
    await allow(world, { archived: false })
    await world.idle()
    expect(await runs()).toBe(before)
    await world.say(pull, '/status')
    await world.ended(run)
    await expectOneOfEverything(world, run)
  })
})
