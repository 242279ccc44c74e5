import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nightly } from '../support/nightly.ts'
import { calm } from './support/calm.ts'
import { marked } from './support/people.ts'
import { issueWith } from './support/plan.ts'
import { planned } from './support/steps.ts'
import { eventsOf, lossesIn, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ files: { '.github/tributary.yml': calm() } })
})
afterAll(() => world.close())

describe('a thread that is locked, then cleared of comments', () => {
  it('loses no command, and the plan and status comments come back once', async () => {
    const { issue, run, pull, id } = await planned(world, 'a', { a: { milliseconds: 'signal' } })
    for (const issue_number of [issue, pull]) await world.admin.issues.lock({ ...world.at, issue_number })
    await world.comment(pull, `/approve ${id}`)
    await world.when(run, 'at work on a', (_, { tasks }) => tasks.a?.state.status === 'in_progress')
    for (const issue_number of [issue, pull]) await world.admin.issues.unlock({ ...world.at, issue_number })
    for (const { id: comment_id, user } of await world.comments(pull))
      if (user?.login === 'github-actions[bot]') await world.admin.issues.deleteComment({ ...world.at, comment_id })
    await world.release(run, 'a')
    expect((await world.ended(run)).conclusion).toBe('success')
    expect(await marked(world, pull, 'status', run)).toContain('## Done')
  })
})

describe('a default branch that is renamed, an issue that is closed and a pull request that is retargeted', () => {
  it('do not stop the run, which follows the branch', nightly, async () => {
    const { issue, run, pull, id } = await planned(world, 'a', { a: { milliseconds: 'signal' } })
    await world.say(pull, `/approve ${id}`)
    await world.when(run, 'at work on a', (_, { tasks }) => tasks.a?.state.status === 'in_progress')
    await world.admin.issues.update({ ...world.at, issue_number: issue, state: 'closed' })
    await world.admin.repos.renameBranch({ ...world.at, branch: 'main', new_name: 'stable' })
    await world.when(run, 'on the renamed base', (_, work) => work.baseBranch === 'stable')
    world.git('update-ref', 'refs/heads/next', 'refs/heads/stable')
    await world.admin.pulls.update({ ...world.at, pull_number: pull, base: 'next' })
    await world.release(run, 'a')
    expect((await world.ended(run)).conclusion).toBe('success')
    await world.admin.repos.renameBranch({ ...world.at, branch: 'stable', new_name: 'main' })
  })
})

describe('a token that ends in the middle', () => {
  it('costs nothing: a fresh job gets another, and the run goes on', nightly, async () => {
    const { run, pull, id } = await planned(world, 'a > b', { a: { milliseconds: 'signal' } })
    await world.say(pull, `/approve ${id}`)
    await world.when(run, 'at work on a', (_, { tasks }) => tasks.a?.state.status === 'in_progress')
    await world.fault({ kind: 'expire-token', name: '^orchestrate$' })
    await world.when(run, 'without its orchestrator', (state) => state.phase !== 'empty' && state.crashes > 0)
    await world.release(run, 'a')
    expect((await world.ended(run)).conclusion).toBe('success')
    const events = await world.events(run)
    expect(eventsOf(events, 'orchestrator_lost')).toHaveLength(1)
    expect(lossesIn(events)).toEqual([])
  })
})

describe('a repository that is renamed', () => {
  it('is followed by the jobs that know its old name, for the API and for git', nightly, async () => {
    const { run, pull, id } = await planned(world, 'a > b', { a: { milliseconds: 'signal' } })
    await world.say(pull, `/approve ${id}`)
    await world.when(run, 'at work on a', (_, { tasks }) => tasks.a?.state.status === 'in_progress')
    await world.control('rename', { name: 'renamed' })
    await world.release(run, 'a')
    expect((await world.ended(run)).conclusion).toBe('success')
  })
})

describe('an issue that is transferred to another repository', () => {
  it('does not stop the run, and what would be said there is said on the final pull request', nightly, async () => {
    const { issue, run, pull, id } = await planned(world, 'a', { a: { milliseconds: 'signal' } })
    await world.say(pull, `/approve ${id}`)
    await world.when(run, 'at work on a', (_, { tasks }) => tasks.a?.state.status === 'in_progress')
    await world.control('transfer', { issue })
    await world.fault({ kind: 'refuse-ref', ref: `^refs/tributary/${run}/log$`, words: 'error: GH013: no', count: 1 })
    const released = world.release(run, 'a')
    await world.until('word on the pull request', async () =>
      (await world.comments(pull)).find(({ body }) => body?.includes('`journal-refused`')),
    )
    expect(await world.say(pull, '/status')).toContain('had stopped too early')
    await released
    expect((await world.ended(run)).conclusion).toBe('success')
  })

  it('gets its plan on the final pull request if it is gone before there is one', nightly, async () => {
    const issue = await world.openIssue(issueWith('a'))
    await world.fault({ kind: 'delay-job', name: '^orchestrate$', ms: 3000 })
    await world.comment(issue, '/plan')
    await world.until('a run', async () => (await world.events(`${issue}`)).length > 0)
    await world.control('transfer', { issue })
    const { pull, id } = await world.when(`${issue}`, 'planned', (state) => {
      if (state.phase !== 'proposed') return false
      const number = state.projected['pull:trunk']?.number
      return number !== undefined && { pull: number, id: state.work.planId.slice(0, 12) }
    })
    await world.say(pull, `/approve ${id}`)
    expect((await world.ended(`${issue}`)).conclusion).toBe('success')
  })
})
