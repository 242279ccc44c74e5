import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statusOf as standingOf } from '../../src/core/run/state.ts'
import { calm } from './support/calm.ts'
import { pushFiles } from './support/people.ts'
import { branchesOf, checksOf, expectFinished, statusOf } from './support/picture.ts'
import { issueWith } from './support/plan.ts'
import { still } from './support/steps.ts'
import { eventsOf, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ files: { '.github/tributary.yml': calm('merge: review') } })
})
afterAll(() => world.close())

const pull = async (number: number) => (await world.admin.rest.pulls.get({ ...world.at, pull_number: number })).data

describe('merge: review', () => {
  it('lets verified work wait on its pull request, until a person sends it back or lands it', async () => {
    const issue = await world.openIssue(issueWith('a > b'))
    const run = `${issue}`
    const { pull: final, planId } = await world.plan(issue)
    await world.say(final, `/approve ${planId.slice(0, 12)}`)

    const first = await still(world, run, 'waiting for a review')
    expect([standingOf(first.work, 'a'), standingOf(first.work, 'b')]).toEqual(['verified', 'pending'])
    expect(await checksOf(world, first.work, ['a'])).toEqual({ a: 'action_required' })
    expect((await statusOf(world, first.state)).body).toMatch(/## Waiting for a person.*`\/approve a` lands `a`/s)
    const worker = first.state.projected['pull:a']?.number ?? 0
    expect(await pull(worker)).toMatchObject({ draft: false, state: 'open', head: { ref: `tributary/${run}/a` } })
    expect(world.git('rev-parse', `tributary/${run}/trunk`)).toBe(first.work.trunk.start)

    expect(await world.say(worker, '/approve', 'outsider')).toContain('`not-permitted`: ')
    expect(await world.say(worker, '/retry a -- say please', 'writer')).toContain('`retrying`: ')
    const second = await still(world, run, 'waiting for the second review')
    expect(second.state.projected['pull:a']?.number).toBe(worker)
    expect(world.git('show', `tributary/${run}/a:a/done.txt`)).toBe('done by a\nsay please')

    expect(await world.say(worker, '/approve', 'writer')).toContain('`landing-approved`: ')
    const third = await still(world, run, 'waiting for the review of b')
    expect([standingOf(third.work, 'a'), standingOf(third.work, 'b')]).toEqual(['landed', 'verified'])
    expect(await world.say(worker, '/approve')).toContain('`already-done`: ')
    expect(await world.say(final, '/approve b')).toContain('`landing-approved`: ')
    expect((await world.ended(run)).conclusion).toBe('success')
    expect((await pull(final)).draft).toBe(false)
    const events = await world.events(run)
    expect(eventsOf(events, 'task_verified').map(({ task }) => task)).toEqual(['a', 'a', 'b'])
    expect(eventsOf(events, 'task_landed').map(({ task, by }) => [task, by])).toEqual([
      ['a', 'writer'],
      ['b', 'admin'],
    ])
    await expectFinished(world, run, {
      title: 'Done',
      checks: { a: 'success', b: 'success' },
      pulls: { merged: ['a', 'b'], closed: [] },
    })
  })
})

describe('worker_pull_requests: false', () => {
  it('leaves the branches only, with their checks', async () => {
    await pushFiles(world, { '.github/tributary.yml': calm('worker_pull_requests: false') })
    const issue = await world.openIssue(issueWith('a, b'))
    const { pull: final, planId } = await world.plan(issue)
    await world.say(final, `/approve ${planId.slice(0, 12)}`)
    expect((await world.ended(`${issue}`)).conclusion).toBe('success')
    expect(branchesOf(world, `${issue}`)).toEqual(['a', 'b', 'trunk'])
    expect((await pull(final)).draft).toBe(false)
    await expectFinished(world, `${issue}`, { title: 'Done', checks: { a: 'success', b: 'success' }, pulls: null })
  })
})
