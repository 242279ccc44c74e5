import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/run/event.ts'
import { gate, held, json, tools } from '../../src/model-double/answer.ts'
import type { Say } from '../../src/model-double/script.ts'
import { nightly } from '../support/nightly.ts'
import { asksFor, create, honest, planned, plannedTask, startAgentWorld, usual } from './support/agents.ts'
import { calm } from './support/calm.ts'
import { marked } from './support/people.ts'
import { branchesOf, expectFinished, statusOf, threadOf } from './support/picture.ts'
import { promptsOf } from './support/prompts.ts'
import { expectInOrder, placeOf } from './support/steps.ts'
import { isAbout, of } from './support/topic.ts'
import { eventsOf, startsIn, type World } from './support/world.ts'

const SOFT = 'Please write three files, and begin before I have read the plan.'
const STRICT = 'Please write two files, and wait for me.'
const GROWING = 'Please write a file, and find out what else there is to do.'
const AGAIN = 'Please write one file, whichever way we agree on.'
const WISH = 'in one file only, and "nothing else" -- as agreed'

const softPlan = planned('a, b, a > c')
const strictPlan = planned('s, t')
const check = (...tasks: string[]) => ['sh', 'tools/check.sh', ...tasks]

/** Two parts are left open: the first stays within what the plan says, the second does not. */
const growingPlan = planned(
  'base > part > more',
  {
    part: { kind: 'plan', writes: ['part/**'], goal: 'Do what the first file asks for.' },
    more: { kind: 'plan', writes: ['more/**'], goal: 'Do what is left.' },
  },
  { verification: [{ argv: check('base') }, { argv: check('base', 'part') }] },
)
const partOf = (id: string, writes: string[], acceptance: string[]) => ({
  tasks: [plannedTask(id, [], [], { writes, acceptance })],
})
const within = partOf('part-1', ['part/*.txt'], check('base', 'part'))
const beyond = partOf('more-1', ['elsewhere/**'], check('part', 'elsewhere'))

const [written, based] = [gate(), gate()]
const heldBase: Say = async (request, turn) => {
  const answer = await honest(request, turn)
  return answer.kind === 'answer' ? held(answer, based.opened) : answer
}
const writes =
  (folder: string): Say =>
  ({ turns }, turn) =>
    turns === 0
      ? tools([create(`${folder}/done.txt`, `done in ${folder}\n`)])
      : tools([
          { name: 'finish', input: { ...nothing, outcome: 'done', did: `Wrote ${folder}/done.txt, turn ${turn.n}.` } },
        ])
const nothing = { interfaces: [], decisions: [], caveats: [], follow_ups: [] }

let stage: Awaited<ReturnType<typeof startAgentWorld>>
let world: World
const run = { soft: '', strict: '', growing: '', again: '' }
beforeAll(async () => {
  stage = await startAgentWorld(
    [
      { when: of(SOFT, 'design'), say: held(json(softPlan), written.opened, '"id":"c"') },
      { when: of(STRICT, 'design'), say: json(strictPlan) },
      { when: of(GROWING, 'design'), say: json(growingPlan), times: 1 },
      {
        when: (request) => of(GROWING, 'design')(request) && request.firstText.includes('The open task, part:'),
        say: json(within),
      },
      {
        when: (request) => of(GROWING, 'design')(request) && request.firstText.includes('The open task, more:'),
        say: json(beyond),
      },
      { when: of(GROWING, 'base'), say: heldBase },
      { when: of(GROWING, 'part-1'), say: writes('part') },
      { when: of(GROWING, 'more-1'), say: writes('elsewhere') },
      ...usual(planned('only', { only: { size: 'small' } })),
    ],
    { files: { '.github/tributary.yml': calm('mode: soft') } },
  )
  world = stage.world
  const asked = async (words: string, command: string) => {
    const issue = await world.openIssue(words)
    expect(await world.say(issue, command)).toContain('`plan-requested`')
    return `${issue}`
  }
  run.soft = await asked(SOFT, '/plan')
  run.growing = await asked(GROWING, '/plan --mode strict')
  run.strict = await asked(STRICT, '/plan --mode strict')
  run.again = await asked(AGAIN, '/plan --mode strict')
})
afterAll(() => stage.close())

const trunkOf = (of: string): string => `refs/heads/tributary/${of}/trunk`
const filesIn = (ref: string): string[] =>
  world
    .git('ls-tree', '-r', '--name-only', ref)
    .split('\n')
    .filter((path) => path.endsWith('/done.txt'))

/** The run's plan is before people, and its orchestrator has left. */
const proposed = (of: string, count = 1) =>
  world.until(`run ${of} to wait with its plan`, async () => {
    const state = await world.state(of)
    if (state === null || state.phase === 'empty' || state.orchestrator !== null) return null
    const ids = eventsOf(await world.events(of), 'plan_proposed').map(({ planId }) => planId)
    const pull = state.projected['pull:trunk']?.number ?? 0
    return ids.length >= count && { state, pull, id: ids.at(-1)?.slice(0, 12) ?? '' }
  })

