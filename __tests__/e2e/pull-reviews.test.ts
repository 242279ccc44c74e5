import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statusOf as standingOf } from '../../src/core/run/lookup.ts'
import { tempDir } from '../support/git.ts'
import { nightly } from '../support/nightly.ts'
import { calm } from './support/calm.ts'
import { pushFiles } from './support/people.ts'
import { issueWith } from './support/plan.ts'
import { planned, still } from './support/steps.ts'
import { eventsOf, type Person, startWorld, type World } from './support/world.ts'

const scratch = mkdtempSync(join(tmpdir(), 'tributary-reviews-'))
const TRACE = join(scratch, 'trace')
/** Whatever installs the packages of this repository leaves a trace. */
const postinstall = `node -e "require('fs').writeFileSync('${TRACE}', 'ran')"`

let world: World
beforeAll(async () => {
  const manifest = JSON.stringify({ name: 'trap', version: '1.0.0', scripts: { postinstall } })
  world = await startWorld({ files: { '.github/tributary.yml': calm('merge: review'), 'package.json': manifest } })
})
afterAll(async () => {
  await world.close()
  rmSync(scratch, { recursive: true, force: true })
})

type Verdict = 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT'
type Line = { path: string; line: number; body: string }

async function review(pull: number, person: Person, event: Verdict, body = '', comments: Line[] = [], commit?: string) {
  const { data } = await world.as(person).rest.pulls.createReview({
    ...world.at,
    pull_number: pull,
    event,
    body,
    comments,
    ...(commit && { commit_id: commit }),
  })
  await world.idle()
  return data.id
}

/** What was answered to a review, in its first thread or on the pull request. */
async function answerTo(pull: number, id: number): Promise<{ body: string; inThread: boolean } | null> {
  const on = { ...world.at, pull_number: pull }
  const inThreads = (await world.admin.rest.pulls.listReviewComments(on)).data
  const all = [
    ...inThreads.map(({ body }) => ({ body, inThread: true })),
    ...(await world.comments(pull)).map(({ body }) => ({ body: body ?? '', inThread: false })),
  ]
  const found = all.filter(({ body }) => body.startsWith(`<!-- tributary:reply:review:${id} -->`))
  expect(found.length).toBeLessThan(2)
  return found[0] ?? null
}

const THREADS = `query($owner: String!, $name: String!, $number: Int!) { repository(owner: $owner, name: $name) {
  pullRequest(number: $number) { reviewThreads(first: 10) { nodes { isResolved path originalLine resolvedBy { login } } } } } }`
const threadsOf = async (pull: number) => {
  const { owner, repo: name } = world.at
  const answer: { repository: { pullRequest: { reviewThreads: { nodes: object[] } } } } = await world.admin.graphql(
    THREADS,
    { owner, name, number: pull },
  )
  return answer.repository.pullRequest.reviewThreads.nodes
}

/** Who is asked for a review of a pull request. */
const askedOn = async (pull_number: number) =>
  (await world.admin.rest.pulls.listRequestedReviewers({ ...world.at, pull_number })).data.users.map(
    ({ login }) => login,
  )

/** How the jobs of the workflow runs of an event ended, by job. */
async function jobsOf(event: 'pull_request_review' | 'workflow_dispatch') {
  const runs = (await world.admin.rest.actions.listWorkflowRunsForRepo({ ...world.at, event })).data.workflow_runs
  const jobs = await Promise.all(
    runs.map(
      async ({ id }) => (await world.admin.rest.actions.listJobsForWorkflowRun({ ...world.at, run_id: id })).data.jobs,
    ),
  )
  return jobs.flat().filter(({ conclusion }) => conclusion !== 'skipped')
}

