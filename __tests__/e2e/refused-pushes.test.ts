import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { statusOf as standingOf } from '../../src/core/run/lookup.ts'
import { nightly } from '../support/nightly.ts'
import { calm } from './support/calm.ts'
import { allow, pushFiles } from './support/people.ts'
import { statusOf } from './support/picture.ts'
import { issueWith } from './support/plan.ts'
import { planned, still } from './support/steps.ts'
import { startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ files: { '.github/tributary.yml': calm() } })
})
afterAll(() => world.close())
afterEach(async () => {
  await world.clearFaults()
  await allow(world, { branchRules: [], bypass: 'never', workflowRule: 'commits' })
})

const words = (ref: string) =>
  `error: GH013: Repository rule violations found for ${ref}.\n\n- Cannot create ref due to creations being restricted.`
const refuse = (ref: string, more: object = {}) =>
  world.fault({ kind: 'refuse-ref', ref: `^${ref}$`, words: words(ref), count: 1000, ...more })
const branch = (run: string, name: string) => `refs/heads/tributary/${run}/${name}`

/** What is said on a thread, by the reason code that it begins with. */
const said = (thread: number, reason: string) =>
  world.until(
    `a comment with ${reason}`,
    async () => (await world.comments(thread)).find(({ body }) => body?.includes(`\`${reason}\``))?.body,
  )

describe('a branch of a task that GitHub refuses', () => {
  it('fails that task alone, in GitHub’s words; the rest lands, and /retry takes it up when the rule is gone', async () => {
    const { run, pull, id } = await planned(world, 'unlock-door, b > c')
    await refuse(branch(run, 'unlock-door'))
    await world.say(pull, `/approve ${id}`)
    const { state, work } = await still(world, run, 'done with the rest')
    expect(['unlock-door', 'b', 'c'].map((task) => standingOf(work, task))).toEqual(['failed', 'landed', 'landed'])
    const status = (await statusOf(world, state)).body
    expect(status).toContain('GitHub does not take its branch: error: GH013: Repository rule violations found')
    expect(status).toContain('creations being restricted')
    expect(status).toContain('`/retry unlock-door -- note`')
    await world.clearFaults()
    expect(await world.say(pull, '/retry unlock-door')).toContain('`retrying`')
    expect((await world.ended(run)).conclusion).toBe('success')
  })

  it('is found though GitHub names no ref, by what is in it', nightly, async () => {
    const { run, pull, id } = await planned(world, 'a, b, c', {
      a: { milliseconds: 800 },
      b: { milliseconds: 800 },
      c: { milliseconds: 800 },
    })
    const gh008 = 'error: GH008: Your push referenced at least 1 unknown Git LFS object:'
    await world.fault({ kind: 'refuse-ref', ref: '.*', contains: 'done by b', words: gh008, whole: true, count: 1000 })
    await world.say(pull, `/approve ${id}`)
    const { state, work } = await still(world, run, 'done with the rest')
    expect(['a', 'b', 'c'].map((task) => standingOf(work, task))).toEqual(['landed', 'failed', 'landed'])
    expect((await statusOf(world, state)).body).toContain(gh008)
  })
})

