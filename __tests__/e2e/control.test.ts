import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statusOf as standingOf } from '../../src/core/run/lookup.ts'
import { nightly } from '../support/nightly.ts'
import { calm } from './support/calm.ts'
import { branchesOf, checksOf, expectFinished, statusOf } from './support/picture.ts'
import { expectInOrder, lastLeft, placeOf, planned, still } from './support/steps.ts'
import { eventsOf, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ files: { '.github/tributary.yml': calm() } })
})
afterAll(() => world.close())

describe('a gate', () => {
  it('holds its dependants while the rest goes on and the orchestrator leaves, and /approve of it starts one again', async () => {
    const { issue, run, pull, id } = await planned(world, 'a > g > c, a > b', { g: { kind: 'gate' } })
    await world.say(pull, `/approve ${id}`)
    const { state, work } = await still(world, run, 'waiting at its gate')
    expect(Object.fromEntries(['a', 'b', 'g', 'c'].map((task) => [task, standingOf(work, task)]))).toEqual({
      a: 'landed',
      b: 'landed',
      g: 'waiting',
      c: 'pending',
    })
    expect(await checksOf(world, work, ['a', 'b', 'g'])).toEqual({ a: 'success', b: 'success', g: 'action_required' })
    expect((await statusOf(world, state)).body).toMatch(/## Waiting for a person: 2 of 4 tasks landed.*`\/approve g`/s)
    const calls = async () => (await world.comments(pull)).filter(({ body }) => body?.includes('<!-- tributary:call-'))
    expect((await calls()).map(({ body }) => body)).toEqual([
      expect.stringMatching(/^@admin \*\*Waiting for (?:you|a person)\.\*\* .*`\/approve g` opens the gate/ms),
    ])
    // The plan is approved already; that does not open its gates.
    expect(await world.say(pull, `/approve ${id}`)).toContain('`already-done`')
    expect(await world.say(pull, '/approve g', 'reader')).toContain('`not-permitted`')
    expect(await world.say(pull, '/approve c')).toContain('`wrong-task-state`')
    expect(await world.say(issue, '/approve g', 'writer')).toContain('`gate-approved`')
    expect((await world.ended(run)).conclusion).toBe('success')
    const events = await world.events(run)
    expectInOrder([
      placeOf(events, 'task_landed', 'b'),
      lastLeft(events),
      placeOf(events, 'gate_approved', 'g'),
      placeOf(events, 'task_queued', 'c'),
      placeOf(events, 'run_finished'),
    ])
    await expectFinished(world, run, {
      title: 'Done',
      checks: { a: 'success', b: 'success', g: 'success', c: 'success' },
      pulls: { merged: ['a', 'b', 'c'], closed: [] },
    })
    // That it is done, the request for a review says.
    expect(await calls()).toHaveLength(1)
    const { data } = await world.admin.rest.pulls.get({ ...world.at, pull_number: pull })
    expect(data.requested_reviewers?.map(({ login }) => login)).toEqual(['admin'])
  })
})

describe('a part of a plan', () => {
  it('runs with what it needs; the rest waits for its own approval', nightly, async () => {
    const { issue, run, pull, id } = await planned(world, 'a, b > c')
    const answer = await world.say(pull, `/approve ${id} --only c`)
    expect(answer).toContain('`approved`')
    expect(answer).toContain('Added, since they are needed: `b`')
    const { state, work } = await still(world, run, 'done with its part')
    expect([standingOf(work, 'a'), standingOf(work, 'b'), standingOf(work, 'c')]).toEqual([
      'pending',
      'landed',
      'landed',
    ])
    expect(branchesOf(world, run)).toEqual(['b', 'c', 'trunk'])
    expect((await statusOf(world, state)).body).toMatch(/## Waiting for a person.*1 not approved/s)
    expect((await world.admin.rest.pulls.get({ ...world.at, pull_number: pull })).data.draft).toBe(true)

    const status = await world.say(issue, '/status', 'reader')
    expect(status).toMatch(/Run `\d+`\..*2 of 3 tasks landed, 1 not approved.*`\/approve [0-9a-f]{12}`.*`status`/s)
    const help = await world.say(issue, '/help', 'outsider')
    expect(help).toContain('people with `write` permission or more')
    for (const word of ['/approve', '/retry', '/skip', '/pause'])
      expect(help).toMatch(new RegExp(`^\\| (\`|<code>)${word}\\b`, 'm'))

    expect(await world.say(pull, '/approve --only c')).toContain('`already-done`')
    expect(await world.say(pull, '/approve', 'writer')).toContain('`approved`')
    expect((await world.ended(run)).conclusion).toBe('success')
    const events = await world.events(run)
    expect(eventsOf(events, 'plan_approved').map(({ only }) => only)).toEqual([['b', 'c'], null])
    await expectFinished(world, run, {
      title: 'Done',
      checks: { a: 'success', b: 'success', c: 'success' },
      pulls: { merged: ['a', 'b', 'c'], closed: [] },
    })
  })
})

describe('tasks that fail', () => {
  it(
    'block their dependants until /retry with a note helps one, and /skip goes on without the other',
    nightly,
    async () => {
      const { run, pull, id } = await planned(
        world,
        'a > b, c > d, e',
        {
          e: { milliseconds: 600_000 },
          a: { misdeed: 'fails-until-told' },
          c: { misdeed: 'fails' },
          d: { acceptance: ['sh', 'tools/check.sh', 'd'] },
        },
        [['sh', 'tools/check.sh', 'a', 'b', 'd']],
      )
      await world.say(pull, `/approve ${id}`)
      await world.when(run, 'at work on e', (_, work) => standingOf(work, 'e') === 'in_progress')
      expect(await world.say(pull, '/cancel e', 'writer')).toContain('`task-cancelled`')
      const { state, work } = await still(world, run, 'blocked')
      expect(standingOf(work, 'e')).toBe('cancelled')
      expect(['a', 'b', 'c', 'd'].map((task) => standingOf(work, task))).toEqual([
        'failed',
        'pending',
        'failed',
        'pending',
      ])
      expect(await checksOf(world, work, ['a', 'c', 'e'])).toEqual({ a: 'failure', c: 'failure', e: 'cancelled' })
      const status = (await statusOf(world, state)).body
      expect(status).toMatch(/## Stopped: 0 of 5 tasks landed, 2 failed, 2 blocked, 1 cancelled/)
      for (const words of ['`/retry a -- note`', '`/skip c`']) expect(status).toContain(words)
      expect(branchesOf(world, run)).toEqual(['a', 'c', 'e', 'trunk'])

      for (const task of ['c', 'e']) expect(await world.say(pull, `/skip ${task}`, 'writer')).toContain('`skipped`')
      expect(await world.say(pull, '/retry a — use the blue lamp', 'writer')).toContain('`retrying`')
      expect((await world.ended(run)).conclusion).toBe('success')
      expect(world.git('show', `tributary/${run}/trunk:a/done.txt`)).toBe('done by a\nuse the blue lamp')
      const events = await world.events(run)
      expect(
        eventsOf(events, 'task_failed')
          .map(({ task, final }) => `${task} ${final ? 'for good' : 'once'}`)
          .toSorted(),
      ).toEqual(['a for good', 'a once', 'c for good', 'c once'])
      expect(world.git('ls-tree', '--name-only', `tributary/${run}/trunk`).split('\n')).not.toContain('c')
      await expectFinished(world, run, {
        title: 'Done: 3 of 5 tasks landed, 2 skipped',
        checks: { a: 'success', b: 'success', c: 'failure', d: 'success', e: 'cancelled' },
        pulls: { merged: ['a', 'b', 'd'], closed: ['c', 'e'] },
      })
    },
  )
})
