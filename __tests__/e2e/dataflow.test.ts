import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Octokit } from '@octokit/rest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { replay } from '../../src/core/run/evolve.ts'
import { entriesOf, idleThough, logged, momentOf } from './support/entries.ts'
import { documentOf } from './support/everywhere.ts'
import { issueWith } from './support/plan.ts'
import { SETTINGS } from './support/repository.ts'
import { agreement, startWorld, type World } from './support/world.ts'

const start = promisify(execFile)

let world: World
let run: string
let refusals: Awaited<ReturnType<typeof tryAll>>
beforeAll(async () => {
  world = await startWorld({
    files: { '.github/tributary.yml': SETTINGS.replace('start: 4, cap: 8', 'start: 3, cap: 3') },
  })
  // More roots than slots: a slot that stood idle while one of them is ready would be seen.
  const issue = await world.openIssue(
    issueWith('a > c, b > d, e, f, g, h', {
      b: { milliseconds: 'signal' },
      f: { milliseconds: 300 },
      h: { milliseconds: 700 },
    }),
  )
  run = `${issue}`
  const { pull, planId } = await world.plan(issue)
  await world.say(pull, `/approve ${planId}`)
  const slot = await world.when(
    run,
    'at work on b',
    (_, { tasks }) => tasks.b?.state.status === 'in_progress' && tasks.b.state.slot,
  )
  refusals = await tryAll(tokenOf(slot), pull)
  // All that does not need b is done while b is at work; then b may end.
  await world.when(run, 'through with all but b and d', (_, work) =>
    [...'acefgh'].every((task) => work.tasks[task]?.state.status === 'landed'),
  )
  await world.release(run, 'b')
  await world.ended(run)
})
afterAll(() => world.close())

/** The token of the very job that works at this moment. */
function tokenOf(slot: string): string {
  const { jobs, jobTokens } = documentOf(world)
  const job = jobs.find(({ name, status }) => name === `slot ${slot}` && status === 'in_progress')
  const token = jobTokens.find((one) => one.job === job?.id && !one.revoked)
  if (token === undefined) throw new Error(`slot ${slot} has no token`)
  return token.token
}

/** All ways to write that a slot could think of, with what came of each. */
async function tryAll(token: string, pull: number) {
  const url = world.hub.git.replace('://', `://x-access-token:${token}@`)
  const git = (...words: string[]) =>
    start('git', ['-C', join(world.folder, 'checkout'), ...words]).then(
      ({ stdout }) => stdout,
      (error: { stderr: string }) => error.stderr,
    )
  const { rest } = new Octokit({ baseUrl: world.hub.api, auth: token })
  const refused = (ask: Promise<unknown>) =>
    ask.then(
      () => 'done',
      ({ status, message }) => `${status}: ${message}`,
    )
  const sha = world.git('rev-parse', 'refs/heads/main')
  return {
    reads: await git('ls-remote', url, 'refs/heads/main'),
    pushes: [
      await git('push', url, 'HEAD:refs/heads/evil'),
      await git('push', '--force', url, `HEAD:refs/heads/tributary/${run}/trunk`),
      await git('push', url, `HEAD:refs/tributary/evil/log`),
    ],
    writes: await Promise.all([
      refused(rest.git.createRef({ ...world.at, ref: 'refs/heads/evil', sha })),
      refused(rest.issues.createComment({ ...world.at, issue_number: pull, body: '/approve' })),
      refused(rest.checks.create({ ...world.at, name: 'mine', head_sha: sha })),
      refused(rest.actions.createWorkflowDispatch({ ...world.at, workflow_id: 'tributary.yml', ref: 'main' })),
      refused(rest.pulls.merge({ ...world.at, pull_number: pull })),
    ]),
    refs: world.git('for-each-ref', '--format=%(refname)', 'refs/heads/evil', 'refs/tributary/evil'),
    sha,
  }
}

describe('dataflow', () => {
  it('starts a task when its own needs have landed, not when the slow neighbour of its needs is done', async () => {
    const events = await world.events(run)
    const at = (type: 'task_started' | 'task_landed', task: string) => momentOf(events, type, task)
    expect(at('task_started', 'c')).toBeGreaterThanOrEqual(at('task_landed', 'a'))
    expect(at('task_started', 'c')).toBeLessThan(at('task_landed', 'b'))
    expect(at('task_landed', 'c')).toBeLessThan(at('task_landed', 'b'))
    expect(at('task_started', 'd')).toBeGreaterThanOrEqual(at('task_landed', 'b'))
  })

  it('leaves no slot idle while a task is ready: whatever frees one, the same entry of the journal starts the next', async () => {
    const entries = await entriesOf(world, run)
    expect(entries.map(idleThough).filter((idle) => idle !== null)).toEqual([])
    // The search must have had something to find: entries in which a slot becomes free and is given a task at once.
    const handed = entries.filter(({ events }) =>
      ['task_landed', 'task_started'].every((type) => events.some((event) => event.type === type)),
    )
    expect(handed.length).toBeGreaterThanOrEqual(3)
  })

  it('begins what comes next before the orchestrator has seen the result before it', async () => {
    const events = await world.events(run)
    const ahead = [...'fgh'].filter(
      (task) => logged(world, `${task}, attempt 1: begun on`) < momentOf(events, 'task_started', task),
    )
    expect(ahead.length).toBeGreaterThan(0)
  })

  it('has the same tree as if all had come in order', async () => {
    const seen = await agreement(world, run)
    expect(seen.trunkInGit).toBe(seen.trunkInJournal)
    expect(replay(await world.events(run))).toEqual(seen.state)
    expect(
      world
        .git('ls-tree', '-r', '--name-only', seen.trunkInGit)
        .split('\n')
        .filter((path) => path.endsWith('done.txt')),
    ).toEqual([...'abcdefgh'].map((task) => `${task}/done.txt`))
  })
})

describe("a slot's token", () => {
  it('can read', () => {
    expect(refusals.reads).toBe(`${refusals.sha}\trefs/heads/main\n`)
  })

  it('cannot push, to a branch of its own as little as to trunk or a journal', () => {
    for (const said of refusals.pushes)
      expect(said).toMatch(/Permission to somebody\/repository\.git denied to github-actions\[bot\]|403/)
    expect(refusals.refs).toBe('')
  })

  it('cannot write through the API', async () => {
    for (const said of refusals.writes) expect(said).toMatch(/^403: Resource not accessible by integration/)
    expect(
      (
        await world.admin.paginate(world.admin.rest.issues.listComments, { ...world.at, issue_number: Number(run) })
      ).map(({ body }) => body),
    ).not.toContain('/approve')
  })

  it('is worth nothing once its job has ended', async () => {
    await world.idle()
    // The hub writes down what it knows a moment later.
    await expect.poll(() => documentOf(world).jobTokens.filter(({ revoked }) => !revoked)).toEqual([])
  })
})
