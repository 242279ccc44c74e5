import { describe, expect, it } from 'vitest'
import { openForge } from '../../../src/adapters/github/forge.ts'
import { UnknownOutcome } from '../../../src/adapters/github/http-error.ts'
import type { Projection } from '../../../src/ports/forge.ts'
import { aCheck, aComment, aPull, locatedOf } from '../../contract/forge.contract.ts'
import { hubStage } from './stage.ts'

const graphql = { route: '^/api/graphql$', method: 'POST' }
const okays = (answers: readonly { ok: boolean }[]) => answers.map(({ ok }) => ok)

const checksOf = (sha: string, count: number): Projection[] =>
  Array.from({ length: count }, (_, index) =>
    aCheck(sha, { name: `check:t${index}`, label: `t${index}`, externalId: `1/t${index}/1` }),
  )

describe('in as few requests as can be', () => {
  it('shows twenty checks with one request, and asks for the repository once', async () => {
    const { forge, sha, checks, requests } = await hubStage()
    const made = await forge.publish(checksOf(sha, 20), false)
    expect(await requests()).toEqual({ 'POST /api/graphql': 2 })
    expect(await checks(sha)).toHaveLength(20)
    await requests()
    await forge.publish(
      checksOf(sha, 20).map((check, index) => ({ ...check, located: locatedOf(made[index]) }) as Projection),
      false,
    )
    expect(await requests()).toEqual({ 'POST /api/graphql': 1 })
  })

  it('asks once for all that writing takes, and for no id that it was told', async () => {
    const { place, issue, requests } = await hubStage()
    const forge = openForge({ ...place, threads: [issue] })
    await requests()
    expect([await forge.tokenMinutes(), await forge.defaultBranch()]).toEqual([null, 'main'])
    expect(await requests()).toEqual({ 'POST /api/graphql': 1 })
    const { number, node } = locatedOf((await forge.publish([aPull()], false))[0])
    const onPull = { name: 'on the pull request', marker: '<!-- x -->', threadNode: node }
    expect(okays(await forge.publish([aComment(issue), aComment(number, onPull)], false))).toEqual([true, true])
    expect(await requests()).toEqual({ 'POST /api/graphql': 2 })
  })

  it('splits what one request could not do in time', async () => {
    const { forge, sha, requests } = await hubStage()
    expect(okays(await forge.publish(checksOf(sha, 41), false))).toEqual(Array(41).fill(true))
    expect(await requests()).toEqual({ 'POST /api/graphql': 4 })
  })
})

describe('when the answer gets lost', () => {
  it('makes nothing twice: what was made is found', async () => {
    const { forge, fault, sha, issue, checks, comments, pulls, clock } = await hubStage()
    await forge.publish([aComment(issue, { name: 'warm', marker: '<!-- warm -->' })], false)
    await fault({ kind: 'status-after', status: 502, ...graphql })
    const answers = await forge.publish([...checksOf(sha, 3), aComment(issue), aPull()], false)
    expect(okays(answers)).toEqual([true, true, true, true, true])
    expect(await checks(sha)).toHaveLength(3)
    expect(await comments(issue)).toHaveLength(2)
    expect(await pulls()).toMatchObject([{ number: locatedOf(answers[4]).number }])
    expect(clock.waits).toEqual([2])
  })

  it('makes what was not made', async () => {
    const { forge, fault, sha, issue, checks, comments, pulls } = await hubStage()
    await forge.publish([aComment(issue, { name: 'warm', marker: '<!-- warm -->' })], false)
    await fault({ kind: 'status', status: 500, ...graphql })
    expect(okays(await forge.publish([aCheck(sha), aComment(issue), aPull()], false))).toEqual([true, true, true])
    expect([(await checks(sha)).length, (await comments(issue)).length, (await pulls()).length]).toEqual([1, 2, 1])
  })

  it('changes again what may not have been changed', async () => {
    const { forge, fault, sha, checks } = await hubStage()
    const located = locatedOf((await forge.publish([aCheck(sha)], false))[0])
    await fault({ kind: 'status', status: 500, ...graphql })
    await forge.publish([aCheck(sha, { located, title: 'Second' })], false)
    await fault({ kind: 'status-after', status: 500, ...graphql })
    await forge.publish([aCheck(sha, { located, title: 'Third' })], false)
    expect(await checks(sha)).toMatchObject([{ title: 'Third' }])
  })

  it('is told as an unknown outcome where it never comes', async () => {
    const { forge, fault, sha, checks } = await hubStage()
    await forge.publish([aCheck(sha, { label: 'warm' })], false)
    await fault({ kind: 'status', status: 500, count: 50, ...graphql })
    await expect(forge.publish([aCheck(sha)], false)).rejects.toThrow(UnknownOutcome)
    expect(await checks(sha)).toHaveLength(1)
  })
})