describe('reviews of a worker pull request', () => {
  it('request another attempt with their words and line comments, and land the work that they approve', async () => {
    const { run, pull: final, id } = await planned(world, 'a > b')
    await world.say(final, `/approve ${id}`)
    const first = await still(world, run, 'waiting for a review')
    const pull = first.state.projected['pull:a']?.number ?? 0
    const head = world.git('rev-parse', `tributary/${run}/a`)
    expect(await askedOn(pull)).toEqual([first.state.askedBy])

    const by = await review(pull, 'outsider', 'APPROVE')
    expect(await answerTo(pull, by)).toBeNull()
    const lines = [
      { path: 'a/done.txt', line: 1, body: 'say please' },
      { path: 'a/done.txt', line: 1, body: 'and thanks' },
    ]
    const sent = await review(pull, 'writer', 'REQUEST_CHANGES', 'Not polite enough.', lines)
    const answer = await answerTo(pull, sent)
    expect(answer).toMatchObject({ inThread: true })
    expect(answer?.body).toContain('Attempt 2 of `a` gets the text of this review and 2 comments on lines')

    const second = await still(world, run, 'waiting for the second review')
    const done = world.git('show', `tributary/${run}/a:a/done.txt`)
    expect(done).toContain('Not polite enough.\n\na/done.txt:1: say please\n\na/done.txt:1: and thanks')
    expect(await threadsOf(pull)).toEqual(
      lines.map(({ path, line }) => ({
        isResolved: true,
        path,
        originalLine: line,
        resolvedBy: { login: 'github-actions[bot]' },
      })),
    )
    expect(second.state.projected['pull:a']?.number).toBe(pull)

    const old = await review(pull, 'writer', 'APPROVE', '', [], head)
    expect((await answerTo(pull, old))?.body).toContain('<sub>`work-newer-than-review`</sub>')
    const approved = await review(pull, 'writer', 'APPROVE')
    expect((await answerTo(pull, approved))?.body).toContain('<sub>`landing-approved`</sub>')
    const third = await still(world, run, 'waiting for the review of b')
    expect([standingOf(third.work, 'a'), standingOf(third.work, 'b')]).toEqual(['landed', 'verified'])
    await review(third.state.projected['pull:b']?.number ?? 0, 'admin', 'APPROVE')
    expect((await world.ended(run)).conclusion).toBe('success')
    const landed = eventsOf(await world.events(run), 'task_landed')
    expect(landed.map(({ task, by }) => [task, by])).toEqual([
      ['a', 'writer'],
      ['b', 'admin'],
    ])
  })

  it('run the job `command` alone, which checks nothing out; all else runs on the default branch', async () => {
    const reviewed = await jobsOf('pull_request_review')
    expect([...new Set(reviewed.map(({ name }) => name))]).toEqual(['command'])
    const steps = reviewed.flatMap(({ steps }) => steps ?? []).map(({ name }) => name)
    expect(steps.filter((name) => /checkout/i.test(name))).toEqual([])
    const orchestrators = (await jobsOf('workflow_dispatch')).filter(({ name }) => name === 'orchestrate')
    expect(orchestrators.length).toBeGreaterThan(0)
    expect(new Set(orchestrators.map(({ head_branch }) => head_branch))).toEqual(new Set(['main']))
  })

  it('never run what stands on the branch: its `postinstall` has left no trace, and would have', async () => {
    expect(existsSync(TRACE)).toBe(false)
    const folder = tempDir()
    // The hub answers from this process, which must not stand still meanwhile.
    const run = promisify(execFile)
    await run('git', ['clone', '-q', world.gitDir, folder])
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund'], { cwd: folder })
    expect(existsSync(TRACE)).toBe(true)
  })
})

describe('a pull request in conflict, of which GitHub sends no event', () => {
  it('gets what its review asks for at the next wake-up', async () => {
    const { run, pull: final, id } = await planned(world, 'm')
    await world.say(final, `/approve ${id}`)
    const { state } = await still(world, run, 'waiting for a review')
    const pull = state.projected['pull:m']?.number ?? 0
    await pushFiles(world, { 'm/done.txt': 'by hand' }, 'writer', `tributary/${run}/trunk`)
    const before = (await jobsOf('pull_request_review')).length
    const sent = await review(pull, 'writer', 'REQUEST_CHANGES', 'By hand is fine.')
    expect((await jobsOf('pull_request_review')).length).toBe(before)
    expect(standingOf((await still(world, run, 'as it was')).work, 'm')).toBe('verified')
    await world.say(final, '/status')
    expect((await answerTo(pull, sent))?.body).toContain('Attempt 2 of `m` gets the text of this review')
    expect(eventsOf(await world.events(run), 'task_retried')).toMatchObject([{ task: 'm', by: 'writer' }])
  })
})

describe('a pull request event from elsewhere', () => {
  /** Delivers the event of a review of pull request 1 of this run as GitHub would, but for `change`. */
  const deliver = async (change: { ref?: string; repo?: object }) => {
    const { run, pull: final, id } = await planned(world, 'f')
    await world.say(final, `/approve ${id}`)
    const { state } = await still(world, run, 'waiting for a review')
    const number = state.projected['pull:f']?.number ?? 0
    const { data: pull } = await world.admin.rest.pulls.get({ ...world.at, pull_number: number })
    const head = { ...pull.head, ...(change.ref && { ref: change.ref }), ...(change.repo && { repo: change.repo }) }
    const user = (await world.as('writer').rest.users.getAuthenticated()).data
    const submitted = {
      id: 9_999,
      user,
      state: 'approved',
      body: null,
      commit_id: pull.head.sha,
      submitted_at: new Date().toISOString(),
    }
    const payload = {
      action: 'submitted',
      review: submitted,
      pull_request: { ...pull, head },
      sender: user,
      repository: pull.base.repo,
    }
    const before = (await jobsOf('pull_request_review')).length
    const ids = await world.hub.runner.deliver({ name: 'pull_request_review', payload, actor: 'writer' })
    await world.idle()
    expect(ids).toHaveLength(1)
    expect((await jobsOf('pull_request_review')).length).toBe(before)
    expect(standingOf((await still(world, run, 'as it was')).work, 'f')).toBe('verified')
    return run
  }

  it('of a fork runs no job, whatever its branch is called, and lands nothing', async () => {
    await deliver({ repo: { id: 5, name: 'repository', full_name: 'mallory/repository' } })
  })

  it('of another branch of the repository runs no job', nightly, async () => {
    await deliver({ ref: 'topic' })
  })
})

