import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/event.ts'
import { statusOf as standingOf } from '../../src/core/state.ts'
import { calm } from './support/calm.ts'
import { pushFiles } from './support/people.ts'
import { branchesOf, checksOf, expectFinished, statusOf } from './support/picture.ts'
import { issueWith } from './support/plan.ts'
import { eventsOf, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ files: { '.github/tributary.yml': calm() } })
})
afterAll(() => world.close())

const planned = async (
  graph: string,
  ...more: Parameters<typeof issueWith> extends [string, ...infer Rest] ? Rest : []
) => {
  const issue = await world.openIssue(issueWith(graph, ...more))
  const { pull, planId } = await world.plan(issue)
  return { issue, run: `${issue}`, pull, id: planId.slice(0, 12) }
}

/** The run stands still: no job of it is left that could move it, only a person can. */
const still = (run: string, what: string) =>
  world.when(run, what, (state, work) => state.phase === 'active' && state.orchestrator === null && { state, work })

/** Places of events in the journal, so that an order can be read off. */
const placeOf = (events: readonly RunEvent[], type: RunEvent['type'], task?: string): number =>
  events.findIndex((event) => event.type === type && (task === undefined || ('task' in event && event.task === task)))

/** An orchestrator leaves once after the planning; what counts here is the last time that one had nothing left to do. */
const lastLeft = (events: readonly RunEvent[]): number =>
  events.findLastIndex((event) => event.type === 'orchestrator_left' && event.why === 'waiting')

const inOrder = (places: readonly number[]) => {
  expect(places).not.toContain(-1)
  expect(places).toEqual(places.toSorted((one, other) => one - other))
}