it('waits as long as a limit asks, then goes on', async () => {
  const { forge, fault, sha, checks, clock } = await hubStage()
  await fault({ kind: 'status', status: 429, count: 2, headers: { 'retry-after': '11' }, ...graphql })
  expect(okays(await forge.publish([aCheck(sha)], false))).toEqual([true])
  expect(clock.waits).toEqual([11, 11])
  expect(await checks(sha)).toHaveLength(1)
})

it('sends less at once if a request is too much for GitHub, and shows everything once', async () => {
  const { forge, fault, sha, checks, requests } = await hubStage()
  await forge.publish([aCheck(sha, { label: 'warm', externalId: 'warm' })], false)
  await fault({ kind: 'graphql-limit', type: 'RESOURCE_LIMITS_EXCEEDED', most: 6, count: 50 })
  await requests()
  expect(okays(await forge.publish(checksOf(sha, 20), false))).toEqual(Array(20).fill(true))
  expect(await checks(sha)).toHaveLength(21)
  const { 'POST /api/graphql': sent = 0 } = await requests()
  expect(sent).toBeLessThanOrEqual(8)
})

it.each(['RATE_LIMIT', 'RATE_LIMITED'])(
  'says until when a limit of GraphQL lasts that comes with status 200, and waits for it no more than work does: %s',
  async (type) => {
    const { forge, fault, sha, checks, clock } = await hubStage()
    await forge.publish([aCheck(sha, { label: 'first' })], false)
    await fault({ kind: 'graphql-limit', type, headers: { 'retry-after': '11' } })
    const until = new Date(clock.now().getTime() + 11_000)
    for (let time = 0; time < 2; time += 1)
      expect(await forge.publish([aCheck(sha)], false)).toMatchObject([
        { ok: false, reason: 'limited', limit: { of: 'requests', until } },
      ])
    expect(clock.waits).toEqual([])
    await clock.wait(11)
    expect(await forge.publish([aCheck(sha)], false)).toMatchObject([{ ok: true }])
    expect(await checks(sha)).toHaveLength(2)
  },
)

describe('a locked thread', () => {
  it('refuses reactions, replies and comments with its words, and nothing is thrown', async () => {
    const { forge, as, hub, issue, comment } = await hubStage()
    const id = await comment(issue, '/plan')
    await as('admin').issues.lock({ owner: hub.owner, repo: hub.repo, issue_number: issue })
    const message = 'Unable to create comment because issue is locked.'
    expect(await forge.react(id, 'eyes')).toMatchObject({ ok: false, message: expect.stringContaining(message) })
    expect(await forge.reply(issue, '7', 'Yes.', true)).toMatchObject({ ok: false })
    expect(await forge.publish([aComment(issue)], false)).toMatchObject([{ ok: false, reason: 'not-permitted' }])
    await as('admin').issues.unlock({ owner: hub.owner, repo: hub.repo, issue_number: issue })
    expect(await forge.reply(issue, '7', 'Yes.', true)).toEqual({ ok: true })
  })
})

it('finds a repository that was renamed by its old name, also to write to it', async () => {
  const { forge, hub, as, issue, sha, checks } = await hubStage()
  const headers = { authorization: `token ${hub.tokens.admin}` }
  await fetch(`${hub.url}/_hub/rename`, { method: 'POST', body: JSON.stringify({ name: 'renamed' }), headers })
  expect(await forge.role('writer')).toBe('write')
  expect(await forge.reply(issue, '7', 'Yes.', false)).toEqual({ ok: true })
  expect(okays(await forge.publish([aCheck(sha)], true))).toEqual([true])
  expect((await forge.dispatch({ role: 'work', run: '1', request: 'r2', slots: '[]' })).workflowRun).not.toBeNull()
  const { data } = await as('writer').issues.listComments({ owner: hub.owner, repo: 'renamed', issue_number: issue })
  expect([data.length, (await checks(sha)).length]).toEqual([1, 1])
})

