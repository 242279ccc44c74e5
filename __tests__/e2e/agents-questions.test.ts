import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/run/event.ts'
import { replay } from '../../src/core/run/evolve.ts'
import { json } from '../../src/model-double/answer.ts'
import type { ParsedRequest } from '../../src/model-double/request.ts'
import { inTurn } from '../../src/model-double/script.ts'
import { nightly } from '../support/nightly.ts'
import { asksFor, planned, startAgentWorld, usual } from './support/agents.ts'
import { calm } from './support/calm.ts'
import { marked } from './support/people.ts'
import { expectFinished, statusOf } from './support/picture.ts'
import { promptsOf } from './support/prompts.ts'
import { eventsOf, type World } from './support/world.ts'

const SECOND = 'Please think of a plan that nobody wants.'
const OWN_WORDS = 'only the *plain* format, "as it is" -- nothing else'
const WISH = 'do without b, and let d wait for nobody'

const questions = [
  { id: 'x', question: 'Which store is meant?', options: ['Memory', 'A file on disk'], default: 'Memory' },
  { id: 'y', question: 'Which formats?', options: ['All', 'JSON'], default: 'All' },
]
const asking = planned('a', {}, { questions })
const first = planned('a > c, b', {}, { title: 'The first plan', approach: 'Each by itself.' })
const second = planned('a > c, d', {}, { title: 'The second plan', approach: 'With d in place of b.' })
const unwanted = planned('x > y', {}, { title: 'A plan that nobody wants' })

const isDesign = asksFor('tasks')
const isOf =
  (words: string) =>
  ({ firstText }: ParsedRequest): boolean =>
    firstText.includes(words)

let stage: Awaited<ReturnType<typeof startAgentWorld>>
let world: World
beforeAll(async () => {
  stage = await startAgentWorld(
    [
      { when: (request) => isDesign(request) && isOf(SECOND)(request), say: json(unwanted) },
      { when: isDesign, say: inTurn(json(asking), json(first), json(second)) },
      ...usual(second),
    ],
    { files: { '.github/tributary.yml': calm() } },
  )
  world = stage.world
})
afterAll(() => stage.close())

const designs = () => promptsOf(stage.model, (request) => isDesign(request) && !isOf(SECOND)(request))

/** The run waits for a person: the orchestrator has left, and the planner has nothing to do. */
const waits = (run: string, what: string, isIt: (events: readonly RunEvent[]) => boolean) =>
  world.until(`run ${run} to wait: ${what}`, async () => {
    const events = await world.events(run)
    const state = replay(events)
    return state.phase !== 'empty' && state.orchestrator === null && isIt(events) && { state, events }
  })

const proposals = (events: readonly RunEvent[]) => eventsOf(events, 'plan_proposed')

