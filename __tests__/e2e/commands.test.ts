import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { replay } from '../../src/core/run/evolve.ts'
import { nightly } from '../support/nightly.ts'
import { calm } from './support/calm.ts'
import { eyesOn, pushFiles, sayAsBot, sayThroughApp } from './support/people.ts'
import { branchesOf, expectFinished, statusOf } from './support/picture.ts'
import { issueWith } from './support/plan.ts'
import { eventsOf, type Person, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ files: { '.github/tributary.yml': calm() } })
})
afterAll(() => world.close())

const journalTip = (run: string) => world.git('rev-parse', `refs/tributary/${run}/log`)

describe('commands that do not start a plan', () => {
  let issue: number
  let pull: number
  let planId: string
  let tip: string
  beforeAll(async () => {
    issue = await world.openIssue(issueWith('a > b'))
    const planned = await world.plan(issue)
    pull = planned.pull
    planId = planned.planId.slice(0, 12)
    tip = journalTip(`${issue}`)
  })

  const refused: readonly [string, Person, (id: string) => string, string, RegExp][] = [
    [
      'an outsider',
      'outsider',
      (id) => `/approve ${id}`,
      'not-permitted',
      /has `read` permission here, and this command needs `write`/,
    ],
    ['a reader', 'reader', () => '/approve', 'not-permitted', /A person with `write` permission/],
    ['a stale plan id', 'writer', () => '/approve 0123456789ab', 'plan-outdated', /type `\/approve [0-9a-f]{12}`/],
    ['a typo', 'writer', (id) => `/aprove ${id}`, 'unknown-command', /Did you mean `\/approve`\?/],
    ['an unknown task', 'writer', (id) => `/approve ${id} --only a,c`, 'unknown-task', /`c`.*`a` and `b`/s],
    ['a task before the plan', 'writer', () => '/approve a', 'nothing-to-approve', /waits for an approval/],
    ['a second plan', 'writer', () => '/plan', 'run-is-live', /one run at a time/],
  ]

  it('answers each with eyes, a reason and what to type, and changes nothing', async () => {
    const said = await Promise.all(
      refused.map(async ([, person, words], index) => {
        const thread = index % 2 === 0 ? issue : pull
        const id = await world.comment(thread, words(planId), person)
        return { id, answer: await world.answer(thread, id) }
      }),
    )
    for (const [index, [name, , , reason, next]] of refused.entries()) {
      const { id, answer } = said[index] ?? { id: 0, answer: '' }
      expect(answer, name).toContain(`\`${reason}\``)
      expect(answer, name).toMatch(next)
      // People without permission cost one look-up and one answer.
      expect(await eyesOn(world, id), name).toEqual(reason === 'not-permitted' ? [] : ['github-actions[bot]'])
    }
    expect(journalTip(`${issue}`)).toBe(tip)
  })

  it('takes no approval from a bot that has the permission of an admin', async () => {
    const { id, answer } = await sayAsBot(world, pull, `/approve ${planId}`)
    expect(answer).toContain('`bots-may-not`')
    expect(await eyesOn(world, id)).toEqual([])
    expect(journalTip(`${issue}`)).toBe(tip)
  })

  it('takes no approval from an App that writes in the name of an admin', async () => {
    const { answer } = await sayThroughApp(world, pull, `/approve ${planId}`, 'some-app')
    expect(answer).toMatch(/`some-app`.*`app-may-not-approve`/s)
    expect(journalTip(`${issue}`)).toBe(tip)
  })

  const asked: readonly [string, (id: string) => string, string, RegExp][] = [
    ['a condition', (id) => `/approve ${id}\n\nbut not b`, 'words-not-read', /type `\/approve [0-9a-f]{12}` alone/],
    ['a thank you', () => '/skip b\nThanks!', 'words-not-read', /type `\/skip b` alone/],
    ['code', (id) => `\n\`/approve ${id}\``, 'not-plain-text', /Did you mean `\/approve [0-9a-f]{12}`\?/],
    ['bold words', () => ' **/plan**', 'not-plain-text', /Did you mean `\/plan`\?/],
  ]
  it.each(asked)('asks back where it is not plain what is meant: %s', async (_name, words, reason, question) => {
    const answer = await world.say(pull, words(planId), 'writer')
    expect(answer).toContain(`\`${reason}\``)
    expect(answer).toMatch(question)
    expect(journalTip(`${issue}`)).toBe(tip)
  })

  it('answers several in one second, each, and in their order', async () => {
    const said = ['/status', '/plan status', '/aprove', '/approve 0123456789ab', '/help']
    const ids: number[] = []
    for (const words of said) ids.push(await world.comment(issue, words, 'writer'))
    const answers = await Promise.all(ids.map((id) => world.answer(issue, id)))
    const codes = answers.map((answer) => /<sub>`([a-z-]+)`<\/sub>/.exec(answer)?.[1])
    expect(codes).toEqual(['status', 'plan-status', 'unknown-command', 'plan-outdated', 'help'])
    const bodies = (await world.comments(issue)).map(({ body }) => body ?? '')
    const places = answers.map((answer) => bodies.indexOf(answer))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  it('says why where the job that reads a command fails, once, and links its log', async () => {
    const settings = '/contents/'
    await world.fault({ kind: 'status', method: 'GET', route: settings, status: 418, message: 'A teapot', count: 1 })
    const answer = await world.say(issue, '/pause', 'writer')
    expect(answer).toMatch(/A teapot.*\/actions\/runs\/\d+.*`command-failed`/s)
    await world.idle()
    const failed = (await world.comments(issue)).filter(({ body }) => body?.includes('`command-failed`'))
    expect(failed).toHaveLength(1)
    expect(journalTip(`${issue}`)).toBe(tip)
  })

  it('leaves alone what is edited, quoted, fenced, or no command at all', async () => {
    await world.idle()
    const before = (await world.comments(pull)).length
    const silent = [
      `> /approve ${planId}`,
      `\`\`\`\n/approve ${planId}\n\`\`\``,
      `    /approve ${planId}`,
      `<!--\n/approve ${planId}\n-->`,
      '/usr/bin/env approve',
      `I would /approve ${planId}`,
    ]
    const edited = await world.comment(pull, 'Looks good', 'writer')
    await world.as('writer').rest.issues.updateComment({ ...world.at, comment_id: edited, body: `/approve ${planId}` })
    const ids = [edited, ...(await Promise.all(silent.map((body) => world.comment(pull, body, 'writer'))))]
    await world.idle()
    expect((await world.comments(pull)).length).toBe(before + ids.length)
    for (const id of ids) expect(await eyesOn(world, id)).toEqual([])
    expect(journalTip(`${issue}`)).toBe(tip)
  })

  it(
    'takes one of two bare approvals on issue and pull request, and says that the base moved elsewhere',
    nightly,
    async () => {
      await pushFiles(world, { 'docs/other.md': 'in nobody’s way' })
      const both = await Promise.all([world.say(issue, '/approve', 'writer'), world.say(pull, '/approve', 'writer')])
      const taken = both.filter((answer) => answer.includes('`approved-base-moved`'))
      expect(taken.map((answer) => answer.includes(world.git('rev-parse', '--short=7', 'main')))).toEqual([true])
      expect(both.filter((answer) => answer.includes('`already-done`'))).toHaveLength(1)
      const state = await world.ended(`${issue}`)
      expect(state.conclusion).toBe('success')
      expect(await world.say(pull, `/approve ${planId}`)).toContain('`run-ended`')
      const events = await world.events(`${issue}`)
      expect(eventsOf(events, 'plan_approved').map(({ by, only }) => [by, only])).toEqual([['writer', null]])
      expect(eventsOf(events, 'base_moved').map(({ stale, paths }) => [stale, paths])).toEqual([[false, []]])
      expect(eventsOf(events, 'task_landed').map(({ task }) => task)).toEqual(['a', 'b'])
      await expectFinished(world, `${issue}`, {
        title: 'Done',
        checks: { a: 'success', b: 'success' },
        pulls: { merged: ['a', 'b'], closed: [] },
      })
    },
  )
})

describe('a plan whose base has moved in its own paths', () => {
  it('is stale: nothing starts, and after /reject a second run is planned on the new base', async () => {
    const issue = await world.openIssue(issueWith('a > b', { a: { reads: ['lib/**'] } }))
    const { pull, planId } = await world.plan(issue)
    await pushFiles(world, { 'lib/used.txt': 'read by a' })
    const answer = await world.say(pull, `/approve ${planId.slice(0, 12)}`)
    expect(answer).toContain('`plan-stale`')
    expect(answer).toContain('`lib/used.txt`')
    expect(await world.say(pull, '/plan off')).toContain('`plan-stale`')
    expect((await world.state(`${issue}`))?.phase).toBe('proposed')
    expect(await world.say(issue, '/reject\n\nthe base moved:\n\n    twice', 'writer')).toContain('`rejected`')
    const rejected = await world.ended(`${issue}`)
    expect([rejected.conclusion, rejected.why]).toEqual(['rejected', 'the base moved:\n\n    twice'])
    expect(replay(await world.events(`${issue}`))).toEqual(rejected)
    expect((await statusOf(world, rejected)).body).toMatch(/## Rejected\n.*the base moved/s)
    expect((await world.admin.rest.pulls.get({ ...world.at, pull_number: pull })).data.state).toBe('closed')
    expect(branchesOf(world, `${issue}`)).toEqual([])

    expect(await world.say(issue, '/plan', 'writer')).toContain(`Run \`${issue}-2\` begins`)
    const second = await world.when(
      `${issue}-2`,
      'proposed',
      (state, work) => state.phase === 'proposed' && state.orchestrator === null && work,
    )
    expect(second.base).toBe(world.git('rev-parse', 'main'))
    expect(second.planId).not.toBe(planId)
    // The first run has ended for good: its pull request is no door into the second one.
    expect(await world.say(pull, '/approve')).toContain('`run-ended`')
    expect(await world.say(issue, `/approve ${planId.slice(0, 12)}`)).toContain('`plan-outdated`')
    expect(eventsOf(await world.events(`${issue}-2`), 'plan_approved')).toEqual([])
  })
})
