import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statusOf as standingOf } from '../../src/core/run/lookup.ts'
import { nightly } from '../support/nightly.ts'
import { calm } from './support/calm.ts'
import { pushFiles } from './support/people.ts'
import { branchesOf, checksOf, expectFinished, statusOf } from './support/picture.ts'
import { issueWith } from './support/plan.ts'
import { planned, still } from './support/steps.ts'
import { agreement, eventsOf, startWorld, type World } from './support/world.ts'

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

    expect(await world.say(worker, '/approve', 'outsider')).toContain('`not-permitted`')
    expect(await world.say(worker, '/retry a -- say please', 'writer')).toContain('`retrying`')
    const second = await still(world, run, 'waiting for the second review')
    expect(second.state.projected['pull:a']?.number).toBe(worker)
    expect(world.git('show', `tributary/${run}/a:a/done.txt`)).toBe('done by a\nsay please')

    expect(await world.say(worker, '/approve', 'writer')).toContain('`landing-approved`')
    const third = await still(world, run, 'waiting for the review of b')
    expect([standingOf(third.work, 'a'), standingOf(third.work, 'b')]).toEqual(['landed', 'verified'])
    expect(await world.say(worker, '/approve')).toContain('`already-done`')
    expect(await world.say(final, '/approve b')).toContain('`landing-approved`')
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

describe('what people do to the branches by hand', () => {
  it(
    'is adopted: a merge approves, an update of trunk is verified, a closed pull request is asked about',
    nightly,
    async () => {
      const { run, pull: final, id } = await planned(world, 'h, i, j', {}, [['sh', 'tools/check.sh', 'h', 'i']])
      await world.say(final, `/approve ${id}`)
      const { state } = await still(world, run, 'waiting for three reviews')
      const numberOf = (task: string) => state.projected[`pull:${task}`]?.number ?? 0
      const writer = world.as('writer').rest.pulls
      const said = (task: string, code: string) =>
        world.until(code, async () =>
          (await world.comments(numberOf(task))).find(({ body }) => body?.includes(`\`${code}\``)),
        )

      await writer.merge({ ...world.at, pull_number: numberOf('h') })
      const merged = await world.when(run, 'landed by a merge', (_, work) => work.trunk.merges.length === 1 && work)
      expect(standingOf(merged, 'h')).toBe('landed')
      expect(merged.trunk.tip).toBe(world.git('rev-parse', `tributary/${run}/trunk`))
      await said('h', 'landing-approved')

      await pushFiles(world, { 'news.txt': 'of main' }, 'writer')
      await writer.updateBranch({ ...world.at, pull_number: final })
      const updated = world.git('rev-parse', `tributary/${run}/trunk`)

      await writer.update({ ...world.at, pull_number: numberOf('i'), state: 'closed' })
      await said('i', 'skip-asked')
      const asked = await still(world, run, 'waiting for a word on i')
      expect((await statusOf(world, asked.state)).body).toMatch(
        /writer closed #\d+ of `i`: `\/skip i` goes on without it/,
      )
      await writer.update({ ...world.at, pull_number: numberOf('i'), state: 'open' })
      await said('i', 'pull-reopened')
      expect(await world.say(numberOf('i'), '/approve', 'writer')).toContain('`landing-approved`')
      await writer.update({ ...world.at, pull_number: numberOf('j'), state: 'closed' })
      await said('j', 'skip-asked')
      expect(await world.say(final, '/skip j', 'writer')).toContain('`skipped`')

      const ended = await world.ended(run)
      expect(ended.conclusion).toBe('success')
      const events = await world.events(run)
      expect(eventsOf(events, 'task_landed').map(({ task, by }) => [task, by])).toEqual([
        ['h', 'writer'],
        ['i', 'writer'],
      ])
      expect(eventsOf(events, 'trunk_adopted').map(({ sha }) => sha)).toContain(updated)
      const trunk = `tributary/${run}/trunk`
      for (const path of ['h/done.txt', 'i/done.txt', 'news.txt']) world.git('cat-file', '-e', `${trunk}:${path}`)
      expect(eventsOf(events, 'verification_passed').at(-1)?.on).toBe(world.git('rev-parse', trunk))
      expect((await pull(final)).body).toContain('### Brought into this branch by people')
      expect(await agreement(world, run)).toMatchObject({
        folded: ended,
        trunkInJournal: world.git('rev-parse', trunk),
      })
    },
  )

  it('lands nothing that came to a worker pull request after its verification', nightly, async () => {
    const { run, pull: final, id } = await planned(world, 'k')
    await world.say(final, `/approve ${id}`)
    const { state, work } = await still(world, run, 'waiting for a review')
    const number = state.projected['pull:k']?.number ?? 0
    const branch = `refs/heads/tributary/${run}/k`
    const head = world.git('rev-parse', branch)
    const sneaked = world.git('commit-tree', `${work.trunk.tip}^{tree}`, '-p', head, '-m', 'One more thing')
    world.git('update-ref', branch, sneaked)
    expect(await world.say(number, '/approve', 'writer')).toContain('`work-moved`')
    world.git('update-ref', branch, head)
    expect(await world.say(number, '/approve', 'writer')).toContain('`landing-approved`')
    expect((await world.ended(run)).conclusion).toBe('success')
  })
})

describe('worker_pull_requests: false', () => {
  it('leaves the branches only, with their checks', nightly, async () => {
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
