import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { statusOf as standingOf } from '../../src/core/run/lookup.ts'
import { calm } from './support/calm.ts'
import { planned, still } from './support/steps.ts'
import { eventsOf, type Person, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ files: { '.github/tributary.yml': calm('merge: review') } })
})
afterAll(() => world.close())

type Verdict = 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT'
type Line = { path: string; line: number; body: string }

async function review(pull: number, person: Person, event: Verdict, body = '', comments: Line[] = [], commit?: string) {
  const { data } = await world
    .as(person)
    .rest.pulls.createReview({
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

    const by = await review(pull, 'outsider', 'APPROVE')
    expect(await answerTo(pull, by)).toBeNull()
    const lines = [
      { path: 'a/done.txt', line: 1, body: 'say please' },
      { path: 'a/done.txt', line: 1, body: 'and thanks' },
    ]
    const sent = await review(pull, 'writer', 'REQUEST_CHANGES', 'Not polite enough.', lines)
    const answer = await answerTo(pull, sent)
    expect(answer).toMatchObject({ inThread: true })
    expect(answer?.body).toContain('`retrying`: Attempt 2 of `a` gets the text of this review and 2 comments on lines')

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
    expect((await answerTo(pull, old))?.body).toContain('`work-newer-than-review`: ')
    const approved = await review(pull, 'writer', 'APPROVE')
    expect((await answerTo(pull, approved))?.body).toContain('`landing-approved`: ')
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
})
