import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { replay } from '../../src/core/run/evolve.ts'
import { nightly } from '../support/nightly.ts'
import { calm } from './support/calm.ts'
import { pushFiles } from './support/people.ts'
import { branchesOf, expectFinished, statusOf } from './support/picture.ts'
import { issueWith } from './support/plan.ts'
import { startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ files: { '.github/tributary.yml': calm() } })
})
afterAll(() => world.close())

const done = async (graph: string) => {
  const issue = await world.openIssue(issueWith(graph))
  const { pull, planId } = await world.plan(issue)
  await world.say(pull, `/approve ${planId.slice(0, 12)}`)
  const { conclusion } = await world.ended(`${issue}`)
  expect(conclusion).toBe('success')
  return { run: `${issue}`, pull, trunk: world.git('rev-parse', `tributary/${issue}/trunk`) }
}

/** The page of the run, by the link in its final pull request. */
async function pageLinkedFrom(pull: number): Promise<string> {
  const { rest } = world.as('reader')
  const { data } = await rest.pulls.get({ ...world.at, pull_number: pull })
  const [, workflowRun, id] = /\]\(\.\.\/actions\/runs\/(\d+)\/artifacts\/(\d+)\)/.exec(data.body ?? '') ?? []
  const listed = await rest.actions.listWorkflowRunArtifacts({ ...world.at, run_id: Number(workflowRun) })
  expect(listed.data.artifacts.map((artifact) => artifact.id)).toContain(Number(id))
  const loaded = await rest.actions.downloadArtifact({ ...world.at, artifact_id: Number(id), archive_format: 'zip' })
  return Buffer.from(loaded.data as ArrayBuffer).toString('utf8')
}

const closed = (run: string, as: string) =>
  world.when(
    run,
    as,
    (state) => state.phase === 'ended' && state.conclusion === as && state.orchestrator === null && state,
  )

describe('the final pull request', () => {
  it('takes the branches of the tasks with it when a person merges it; the journal stays', async () => {
    const { run, pull, trunk } = await done('a > b')
    expect(branchesOf(world, run)).toEqual(['a', 'b', 'trunk'])
    const page = await pageLinkedFrom(pull)
    expect(page.length).toBeLessThan(1_000_000)
    expect(page).toContain(`<title>Run ${run}: `)
    expect(page).toMatch(/data-task="b" data-state="landed"/)
    expect(page).toMatch(/run finished/)
    await world.as('writer').rest.pulls.merge({ ...world.at, pull_number: pull })
    const state = await closed(run, 'merged')
    expect(branchesOf(world, run)).toEqual([])
    expect(world.git('merge-base', '--is-ancestor', trunk, 'main')).toBe('')
    expect(world.git('show', 'main:b/done.txt')).toBe('done by b')
    expect(replay(await world.events(run))).toEqual(state)
    expect((await statusOf(world, state)).body).toMatch(/The branches of the run are gone; the journal stays/)
    await expectFinished(world, run, {
      title: 'Merged',
      checks: { a: 'success', b: 'success' },
      pulls: { merged: ['a', 'b'], closed: [] },
    })
    expect(await world.say(pull, '/retry a')).toContain('`run-ended`')
  })

  it('may be updated from the base once all is done, and merged then', nightly, async () => {
    const { run, pull } = await done('u')
    await pushFiles(world, { 'news.txt': 'of main' }, 'writer')
    await world.as('writer').rest.pulls.updateBranch({ ...world.at, pull_number: pull })
    await world.idle()
    const updated = world.git('rev-parse', `tributary/${run}/trunk`)
    await world.as('writer').rest.pulls.merge({ ...world.at, pull_number: pull })
    await closed(run, 'merged')
    expect(world.git('merge-base', '--is-ancestor', updated, 'main')).toBe('')
    expect(branchesOf(world, run)).toEqual([])
  })

  it('does so too when a person closes it, and nothing of it is in the base', nightly, async () => {
    const { run, pull } = await done('c')
    const base = world.git('rev-parse', 'main')
    await world.as('writer').rest.pulls.update({ ...world.at, pull_number: pull, state: 'closed' })
    await closed(run, 'closed')
    expect(branchesOf(world, run)).toEqual(['trunk'])
    expect(world.git('rev-parse', 'main')).toBe(base)
    await expectFinished(world, run, {
      title: 'Closed',
      checks: { c: 'success' },
      pulls: { merged: ['c'], closed: [] },
    })
  })

  it(
    'ends the run at the next command if it was closed while in conflict, of which no event tells',
    nightly,
    async () => {
      const { run, pull } = await done('f')
      await pushFiles(world, { 'f/done.txt': 'of somebody else' })
      await world.as('writer').rest.pulls.update({ ...world.at, pull_number: pull, state: 'closed' })
      await world.idle()
      expect(await world.state(run)).toMatchObject({ conclusion: 'success' })
      expect(await world.say(pull, '/status')).toContain('**Closed')
      await closed(run, 'closed')
    },
  )

  it('is no other one from trunk, which people may open and close as they like', nightly, async () => {
    const { run } = await done('g')
    world.git('branch', 'release', 'main')
    const head = `tributary/${run}/trunk`
    const { data } = await world
      .as('writer')
      .rest.pulls.create({ ...world.at, title: 'For a release', head, base: 'release' })
    await world.as('writer').rest.pulls.update({ ...world.at, pull_number: data.number, state: 'closed' })
    await world.idle()
    expect(await world.state(run)).toMatchObject({ conclusion: 'success' })
  })

  it('ends a run that is still at work when it is closed', nightly, async () => {
    const issue = await world.openIssue(issueWith('d, e', { e: { milliseconds: 600_000 } }))
    const { pull, planId } = await world.plan(issue)
    await world.say(pull, `/approve ${planId.slice(0, 12)}`)
    await world.when(`${issue}`, 'half done', (_, work) => {
      const [d, e] = [work.tasks.d?.state.status, work.tasks.e?.state.status]
      return d === 'landed' && e === 'in_progress'
    })
    await world.as('writer').rest.pulls.update({ ...world.at, pull_number: pull, state: 'closed' })
    await closed(`${issue}`, 'closed')
    await world.idle()
    expect(branchesOf(world, `${issue}`)).toEqual(['trunk'])
    await expectFinished(world, `${issue}`, {
      title: 'Closed',
      checks: { d: 'success', e: 'cancelled' },
      pulls: { merged: ['d'], closed: ['e'] },
    })
  })
})