describe('a plan that depends on answers', () => {
  let issue = 0
  let pull = 0
  let ids: string[] = []

  it('is not written before its numbered questions are answered', async () => {
    issue = await world.openIssue('Please keep what is computed.')
    expect(await world.say(issue, '/plan')).toContain('`plan-requested`')
    const { state, events } = await waits(
      `${issue}`,
      'for answers',
      (all) => eventsOf(all, 'questions_asked').length > 0,
    )
    expect(state.phase).toBe('requested')
    expect(events.findLast(({ type }) => type.startsWith('orchestrator_'))).toMatchObject({
      type: 'orchestrator_left',
      why: 'waiting',
    })
    const [asked] = eventsOf(events, 'questions_asked')
    expect(asked?.questions.map(({ question, options }) => [question, options])).toEqual(
      questions.map(({ question, options }) => [question, options]),
    )
    expect(eventsOf(events, 'plan_drafted')).toEqual([])
    const comment = await marked(world, issue, 'questions', `${issue}`)
    expect(comment).toContain('## 2 questions before the plan')
    for (const line of ['**1.** Which store is meant?', '- `1a` Memory **(default)**', '- `1b` A file on disk'])
      expect(comment?.split('\n')).toContain(line)
    expect(comment).toContain('/answer 1a 2a')
    expect(await world.say(issue, '/approve')).toContain('`plan-not-ready`')
  })

  it('refuses a letter that stands for nothing with those that do, and changes nothing', async () => {
    const before = (await world.events(`${issue}`)).length
    const refusal = await world.say(issue, '/answer 9z')
    expect(refusal).toContain('`bad-answer`')
    expect(refusal).toContain('There is no question 9; there are 2.')
    for (const words of ['1a: Memory', '1b: A file on disk', '2a: All', '2b: JSON']) expect(refusal).toContain(words)
    expect(await world.say(issue, '/answer 1z')).toContain('Question 1 has no option')
    expect(await world.say(issue, '/answer 1b', 'outsider')).toContain('`not-permitted`')
    expect(await world.events(`${issue}`)).toHaveLength(before)
  })

  it('is written with the answers, word for word', async () => {
    expect(await world.say(issue, `/answer 1b\n2: ${OWN_WORDS}`)).toContain('`answered`')
    const { state, events } = await waits(`${issue}`, 'with a plan', (all) => proposals(all).length === 1)
    expect(eventsOf(events, 'questions_answered').flatMap(({ answers }) => answers)).toEqual([
      { question: 'q1', chosen: 'b', words: 'A file on disk', by: 'admin' },
      { question: 'q2', chosen: null, words: OWN_WORDS, by: 'admin' },
    ])
    expect(designs()).toHaveLength(2)
    expect(designs()[0]?.firstText).not.toContain(OWN_WORDS)
    expect(designs()[1]?.firstText).toMatch(
      /Which store is meant\?\n<[^>]*>\n\n<trusted what="words of admin"[^>]*>\nA file on disk\n/,
    )
    expect(designs()[1]?.firstText).toContain(`">\n${OWN_WORDS}\n</trusted`)
    expect(designs()[1]?.firstText).toContain('You may not ask')
    expect(await marked(world, issue, 'questions', `${issue}`)).toContain('All are answered.')
    pull = state.projected['pull:trunk']?.number ?? 0
    ids = proposals(events).map(({ planId }) => planId)
    const comment = await marked(world, pull, 'plan', `${issue}`)
    expect(comment).toContain('## Plan: The first plan')
    expect(comment).toContain(`\n/approve ${ids[0]?.slice(0, 12)}\n`)
    expect(eventsOf(events, 'task_queued')).toEqual([])
  })

  it('is written again with what a person wants changed, and the difference is shown', async () => {
    expect(await world.say(pull, `/revise -- ${WISH}`)).toContain('`revising`')
    const { state, events } = await waits(`${issue}`, 'with version 2', (all) => proposals(all).length === 2)
    ids = proposals(events).map(({ planId }) => planId)
    expect(new Set(ids).size).toBe(2)
    expect(state).toMatchObject({ phase: 'proposed', work: { version: 2 } })
    expect(designs()[2]?.firstText).toContain(WISH)
    expect(designs()[2]?.firstText).toContain('Each by itself.')
    expect(designs()[2]?.firstText).toContain(`">\n${OWN_WORDS}\n</trusted`)
    const comment = await marked(world, pull, 'plan', `${issue}`)
    expect(comment).toContain(`What is different from version 1 (plan <code>${ids[0]?.slice(0, 12)}</code>)`)
    for (const line of [
      /^- Title changed from “The first plan” to “The second plan”$/m,
      /^- Approach changed from “Each by itself\.” to “With d in place of b\.”$/m,
      /^- Added: `d`/m,
      /^- Left out: `b`/m,
    ])
      expect(comment).toMatch(line)
    expect(comment?.split('\n')).toContain(`/approve ${ids[1]?.slice(0, 12)}`)
  })

  it('starts with the approval of its last version only, and comes to its end by agents', async () => {
    const stale = await world.say(pull, `/approve ${ids[0]?.slice(0, 12)}`)
    expect(stale).toContain('`plan-outdated`')
    expect(stale).toContain(`/approve ${ids[1]?.slice(0, 12)}`)
    expect((await world.state(`${issue}`))?.phase).toBe('proposed')
    expect(await world.say(pull, `/approve ${ids[1]?.slice(0, 12)}`)).toContain('`approved`')
    expect((await world.ended(`${issue}`)).conclusion).toBe('success')
    await expectFinished(world, `${issue}`, {
      title: 'Done',
      checks: { a: 'success', c: 'success', d: 'success' },
      pulls: { merged: ['a', 'c', 'd'], closed: [] },
    })
    const trunk = `refs/heads/tributary/${issue}/trunk`
    for (const task of ['a', 'c', 'd']) expect(world.git('show', `${trunk}:${task}/done.txt`)).toBe(`done by ${task}`)
    expect(world.git('ls-tree', '--name-only', trunk).split('\n')).not.toContain('b')
  })

  it('is told of in the words of the synthesis, with what it cost everywhere', async () => {
    const run = `${issue}`
    const { data } = await world.admin.rest.pulls.get({ ...world.at, pull_number: pull })
    expect(data.title).toBe('All of it is done')
    expect(data.body).toContain(`Closes #${issue}`)
    expect(data.body).toContain('One change, made by several.')
    expect(data.draft).toBe(false)
    const state = await world.state(run)
    if (state?.phase !== 'ended' || state.work === null) throw new Error('it has not ended')
    const spent = Object.values(state.ledger.spent).flat()
    expect(spent.every(({ usd }) => usd > 0)).toBe(true)
    const roles = ['explore', 'plan', 'critique', 'work', 'synthesis']
    expect([...new Set(spent.map(({ role }) => role))].toSorted()).toEqual(roles.toSorted())
    const status = (await statusOf(world, state)).body ?? ''
    for (const text of [status, data.body ?? '']) {
      for (const role of roles) expect(text).toMatch(new RegExp(`^\\| ${role}, \`claude-[a-z0-9-]+\` \\|.*USD`, 'm'))
      expect(text).toMatch(/<summary>Money: .* spent, .* left of 10(\.00)? USD<\/summary>/)
    }
    for (const head of state.work.trunk.merges.map((merge) => merge.head)) {
      const { data: found } = await world.admin.rest.checks.listForRef({ ...world.at, ref: head })
      expect(found.check_runs.map(({ output }) => `${output.summary}${output.text}`).join()).toMatch(
        /- Cost: [0-9.]+ USD, 2 calls of `claude-sonnet-5-5`/,
      )
    }
  })
})