it('dispatches on the default branch that there is now, and knows a renamed branch by its old name', async () => {
  const { forge, hub, as } = await hubStage()
  expect(await forge.defaultBranch()).toBe('main')
  await as('admin').repos.renameBranch({ owner: hub.owner, repo: hub.repo, branch: 'main', new_name: 'trunk' })
  expect(await forge.branchNow('main')).toBe('trunk')
  expect(await forge.branchNow('nowhere')).toBeNull()
  expect((await forge.dispatch({ role: 'work', run: '1', request: 'r3', slots: '[]' })).workflowRun).not.toBeNull()
})

it('reads what bots said on a thread lately with one request', async () => {
  const { forge, issue, comment, requests } = await hubStage()
  await comment(issue, 'By a person')
  await forge.reply(issue, '7', 'Yes.', true)
  await requests()
  const hour = new Date(Date.now() - 3_600_000)
  expect(await forge.botComments(issue, hour)).toEqual(['<!-- tributary:reply:7 -->\nYes.'])
  expect(await forge.botComments(issue, new Date(Date.now() + 60_000))).toEqual([])
  expect(await requests()).toEqual({ 'POST /api/graphql': 2 })
})

describe('pull requests', () => {
  it('that Actions may not open are told apart', async () => {
    const { forge, sha } = await hubStage({ allowActionsToCreatePulls: false })
    const [pull, check] = await forge.publish([aPull(), aCheck(sha)], false)
    expect(pull).toMatchObject({
      ok: false,
      reason: 'not-permitted',
      message: expect.stringContaining('not permitted'),
    })
    expect(check).toMatchObject({ ok: true })
  })

  it('are ordinary ones where there are no drafts', async () => {
    const { forge, pulls } = await hubStage({ draftPulls: false })
    expect(okays(await forge.publish([aPull()], false))).toEqual([true])
    expect(await pulls()).toMatchObject([{ draft: false }])
  })

  it('that somebody opened by hand are taken up', async () => {
    const { forge, as, hub, pulls } = await hubStage()
    const { head, base } = aPull()
    const by = { owner: hub.owner, repo: hub.repo, head, base, title: 'By hand' }
    const { number } = (await as('writer').pulls.create(by)).data
    expect(await forge.publish([aPull()], false)).toMatchObject([{ ok: true, located: { number } }])
    expect(await pulls()).toHaveLength(1)
  })
})

it('says what the token may not do', async () => {
  const { allowed, issue, sha } = await hubStage()
  const answers = await allowed({ contents: 'read' }).publish([aCheck(sha), aComment(issue), aPull()], false)
  expect(answers.map((answer) => (answer.ok ? 'ok' : answer.reason))).toEqual(Array(3).fill('not-permitted'))
})

it('finds its own comment behind a hundred others', async () => {
  const { forge, another, as, hub, issue, comments } = await hubStage()
  const others = async (count: number) => {
    const by = { owner: hub.owner, repo: hub.repo, issue_number: issue }
    for (let n = 0; n < count; n += 1) await as('writer').issues.createComment({ ...by, body: `Comment ${n}` })
  }
  await others(105)
  const [made] = await forge.publish([aComment(issue)], false)
  await forge.reply(issue, '5', 'Yes.', true)
  await others(3)
  expect(await another().publish([aComment(issue, { body: 'Newer' })], true)).toEqual([made])
  await another().reply(issue, '5', 'Yes.', false)
  expect((await comments(issue)).filter(({ ours }) => ours)).toHaveLength(2)
})

it('tells its own hand also from the short form of an App', async () => {
  const { place, issue, comments } = await hubStage()
  await openForge(place).publish([aComment(issue)], false)
  await openForge({ ...place, self: 'github-actions' }).publish([aComment(issue, { body: 'Newer' })], true)
  await openForge({ ...place, self: 'somebody-else' }).publish([aComment(issue, { body: 'Theirs' })], true)
  expect((await comments(issue)).map(({ body }) => body.split('\n')[1])).toEqual(['Newer', 'Theirs'])
})

it('sends what people wrote as data, whatever it looks like', async () => {
  const { forge, issue, comments } = await hubStage()
  const body = 'a "quote" } { $i0 \\ `x` $' + '{y} \n# heading'
  await forge.publish([aComment(issue, { body })], false)
  expect((await comments(issue))[0]?.body).toBe(`<!-- tributary:plan:1 -->\n${body}`)
})