describe('the final pull request', () => {
  it('gets a task behind each that wrote the lines, which waits for its own approval', async () => {
    const file = 'shared/notes.txt'
    const step = (words: string) => ({
      writes: ['shared/**'],
      run: ['sh', '-c', words],
      acceptance: ['test', '-s', file],
    })
    const steps = {
      g: step(`mkdir -p shared; echo done >> ${file}`),
      k: step(`echo done >> ${file}`),
      l: step(`echo done >> ${file}`),
    }
    const { run, pull: final, id } = await planned(world, 'g > k > l', steps, [['test', '-s', file]])
    await world.say(final, `/approve ${id}`)
    for (const task of ['g', 'k', 'l']) {
      const { state } = await still(world, run, `waiting for the review of ${task}`)
      await review(state.projected[`pull:${task}`]?.number ?? 0, 'admin', 'APPROVE')
    }
    expect((await world.ended(run)).conclusion).toBe('success')
    const sent = await review(final, 'writer', 'REQUEST_CHANGES', 'One more thing.', [
      { path: file, line: 1, body: 'say when' },
      { path: file, line: 2, body: 'say who' },
    ])
    const answer = (await answerTo(final, sent))?.body ?? ''
    expect(answer).toContain('`g-review-1`, `k-review-1` are added to the plan for this review.')
    const asked = await still(world, run, 'waiting for the approval of the new tasks')
    expect(asked.work.plan.tasks.find((task) => task.id === 'k-review-1')?.goal).toContain(`${file}:2: say who`)
    expect(standingOf(asked.work, 'g-review-1')).toBe('pending')
    const [, line = ''] = /(\/approve [0-9a-f]{12})/.exec(answer) ?? []
    expect(await world.say(final, line, 'writer')).toContain('<sub>`approved`</sub>')
    const again = await still(world, run, 'waiting for the review of the first new task')
    expect(standingOf(again.work, 'g-review-1')).toBe('verified')
    expect(await threadsOf(final)).toMatchObject([{ isResolved: true }, { isResolved: false }])
  })
})

describe('the final pull request with `auto_merge`', () => {
  it('is merged at the head that a person approved, and the run knows of it without an event', async () => {
    await pushFiles(world, { '.github/tributary.yml': calm('auto_merge: squash') })
    await world.control('settings', { allowAutoMerge: true })
    const { run, pull: final, id } = await planned(world, 'h')
    await world.say(final, `/approve ${id}`)
    expect((await world.ended(run)).conclusion).toBe('success')
    expect(await askedOn(final)).toEqual(['admin'])
    await review(final, 'outsider', 'APPROVE')
    const { data: open } = await world.admin.rest.pulls.get({ ...world.at, pull_number: final })
    expect(open.state).toBe('open')
    await review(final, 'writer', 'APPROVE')
    const { data: merged } = await world.admin.rest.pulls.get({ ...world.at, pull_number: final })
    expect(merged).toMatchObject({ merged: true, merged_by: { login: 'github-actions[bot]' } })
    expect(await world.state(run)).toMatchObject({ phase: 'ended', conclusion: 'merged', head: open.head.sha })
    expect(world.git('branch', '--list', `tributary/${run}/*`)).toBe('')
    const said = (await world.comments(final)).map(({ body }) => body ?? '')
    expect(said.filter((body) => body.includes('<sub>`auto-merged`</sub>'))).toHaveLength(1)
  })
})

describe('a plan', () => {
  const requested = async (issue: number) =>
    world.when(`${issue}`, 'proposed', (state) => state.phase === 'proposed' && state)

  it('is asked for by the label that the settings name, and by the form of the workflow', async () => {
    await pushFiles(world, { '.github/tributary.yml': calm('label: tributary plan') })
    const [labelled, form] = [await world.openIssue(issueWith('a')), await world.openIssue(issueWith('a'))]
    const on = { ...world.at, issue_number: labelled }
    await world.as('writer').rest.issues.addLabels({ ...on, labels: ['tributary other', 'bug'] })
    await world.idle()
    expect(await world.state(`${labelled}`)).toBeNull()
    await world.as('writer').rest.issues.addLabels({ ...on, labels: ['tributary plan'] })
    expect((await requested(labelled)).askedBy).toBe('writer')
    const dispatch = { ...world.at, workflow_id: 'tributary.yml', ref: 'main', inputs: { issue: `${form}` } }
    await world.as('writer').rest.actions.createWorkflowDispatch(dispatch)
    expect((await requested(form)).askedBy).toBe('writer')
  })

  it('is made for another branch with --base, by the settings of the default branch', async () => {
    world.git('branch', 'release', 'main')
    const issue = await world.openIssue(issueWith('a'))
    expect(await world.say(issue, '/plan --base nowhere')).toContain('There is no branch')
    await world.comment(issue, '/plan --base release')
    const { work } = await world.when(`${issue}`, 'proposed', (state) => state.phase === 'proposed' && state)
    expect(work.baseBranch).toBe('release')
  })
})
