import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startProcess } from '../../src/hub/runner/process/process.ts'
import { nightly } from '../support/nightly.ts'
import { expectOneOfEverything } from './support/once.ts'
import { issueWith } from './support/plan.ts'
import { eventsOf, lossesIn, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ hub: { startProcess } })
})
afterAll(() => world.close())

describe('a slot that is killed', () => {
  it('gives its task back, and the task is not blamed', async () => {
    const issue = await world.openIssue(issueWith('a > c, b > c', { a: { milliseconds: 'signal' } }))
    const { pull, planId } = await world.plan(issue)
    await world.comment(pull, `/approve ${planId}`)
    const run = `${issue}`
    const slot = await world.when(run, 'at work on a', (_state, work) => {
      const state = work.tasks.a?.state
      return state?.status === 'in_progress' && state.slot
    })
    await world.fault({ kind: 'kill-job', name: `^slot ${slot}$`, count: 1 })
    await world.when(run, 'at work on a once more', (_state, { tasks }) => {
      const state = tasks.a?.state
      return state?.status === 'in_progress' && state.attempt === 2
    })
    await world.release(run, 'a')
    await expectOneOfEverything(world, run)
    const events = await world.events(run)
    expect(lossesIn(events)).toMatchObject([{ task: 'a', attempt: 1, slot }])
    expect(eventsOf(events, 'task_failed')).toEqual([])
  })
})

describe('an orchestrator that dies with the job that would follow it', () => {
  it('is missed by the next command of one who may, also by /status, and by no outsider', nightly, async () => {
    const issue = await world.openIssue(issueWith('a > c, b > c', { a: { milliseconds: 'signal' } }))
    const { pull, planId } = await world.plan(issue)
    const run = `${issue}`
    await world.say(pull, `/approve ${planId}`)
    await world.when(run, 'at work', (_state, { tasks }) => tasks.a?.state.status === 'in_progress')
    await world.fault({ kind: 'kill-job', name: '^recover$', count: 1 })
    await world.fault({ kind: 'kill-job', name: '^orchestrate$', count: 1 })
    await world.until('the fault to strike', async () => (await world.faults()).length === 0)
    const events = (await world.events(run)).length
    expect(await world.say(pull, '/status', 'outsider')).not.toContain('a new one starts now')
    expect((await world.events(run)).length).toBe(events)
    expect(await world.say(pull, '/status', 'writer')).toMatch(/`status`.*a new one starts now/s)
    await world.release(run, 'a')
    await expectOneOfEverything(world, run)
  })
})

describe('a hub that is stopped in the middle of a run, and started again', () => {
  it('goes on with the run by itself, since the job that follows a lost one is started', nightly, async () => {
    const issue = await world.openIssue(issueWith('a > c, b > c', { a: { milliseconds: 'signal' } }))
    const { pull, planId } = await world.plan(issue)
    const run = `${issue}`
    await world.comment(pull, `/approve ${planId}`)
    await world.when(run, 'at work', (_state, { tasks }) => tasks.a?.state.status === 'in_progress')
    await world.restart()
    await world.when(run, 'at work on a once more', (_state, { tasks }) => {
      const state = tasks.a?.state
      return state?.status === 'in_progress' && state.attempt === 2
    })
    await world.release(run, 'a')
    await expectOneOfEverything(world, run)
  })
})
