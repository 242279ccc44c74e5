import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nightly } from '../support/nightly.ts'
import { calm } from './support/calm.ts'
import { allow, marked } from './support/people.ts'
import { branchesOf, expectFinished, statusOf, threadOf } from './support/picture.ts'
import { issueWith } from './support/plan.ts'
import { startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ files: { '.github/tributary.yml': calm() } })
})
afterAll(() => world.close())

const CHECKS = { a: 'success', b: 'success' }

describe('a repository where Actions may open no pull requests', () => {
  it('has the plan and the status on the issue, and the run goes on to its end', async () => {
    await allow(world, { allowActionsToCreatePulls: false })
    const issue = await world.openIssue(issueWith('a > b'))
    const { pull, planId } = await world.plan(issue)
    expect(pull).toBe(issue)
    expect(await marked(world, issue, 'plan', `${issue}`)).toContain(`/approve ${planId.slice(0, 12)}`)
    expect(await world.say(issue, `\r\n/approve ${planId.slice(0, 12)}`, 'writer')).toContain('`approved`')
    const state = await world.ended(`${issue}`)
    expect(state.conclusion).toBe('success')
    expect(threadOf(state)).toBe(issue)
    const status = (await statusOf(world, state)).body
    expect(status).toContain('Allow GitHub Actions to create and approve pull requests')
    expect(status).toContain(`../compare/main...tributary/${issue}/trunk`)
    expect(branchesOf(world, `${issue}`)).toEqual(['a', 'b', 'trunk'])
    expect((await world.admin.rest.pulls.list({ ...world.at, state: 'all' })).data).toEqual([])
    await expectFinished(world, `${issue}`, { title: 'Done', checks: CHECKS, pulls: null })
  })
})

describe('a private repository without drafts', () => {
  it('gets ordinary pull requests', nightly, async () => {
    await allow(world, { allowActionsToCreatePulls: true, private: true, draftPulls: false })
    const issue = await world.openIssue(issueWith('a > b'))
    const { pull, planId } = await world.plan(issue)
    const proposed = await world.admin.rest.pulls.get({ ...world.at, pull_number: pull })
    expect(proposed.data).toMatchObject({ draft: false, state: 'open', head: { ref: `tributary/${issue}/trunk` } })
    expect(await world.say(pull, `/approve ${planId.slice(0, 12)}`)).toContain('`approved`')
    const state = await world.ended(`${issue}`)
    expect(state.conclusion).toBe('success')
    expect((await statusOf(world, state)).body).toContain('do not merge the final one before the run is done')
    await expectFinished(world, `${issue}`, {
      title: 'Done',
      checks: CHECKS,
      pulls: { merged: ['a', 'b'], closed: [] },
    })
  })
})

describe('a remote that refuses refs of our own', () => {
  it('keeps the journal on a branch, which stays when the final pull request is merged', nightly, async () => {
    await allow(world, { private: false, draftPulls: true, refuseCustomRefs: true })
    const issue = await world.openIssue(issueWith('a > b'))
    const { pull, planId } = await world.plan(issue)
    expect(await world.say(pull, `/approve ${planId.slice(0, 12)}`)).toContain('`approved`')
    expect((await world.ended(`${issue}`)).conclusion).toBe('success')
    await world.admin.rest.pulls.merge({ ...world.at, pull_number: pull })
    await world.when(
      `${issue}`,
      'merged',
      (state) => state.phase === 'ended' && state.conclusion === 'merged' && state.orchestrator === null,
    )
    const refs = world.git('for-each-ref', '--format=%(refname)').split('\n')
    expect(refs.filter((ref) => ref.startsWith(`refs/tributary/${issue}/`))).toEqual([])
    expect(refs).toContain(`refs/heads/tributary/${issue}/log`)
    expect(branchesOf(world, `${issue}`)).toEqual([])
    await expectFinished(world, `${issue}`, {
      title: 'Merged',
      checks: CHECKS,
      pulls: { merged: ['a', 'b'], closed: [] },
    })
  })
})