describe('a gate', () => {
  it('holds its dependants while the rest goes on and the orchestrator leaves, and /approve of it starts one again', async () => {
    const { issue, run, pull, id } = await planned('a > g > c, a > b', { g: { kind: 'gate' } })
    await world.say(pull, `/approve ${id}`)
    const { state, work } = await still(run, 'waiting at its gate')
    expect(Object.fromEntries(['a', 'b', 'g', 'c'].map((task) => [task, standingOf(work, task)]))).toEqual({
      a: 'landed',
      b: 'landed',
      g: 'waiting',
      c: 'pending',
    })
    expect(await checksOf(world, work, ['a', 'b', 'g'])).toEqual({ a: 'success', b: 'success', g: 'action_required' })
    expect((await statusOf(world, state)).body).toMatch(/## Waiting for a person: 2 of 4 tasks landed.*`\/approve g`/s)
    // The plan is approved already; that does not open its gates.
    expect(await world.say(pull, `/approve ${id}`)).toContain('`already-done`: ')
    expect(await world.say(pull, '/approve g', 'reader')).toContain('`not-permitted`: ')
    expect(await world.say(pull, '/approve c')).toContain('`wrong-task-state`: ')
    expect(await world.say(issue, '/approve g', 'writer')).toContain('`gate-approved`: ')
    expect((await world.ended(run)).conclusion).toBe('success')
    const events = await world.events(run)
    inOrder([
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
  })
})

describe('a part of a plan', () => {
  it('runs with what it needs; the rest waits for its own approval', async () => {
    const { issue, run, pull, id } = await planned('a, b > c')
    const answer = await world.say(pull, `/approve ${id} --only c`)
    expect(answer).toContain('`approved`: ')
    expect(answer).toContain('Added, since they are needed: `b`')
    const { state, work } = await still(run, 'done with its part')
    expect([standingOf(work, 'a'), standingOf(work, 'b'), standingOf(work, 'c')]).toEqual([
      'pending',
      'landed',
      'landed',
    ])
    expect(branchesOf(world, run)).toEqual(['b', 'c', 'trunk'])
    expect((await statusOf(world, state)).body).toMatch(/## Waiting for a person.*1 not approved/s)
    expect((await world.admin.rest.pulls.get({ ...world.at, pull_number: pull })).data.draft).toBe(true)

    const status = await world.say(issue, '/status', 'reader')
    expect(status).toMatch(/`status`: Run `\d+`\..*2 of 3 tasks landed, 1 not approved.*`\/approve [0-9a-f]{12}`/s)
    const help = await world.say(issue, '/help', 'outsider')
    expect(help).toContain('people with `write` permission or more')
    for (const word of ['/approve', '/retry', '/skip', '/pause'])
      expect(help).toMatch(new RegExp(`^\\| (\`|<code>)${word}\\b`, 'm'))

    expect(await world.say(pull, '/approve --only c')).toContain('`already-done`: ')
    expect(await world.say(pull, '/approve', 'writer')).toContain('`approved`: ')
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
  it('block their dependants until /retry with a note helps one, and /skip goes on without the other', async () => {
    const { run, pull, id } = await planned(
      'a > b, c > d, e',
      {
        e: { milliseconds: 600_000 },
        a: { misdeed: 'fails-until-told' },
        c: { misdeed: 'fails' },
        d: { acceptance: ['node', 'tools/check.mjs', 'd'] },
      },
      [['node', 'tools/check.mjs', 'a', 'b', 'd']],
    )
    await world.say(pull, `/approve ${id}`)
    await world.when(run, 'at work on e', (_, work) => standingOf(work, 'e') === 'in_progress')
    expect(await world.say(pull, '/cancel e', 'writer')).toContain('`task-cancelled`: ')
    const { state, work } = await still(run, 'blocked')
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

    for (const task of ['c', 'e']) expect(await world.say(pull, `/skip ${task}`, 'writer')).toContain('`skipped`: ')
    expect(await world.say(pull, '/retry a — use the blue lamp', 'writer')).toContain('`retrying`: ')
    expect((await world.ended(run)).conclusion).toBe('success')
    expect(world.git('show', `tributary/${run}/trunk:a/done.txt`)).toBe('done by a\nuse the blue lamp')
    const events = await world.events(run)
    expect(
      eventsOf(events, 'task_failed')
        .map(({ task, attempt, final }) => `${task}${attempt}${final}`)
        .toSorted(),
    ).toEqual(['a1false', 'a2true', 'c1false', 'c2true'])
    expect(world.git('ls-tree', '--name-only', `tributary/${run}/trunk`).split('\n')).not.toContain('c')
    await expectFinished(world, run, {
      title: 'Done: 3 of 5 tasks landed, 2 skipped',
      checks: { a: 'success', b: 'success', c: 'failure', d: 'success', e: 'cancelled' },
      pulls: { merged: ['a', 'b', 'd'], closed: ['c', 'e'] },
    })
  })
})

describe('/cancel while three tasks run', () => {
  it('stops the slots within seconds, says what has landed, and leaves only branches with work in them', async () => {
    const long = { milliseconds: 600_000 }
    const { run, pull, id } = await planned('z, a, b, c', { a: long, b: long, c: long })
    await world.say(pull, `/approve ${id}`)
    const atWork = await world.when(run, 'at work on three tasks', (state, work) => {
      const there = ['a', 'b', 'c'].every((task) => standingOf(work, task) === 'in_progress')
      return there && standingOf(work, 'z') === 'landed' && 'slots' in state && Object.keys(state.slots)
    })
    expect(atWork.length).toBeGreaterThan(0)
    const answer = await world.say(pull, '/cancel -- a wrong turn', 'writer')
    expect(answer).toMatch(/`cancelled`: .*1 task had landed: `z`/)
    const ended = await world.ended(run)
    expect([ended.conclusion, ended.why]).toEqual(['cancelled', 'a wrong turn'])
    await world.idle()
    const events = await world.events(run)
    const cancelledAt = Date.parse(eventsOf(events, 'run_cancelled')[0]?.at ?? '')
    const slots = await slotJobs(run)
    expect(slots.length).toBeGreaterThanOrEqual(3)
    expect(slots.map(({ conclusion }) => conclusion)).toEqual(slots.map(() => 'success'))
    for (const { completed_at } of slots) expect(Date.parse(completed_at ?? '') - cancelledAt).toBeLessThan(20_000)
    expect(branchesOf(world, run)).toEqual(['trunk', 'z'])
    expect((await world.admin.rest.pulls.get({ ...world.at, pull_number: pull })).data).toMatchObject({
      state: 'closed',
      merged: false,
    })
    expect(await world.say(pull, '/cancel')).toContain('`run-ended`: ')
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
  it('lets what is at work go on to its end, starts nothing new, and asks again where the base moved meanwhile', async () => {
    const { run, pull, id } = await planned('a > b', { a: { milliseconds: 1500 } })
    await world.say(pull, `/approve ${id}`)
    await world.when(run, 'at work', (_, work) => standingOf(work, 'a') === 'in_progress')
    const answer = await world.say(pull, '/pause', 'writer')
    expect(answer).toMatch(/`paused`: Nothing new is started\. `a` goes on to the end/)
    const { state, work } = await still(run, 'paused')
    expect([standingOf(work, 'a'), standingOf(work, 'b')]).toEqual(['landed', 'pending'])
    expect((await statusOf(world, state)).body).toMatch(/## Paused: 1 of 2 tasks landed.*`\/resume` goes on/s)
    expect(await world.say(pull, '/pause')).toContain('`already-done`: ')
    await pushFiles(world, { 'b/other.txt': 'in the way of b' })
    expect(await world.say(pull, '/resume', 'writer')).toContain('`resumed`: ')
    const stale = await still(run, 'stopped by the base')
    expect(standingOf(stale.work, 'b')).toBe('pending')
    expect((await statusOf(world, stale.state)).body).toMatch(/## Stopped: .*`main` moved \(`b\/other\.txt`\)/s)
    // What the person has seen and accepted is not asked about again.
    expect(await world.say(pull, '/resume', 'writer')).toContain('`resumed`: ')
    expect((await world.ended(run)).conclusion).toBe('success')
    const events = await world.events(run)
    inOrder([
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
  })
})
