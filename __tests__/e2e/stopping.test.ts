import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statusOf as standingOf } from '../../src/core/run/lookup.ts'
import { nightly } from '../support/nightly.ts'
import { PACE } from '../support/pace.ts'
import { calm } from './support/calm.ts'
import { pushFiles } from './support/people.ts'
import { branchesOf, expectFinished, statusOf } from './support/picture.ts'
import { expectInOrder, lastLeft, placeOf, planned, still } from './support/steps.ts'
import { eventsOf, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ files: { '.github/tributary.yml': calm() } })
})
afterAll(() => world.close())

describe('/cancel while three tasks run', () => {
  it('stops the slots within seconds, says what has landed, and leaves only branches with work in them', async () => {
    const long = { milliseconds: 600_000 }
    const { run, pull, id } = await planned(world, 'z, a, b, c', { a: long, b: long, c: long })
    await world.say(pull, `/approve ${id}`)
    const atWork = await world.when(run, 'at work on three tasks', (state, work) => {
      const there = ['a', 'b', 'c'].every((task) => standingOf(work, task) === 'in_progress')
      return there && standingOf(work, 'z') === 'landed' && 'slots' in state && Object.keys(state.slots)
    })
    expect(atWork.length).toBeGreaterThan(0)
    const answer = await world.say(pull, '/cancel -- a wrong turn', 'writer')
    expect(answer).toMatch(/1 task had landed: `z`.*`cancelled`/s)
    const ended = await world.ended(run)
    expect([ended.conclusion, ended.why]).toEqual(['cancelled', 'a wrong turn'])
    await world.idle()
    const events = await world.events(run)
    const cancelledAt = Date.parse(eventsOf(events, 'run_cancelled')[0]?.at ?? '')
    const slots = await slotJobs(run)
    expect(slots.length).toBeGreaterThanOrEqual(3)
    expect(slots.map(({ conclusion }) => conclusion)).toEqual(slots.map(() => 'success'))
    for (const { completed_at } of slots)
      expect(Date.parse(completed_at ?? '') - cancelledAt).toBeLessThan(20_000 * PACE)
    expect(branchesOf(world, run)).toEqual(['trunk', 'z'])
    expect((await world.admin.rest.pulls.get({ ...world.at, pull_number: pull })).data).toMatchObject({
      state: 'closed',
      merged: false,
    })
    expect(await world.say(pull, '/cancel')).toContain('`run-ended`')
    await expectFinished(world, run, {
      title: 'Cancelled: 1 of 4 tasks landed, 3 cancelled',
      checks: { z: 'success', a: 'cancelled', b: 'cancelled', c: 'cancelled' },
      pulls: { merged: ['z'], closed: ['a', 'b', 'c'] },
    })
  })

  async function slotJobs(run: string) {
    const state = await world.state(run)
    const runs =
      state === null || !('slots' in state) ? [] : Object.values(state.slots).flatMap((it) => it.workflowRun ?? [])
    const lists = await Promise.all(
      runs.map((run_id) =>
        world.admin.paginate(world.admin.rest.actions.listJobsForWorkflowRun, { ...world.at, run_id }),
      ),
    )
    return lists.flat().filter(({ name }) => name.startsWith('slot '))
  }
})

describe('/pause and /resume', () => {
  it(
    'lets what is at work go on to its end, starts nothing new, and asks again where the base moved meanwhile',
    nightly,
    async () => {
      const { run, pull, id } = await planned(world, 'a > b', { a: { milliseconds: 1500 } })
      await world.say(pull, `/approve ${id}`)
      await world.when(run, 'at work', (_, work) => standingOf(work, 'a') === 'in_progress')
      const answer = await world.say(pull, '/pause', 'writer')
      expect(answer).toMatch(/No new tasks start\. `a` runs to its end.*`paused`/s)
      const { state, work } = await still(world, run, 'paused')
      expect([standingOf(work, 'a'), standingOf(work, 'b')]).toEqual(['landed', 'pending'])
      expect((await statusOf(world, state)).body).toMatch(/## Paused: 1 of 2 tasks landed.*`\/resume` continues/s)
      expect(await world.say(pull, '/pause')).toContain('`already-done`')
      await pushFiles(world, { 'b/other.txt': 'in the way of b' })
      expect(await world.say(pull, '/resume', 'writer')).toContain('`resumed`')
      const stale = await still(world, run, 'stopped by the base')
      expect(standingOf(stale.work, 'b')).toBe('pending')
      expect((await statusOf(world, stale.state)).body).toMatch(/## Stopped: .*`main` moved \(`b\/other\.txt`\)/s)
      // What the person has seen and accepted is not asked about again.
      expect(await world.say(pull, '/resume', 'writer')).toContain('`resumed`')
      expect((await world.ended(run)).conclusion).toBe('success')
      const events = await world.events(run)
      expectInOrder([
        placeOf(events, 'run_paused'),
        placeOf(events, 'task_verified', 'a'),
        placeOf(events, 'run_resumed'),
        placeOf(events, 'base_moved'),
        lastLeft(events),
        events.findLastIndex(({ type }) => type === 'run_resumed'),
        placeOf(events, 'task_queued', 'b'),
      ])
      await expectFinished(world, run, {
        title: 'Done',
        checks: { a: 'success', b: 'success' },
        pulls: { merged: ['a', 'b'], closed: [] },
      })
    },
  )
})