const still = (of: string, what: string, isIt: (events: readonly RunEvent[]) => boolean) =>
  world.until(`run ${of} to stand still: ${what}`, async () => {
    const events = await world.events(of)
    const state = await world.state(of)
    return (
      state !== null && state.phase === 'active' && state.orchestrator === null && isIt(events) && { state, events }
    )
  })

describe('in `soft`, by the settings, a plan that nobody has approved', () => {
  it('has its tasks worked on and landed on their branches while it is being written', async () => {
    const state = await world.when(
      run.soft,
      'through with a and b',
      (now, { tasks }) => [tasks.a, tasks.b].every((task) => task?.state.status === 'landed') && now,
    )
    expect(state).toMatchObject({
      phase: 'active',
      work: { mode: 'soft', open: true, approved: [], trunk: { merges: [] } },
    })
    expect(eventsOf(await world.events(run.soft), 'plan_drafted')).toEqual([])
    for (const task of ['a', 'b'])
      expect(world.git('show', `refs/heads/tributary/${run.soft}/${task}:${task}/done.txt`)).toBe(`done by ${task}`)
    expect(filesIn(trunkOf(run.soft))).toEqual([])
    expect(await world.say(Number(run.soft), '/approve')).toContain('`plan-not-ready`')
    const standing = await world.say(Number(run.soft), '/plan status', 'reader')
    expect(standing).toContain('`plan-status`')
    expect(standing).toContain('- Design: **at work**: 2 tasks so far')
  })
  it('waits with all of its work done, and nothing of it in trunk', async () => {
    written.open()
    const { pull, id } = await proposed(run.soft)
    const { state, events } = await still(run.soft, 'all landed', (all) => eventsOf(all, 'task_landed').length === 3)
    expect(eventsOf(events, 'trunk_moved')).toEqual([])
    expect(eventsOf(events, 'verification_queued')).toEqual([])
    expect(branchesOf(world, run.soft)).toEqual(['a', 'b', 'c', 'trunk'])
    expect(filesIn(trunkOf(run.soft))).toEqual([])
    expect(world.git('rev-parse', trunkOf(run.soft))).toBe(state.work.trunk.start)
    const comment = await marked(world, pull, 'plan', run.soft)
    expect(comment).toContain('Slots work on it already; nothing lands before you approve it.')
    expect(comment?.split('\n')).toContain(`/approve ${id}`)
    const status = (await statusOf(world, state)).body ?? ''
    expect(status.split('\n')[1]).toMatch(/^## Waiting for approval/)
    expect(status).toContain(`\`/approve ${id}\` lets it land, 3 finished tasks at once`)
  })
  it('reaches trunk with the approval, with nothing done twice', async () => {
    const { pull, id } = await proposed(run.soft)
    expect(await world.say(pull, `/approve ${id}`)).toContain('`approved`')
    expect((await world.ended(run.soft)).conclusion).toBe('success')
    const events = await world.events(run.soft)
    expectInOrder([
      placeOf(events, 'plan_begun'),
      placeOf(events, 'task_started', 'a'),
      placeOf(events, 'task_landed', 'b'),
      placeOf(events, 'plan_proposed'),
      placeOf(events, 'plan_approved'),
      placeOf(events, 'trunk_moved', 'a'),
      placeOf(events, 'run_finished'),
    ])
    expect(
      startsIn(events)
        .map(({ task, attempt }) => `${task}/${attempt}`)
        .toSorted(),
    ).toEqual(['a/1', 'b/1', 'c/1'])
    expect(filesIn(trunkOf(run.soft))).toEqual(['a/done.txt', 'b/done.txt', 'c/done.txt'])
    await expectFinished(world, run.soft, {
      title: 'Done',
      checks: { a: 'success', b: 'success', c: 'success' },
      pulls: { merged: ['a', 'b', 'c'], closed: [] },
    })
  })
})

describe('a task that is left open', () => {
  it('is scoped while what it needs is at work', async () => {
    const { pull, id } = await proposed(run.growing)
    expect(await world.say(pull, `/approve ${id}`)).toContain('`approved`')
    const work = await world.when(run.growing, 'scoped', (_, now) => now.scopes.part !== undefined && now)
    expect(work.tasks.base?.state.status).toBe('in_progress')
    expect(work.tasks.part?.state.status).toBe('pending')
    expect(work.scopes.more).toBeUndefined()
    based.open()
  })
  it('becomes tasks when that has landed, which go on unasked within what was approved', async () => {
    const { events } = await still(run.growing, 'for an approval', (all) => eventsOf(all, 'plan_amended').length === 2)
    const [first] = eventsOf(events, 'plan_amended')
    expect(first).toMatchObject({ cause: 'expand', of: 'part', within: true })
    expect(first?.plan.tasks.map(({ id }) => id)).toEqual(['base', 'part', 'part-1', 'more'])
    expectInOrder([
      placeOf(events, 'task_started', 'base'),
      placeOf(events, 'task_scoped', 'part'),
      placeOf(events, 'task_landed', 'base'),
      placeOf(events, 'plan_amended'),
      placeOf(events, 'task_started', 'part-1'),
      placeOf(events, 'task_landed', 'part-1'),
    ])
    expect(eventsOf(events, 'plan_approved')).toHaveLength(1)
    const told = promptsOf(stage.model, (request) => request.firstText.includes('The open task, part:'))
    expect(told).toHaveLength(1)
    expect(told[0]?.firstText).toContain('Wrote base/done.txt.')
  })
  it('waits for an approval where its tasks go beyond what was approved, and says so', async () => {
    const { state, events } = await still(
      run.growing,
      'for an approval',
      (all) => eventsOf(all, 'plan_amended').length === 2,
    )
    const last = eventsOf(events, 'plan_amended').at(-1)
    expect(last).toMatchObject({ cause: 'expand', of: 'more', within: false })
    expect(eventsOf(events, 'task_queued').map(({ task }) => task)).toEqual(['base', 'part-1'])
    expect(state.work.approved).toEqual(['base', 'part', 'part-1', 'more'])
    const status = (await statusOf(world, state)).body ?? ''
    expect(status.split('\n')[1]).toMatch(/^## Waiting for a person/)
    expect(status).toContain('The plan grew beyond what was approved')
    expect(status).toContain('**beyond what was approved: nothing of it starts before an approval**')
    expect(status).toContain(`/approve ${last?.planId.slice(0, 12)}`)
  })
  it('goes on with an approval of the plan as it is now, and not of what it was', async () => {
    const { state, events } = await still(
      run.growing,
      'for an approval',
      (all) => eventsOf(all, 'plan_amended').length === 2,
    )
    const [before] = eventsOf(events, 'plan_proposed')
    const now = eventsOf(events, 'plan_amended').at(-1)?.planId.slice(0, 12)
    expect(await world.say(threadOf(state), `/approve ${before?.planId.slice(0, 12)}`)).toContain('`plan-outdated`')
    expect(await world.say(threadOf(state), `/approve ${now}`)).toContain('`approved`')
    expect((await world.ended(run.growing)).conclusion).toBe('success')
    expect(filesIn(trunkOf(run.growing))).toEqual(['base/done.txt', 'elsewhere/done.txt', 'part/done.txt'])
    const after = await world.events(run.growing)
    expect(eventsOf(after, 'plan_approved').map(({ planId }) => planId.slice(0, 12))).toEqual([
      before?.planId.slice(0, 12),
      now,
    ])
  })
})

describe('in `strict`, by the command, though the settings say `soft`, a plan', () => {
  it('starts nothing, and `/plan status` says what it waits for', async () => {
    const { state, pull, id } = await proposed(run.strict)
    expect(state).toMatchObject({ phase: 'proposed', planning: { mode: 'strict' } })
    expect(eventsOf(await world.events(run.strict), 'task_queued')).toEqual([])
    const standing = await world.say(pull, '/plan status', 'reader')
    expect(standing).toContain('**Waiting for approval.** The plan has 2 tasks. No task starts before')
    expect(standing).toContain(`/approve ${id}`)
  })
  it('starts with `/plan off`, of somebody who may approve it, and is asked about no more', async () => {
    const { pull } = await proposed(run.strict)
    expect(await world.say(pull, '/plan off', 'reader')).toContain('`not-permitted`')
    expect((await world.state(run.strict))?.phase).toBe('proposed')
    expect(await world.say(pull, '/plan off')).toContain('`gate-off`')
    expect((await world.ended(run.strict)).conclusion).toBe('success')
    const events = await world.events(run.strict)
    expect(eventsOf(events, 'gate_switched_off').map(({ by }) => by)).toEqual(['admin'])
    expect(eventsOf(events, 'plan_approved')).toEqual([])
    expect(placeOf(events, 'gate_switched_off')).toBeLessThan(placeOf(events, 'task_queued', 's'))
    expect(filesIn(trunkOf(run.strict))).toEqual(['s/done.txt', 't/done.txt'])
  })
})

describe('a plan that was rejected', () => {
  it('is made again by `/plan -- words`, as another run with these words and a plan of its own', nightly, async () => {
    const issue = Number(run.again)
    const { pull, id } = await proposed(run.again)
    expect(await world.say(pull, '/reject -- two files are one too many')).toContain('`rejected`')
    expect((await world.ended(run.again)).conclusion).toBe('rejected')
    expect(await world.say(issue, `/plan --mode strict -- ${WISH}`)).toContain('`plan-requested`')
    const next = await proposed(`${issue}-2`)
    expect(next.pull).not.toBe(pull)
    expect(next.state).toMatchObject({ run: `${issue}-2`, words: WISH, phase: 'proposed' })
    const asked = promptsOf(stage.model, (request) => asksFor('tasks')(request) && isAbout(request, AGAIN))
    expect(asked.map(({ firstText }) => firstText.includes(WISH))).toEqual([false, true])
    expect(await world.say(pull, `/approve ${id}`)).toContain('`run-ended`')
    expect(world.git('rev-parse', trunkOf(`${issue}-2`))).toBe(
      next.state.phase === 'proposed' && next.state.work.trunk.tip,
    )
    expect((await world.state(run.again))?.phase).toBe('ended')
  })
})

it('asked the model for nothing that a model could not have said', () => {
  expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
})