describe('trunk that GitHub refuses', () => {
  it('pauses the run in GitHub’s words, and /resume goes on when the rule is gone', nightly, async () => {
    const { run, pull, id } = await planned(world, 'a > b')
    await refuse(branch(run, 'trunk'))
    await world.say(pull, `/approve ${id}`)
    const { state, work } = await still(world, run, 'paused')
    expect(state.phase === 'active' && state.paused).toMatchObject({ cause: 'refused' })
    expect(standingOf(work, 'a')).toBe('landed')
    const status = (await statusOf(world, state)).body
    expect(status).toMatch(/## Paused.*GH013: Repository rule violations found.*`\/resume` tries again/s)
    expect(state.crashes).toBe(0)
    await world.clearFaults()
    expect(await world.say(pull, '/resume')).toContain('`resumed`')
    expect((await world.ended(run)).conclusion).toBe('success')
  })

  it('before the approval, is said on the issue, and there is no plan', async () => {
    const issue = await world.openIssue(issueWith('a'))
    await refuse(branch(`${issue}`, 'trunk'))
    await world.say(issue, '/plan')
    const body = await said(issue, 'push-refused')
    expect(body).toContain('GH013: Repository rule violations found')
    await world.until('the end', async () => {
      const state = await world.state(`${issue}`)
      return state?.phase === 'ended' && state.orchestrator === null && state.conclusion === 'refused'
    })
  })
})

describe('a journal that GitHub refuses', () => {
  it('lets no run begin, and says why', async () => {
    const issue = await world.openIssue(issueWith('a'))
    await refuse('refs/.*tributary/.*')
    const answer = await world.say(issue, '/plan')
    expect(answer).toMatch(/GH013: Repository rule violations.*`push-refused`/s)
    await world.idle()
    expect(await world.state(`${issue}`)).toBeNull()
  })

  it('stops a run at work in order, says so on the issue, and /status goes on from there', nightly, async () => {
    const { issue, run, pull, id } = await planned(world, 'a > b', { a: { milliseconds: 'signal' } })
    await world.say(pull, `/approve ${id}`)
    await world.when(run, 'at work on a', (_, work) => standingOf(work, 'a') === 'in_progress')
    await refuse(`refs/tributary/${run}/log`)
    const released = world.release(run, 'a')
    const body = await said(issue, 'journal-refused')
    expect(body).toMatch(/GH013: Repository rule violations.*`\/status`/s)
    await world.until(
      'the orchestrator to leave',
      async () =>
        (await world.admin.rest.actions.listWorkflowRunsForRepo({ ...world.at, status: 'in_progress' })).data
          .total_count === 0,
    )
    await world.clearFaults()
    expect(await world.say(issue, '/status')).toContain('`status`')
    await released
    expect((await world.ended(run)).conclusion).toBe('success')
    expect((await world.events(run)).filter(({ type }) => type === 'orchestrator_failed')).toEqual([])
  })

  it('deleted while the run is at work: is named, with the line that brings it back', nightly, async () => {
    const { issue, run, pull, id } = await planned(world, 'a > b', { a: { milliseconds: 'signal' } })
    await world.say(pull, `/approve ${id}`)
    await world.when(run, 'at work on a', (_, work) => standingOf(work, 'a') === 'in_progress')
    world.git('update-ref', '-d', `refs/tributary/${run}/log`)
    const body = await said(issue, 'journal-gone')
    const tip = /git push --force origin ([0-9a-f]{40}):refs\/tributary\/\d+\/log/.exec(body ?? '')?.[1] ?? ''
    expect(await world.say(issue, '/status')).toContain('`journal-gone`')
    expect(await world.say(issue, '/plan')).toContain('`branch-in-the-way`')
    world.git('update-ref', `refs/tributary/${run}/log`, tip)
    const released = world.release(run, 'a')
    expect(await world.say(issue, '/status')).toContain('`status`')
    await released
    expect((await world.ended(run)).conclusion).toBe('success')
  })

  it('replaced by something else: is named as that', nightly, async () => {
    const { issue, run, pull } = await planned(world, 'a')
    world.git('update-ref', `refs/tributary/${run}/log`, 'refs/heads/main')
    expect(await world.say(pull, '/status')).toContain('`journal-unreadable`')
    expect(await world.say(issue, '/status')).toContain('holds something that Tributary did not write')
  })
})

describe('what would refuse the branches of a run', () => {
  it('is named before anything is paid for: rules', async () => {
    await allow(world, { branchRules: ['required_signatures', 'deletion'] })
    const issue = await world.openIssue(issueWith('a'))
    const answer = await world.say(issue, '/plan')
    expect(answer).toMatch(/`required_signatures` of somebody\/repository: commits must be signed.*`rules-refuse`/s)
    expect(answer).not.toContain('deletion')
    expect(await world.state(`${issue}`)).toBeNull()
    await allow(world, { bypass: 'always' })
    expect(await world.say(issue, '/plan')).toContain('`plan-requested`')
  })

  it('is named before anything is pushed: a branch called tributary', async () => {
    const other = await startWorld({ files: { '.github/tributary.yml': calm() } })
    other.git('update-ref', 'refs/heads/tributary', 'refs/heads/main')
    const issue = await other.openIssue(issueWith('a'))
    const answer = await other.say(issue, '/plan')
    expect(answer).toMatch(/The branch `tributary` stands in the way.*`branch-in-the-way`/s)
    expect(answer).toContain('git push origin FETCH_HEAD:refs/heads/tributary-old :refs/heads/tributary')
    expect(await other.state(`${issue}`)).toBeNull()
    other.git('update-ref', '-d', 'refs/heads/tributary')
    await other.plan(issue)
    await other.close()
  })
})

describe('workflow files that change on the default branch during a run', () => {
  const run = async (graph: string, file: string) => {
    const one = await planned(world, graph, { a: { milliseconds: 'signal' }, c: { misdeed: 'fails-until-told' } })
    await world.say(one.pull, `/approve ${one.id}`)
    await world.when(one.run, 'at work on a', (_, work) => standingOf(work, 'a') === 'in_progress')
    await pushFiles(world, { [`.github/workflows/${file}`]: 'on: push\njobs: {}\n' })
    await world.release(one.run, 'a')
    return one
  }
  const followed = async (id: string) =>
    (await world.events(id)).filter(({ type }) => type === 'workflows_followed').length
  const filesIn = (ref: string) => world.git('ls-tree', '-r', ref, '--', '.github/workflows')

  it('change nothing where GitHub looks at what the pushed commits change', nightly, async () => {
    const one = await run('a > b', 'one.yml')
    expect((await world.ended(one.run)).conclusion).toBe('success')
    expect(await followed(one.run)).toBe(0)
  })

  it('are taken over where GitHub compares what is pushed with the default branch', nightly, async () => {
    await allow(world, { workflowRule: 'trees' })
    await pushFiles(world, { '.github/workflows/two.yml': 'on: push\njobs: { old: {} }\n' })
    const one = await run('a > b, c', 'two.yml')
    await pushFiles(world, { '.github/workflows/two.yml': 'on: push\njobs: { x: {} }\n' })
    await still(world, one.run, 'without c')
    expect(await world.say(one.pull, '/retry c -- told')).toContain('`retrying`')
    expect((await world.ended(one.run)).conclusion).toBe('success')
    expect(await followed(one.run)).toBeGreaterThan(0)
    expect(filesIn(`refs/heads/tributary/${one.run}/trunk`)).toBe(filesIn('refs/heads/main'))
    expect(world.git('diff', '--name-only', `main..tributary/${one.run}/trunk`).split('\n')).toEqual([
      'a/done.txt',
      'b/done.txt',
      'c/done.txt',
    ])
  })
})