describe('a plan that nobody wants', nightly, () => {
  it('says where it stands, and ends with the reason of whoever rejects it', async () => {
    const issue = await world.openIssue(SECOND)
    const run = `${issue}`
    await world.say(issue, '/plan')
    const { state, events } = await waits(run, 'with a plan', (all) => proposals(all).length === 1)
    const pull = state.projected['pull:trunk']?.number ?? 0
    const standing = await world.say(issue, '/plan status', 'reader')
    expect(standing).toContain('`plan-status`')
    expect(standing).toContain(`/approve ${proposals(events)[0]?.planId.slice(0, 12)}`)
    expect(standing).toMatch(/Money: .* spent/)
    expect(standing).toContain(`#${pull}`)
    expect(await world.events(run)).toHaveLength(events.length)
    expect(await world.say(pull, '/reject -- it is too large for us')).toContain('`rejected`')
    expect((await world.ended(run)).conclusion).toBe('rejected')
    const after = await world.events(run)
    expect(eventsOf(after, 'plan_rejected').map(({ why, by }) => ({ why, by }))).toEqual([
      { why: 'it is too large for us', by: 'admin' },
    ])
    expect(eventsOf(after, 'task_queued')).toEqual([])
    expect((await world.admin.rest.pulls.get({ ...world.at, pull_number: pull })).data.state).toBe('closed')
    expect(await world.say(issue, '/approve')).toContain('`run-ended`')
    expect(await world.say(issue, '/plan status')).toContain('too large for us')
  })
})

it('asked the model for nothing that a model could not have said', () => {
  expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
})
