import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/run/event.ts'
import { replay } from '../../src/core/run/evolve.ts'
import { recordOf } from '../../src/core/run/lookup.ts'
import { workOf } from '../../src/core/run/state.ts'
import { gate, held, json } from '../../src/model-double/answer.ts'
import type { ParsedRequest } from '../../src/model-double/request.ts'
import type { Say } from '../../src/model-double/script.ts'
import { nightly } from '../support/nightly.ts'
import {
  asksFor,
  create,
  edit,
  finish,
  honest,
  planned,
  plannedTask,
  startAgentWorld,
  usual,
  whenTask,
} from './support/agents.ts'
import { calm } from './support/calm.ts'
import { expectFinished, statusOf } from './support/picture.ts'
import { promptsOf } from './support/prompts.ts'
import { expectInOrder, placeOf, still } from './support/steps.ts'
import { calls, talksOf } from './support/talk.ts'
import { eventsOf, lossesIn, startsIn, type World } from './support/world.ts'

/** Accepts one word and no other, and says what it has found: `node tools/word.mjs FILE`. */
const WORD = `
import { existsSync, readFileSync } from 'node:fs'
const [path] = process.argv.slice(2)
const found = existsSync(path) ? readFileSync(path, 'utf8').trim() : 'nothing'
if (found !== 'right') { console.error('not the word: ' + found); process.exit(1) }
console.log('the word is there')
`
const word = (path: string): string[] => ['node', 'tools/word.mjs', path]
const check = (...ids: string[]): string[] => ['sh', 'tools/check.sh', ...ids]
const { kind: _, ...partTask } = plannedTask('part', [], [], {})
const part = (id: string, writes: string, argv: string[], needs: string[] = []) => ({
  ...partTask,
  id,
  needs,
  kind: 'code',
  title: `Part ${id}`,
  writes: [writes],
  acceptance: { argv, expect: '' },
})

const CLIMB = 'Please find the right word.'
const climb = planned(
  'mends > after > last, other > later',
  {
    mends: { acceptance: word('mends/word.txt') },
    after: { acceptance: check('after') },
    last: { acceptance: check('last') },
  },
  {
    title: 'A word that is hard to find',
    verification: [
      { argv: check('mends/deep') },
      { argv: check('last', 'other', 'later') },
      { argv: word('mends/word.txt') },
    ],
  },
)
const climbAnew = {
  diagnosis: 'The word needs its own ground first.',
  keep: ['last'],
  tasks: [
    part('ground', 'mends/deep/**', check('mends/deep')),
    part('word', 'mends/word.txt', word('mends/word.txt'), ['ground']),
  ],
}

const BEYOND = 'Please paint the door.'
const beyond = planned(
  'door > sign, wall',
  { door: { model_tier: 'strong' }, sign: { acceptance: check('sign') } },
  { title: 'A door', verification: [{ argv: check('sign', 'wall') }] },
)
const beyondAnew = {
  diagnosis: 'The door hangs on a frame that nobody may touch.',
  keep: ['sign'],
  tasks: [part('frame', 'frame/**', check('frame'))],
}

const STUCK = 'Please do what cannot be guessed.'
const stuck = planned(
  'stuck > behind, beside',
  { stuck: { acceptance: word('stuck/word.txt') }, behind: { acceptance: check('behind') } },
  { title: 'A riddle', verification: [{ argv: check('behind', 'beside') }] },
)

/** Of three attempts with three rounds each, no two of which fail in the same words. */
const GUESSES = [
  ['red', 'green', 'blue'],
  ['oak', 'ash', 'elm'],
  ['iron', 'tin', 'lead'],
]
const attemptsBefore = ({ firstText }: ParsedRequest): number => firstText.match(/^Attempt [0-9]+: /gm)?.length ?? 0

const guesses: Say = (request) => {
  const words = GUESSES[attemptsBefore(request)] ?? []
  const round = Math.floor(request.turns / 2)
  const guess = words[round] ?? 'none'
  if (request.turns % 2 === 1) return finish(`Wrote ${guess}.`)
  return calls(
    round === 0 ? create('mends/word.txt', `${guess}\n`) : edit('mends/word.txt', words[round - 1] ?? 'none', guess),
  )
}
const always =
  (path: string, text: string): Say =>
  ({ turns }) =>
    turns === 0 ? calls(create(path, text)) : finish(`Wrote ${path}.`)
const refuses: Say = (request) =>
  finish(attemptsBefore(request) === 0 ? 'No paint sticks to it.' : 'The hinges are in the way.', 'cannot')
const needsHelp: Say = (request, turn) =>
  request.firstText.includes('The word is right.')
    ? always('stuck/word.txt', 'right\n')(request, turn)
    : always('stuck/word.txt', 'wrong\n')(request, turn)

const isDesign = asksFor('tasks')
const isReplan = asksFor('diagnosis')
const isOf =
  (words: string, isIt: (request: ParsedRequest) => boolean) =>
  (request: ParsedRequest): boolean =>
    isIt(request) && request.firstText.includes(words)

/** The worker of another task is in the middle of its work as long as this is shut. */
const door = gate()
let stage: Awaited<ReturnType<typeof startAgentWorld>>
let world: World
beforeAll(async () => {
  stage = await startAgentWorld(
    [
      { when: isOf(CLIMB, isReplan), say: json(climbAnew) },
      { when: isOf(BEYOND, isReplan), say: json(beyondAnew) },
      { when: isOf(BEYOND, isDesign), say: json(beyond) },
      { when: isOf(STUCK, isDesign), say: json(stuck) },
      whenTask('mends', guesses),
      whenTask('mends-ground', always('mends/deep/done.txt', 'the ground\n')),
      whenTask('mends-word', always('mends/word.txt', 'right\n')),
      {
        ...whenTask('other', async (request, turn) => {
          const answer = await honest(request, turn)
          return answer.kind === 'answer' && request.turns === 0 ? held(answer, door.opened) : answer
        }),
      },
      whenTask('door', refuses),
      whenTask('door-frame', always('frame/done.txt', 'a frame\n')),
      whenTask('stuck', needsHelp),
      ...usual(climb),
    ],
    { files: { 'tools/word.mjs': WORD, '.github/tributary.yml': calm() } },
  )
  world = stage.world
})
afterAll(() => stage.close())

const ofTask = (events: readonly RunEvent[], task: string) => {
  const seen: readonly RunEvent[] = [...startsIn(events), ...lossesIn(events)]
  return events
    .filter((event) => 'task' in event && event.task === task)
    .filter((event) => !['task_started', 'task_returned'].includes(event.type) || seen.includes(event))
    .map(({ type }) => type)
}
const refsOf = (run: string, ...tasks: string[]) =>
  tasks.map((task) =>
    world.git('for-each-ref', '--format=%(objectname) %(refname)', `refs/heads/tributary/${run}/${task}`),
  )
const modelsOf = (task: string) => talksOf(stage.model, task).map(([first]) => first?.model)
const replansOf = (words: string) => promptsOf(stage.model, isOf(words, isReplan))

async function statusText(run: string): Promise<string> {
  const state = await world.state(run)
  if (state === null || state.phase === 'empty') throw new Error(`there is no run ${run}`)
  return (await statusOf(world, state)).body ?? ''
}

/** The run as its journal had it before an event, and after. */
function around(events: readonly RunEvent[], place: number) {
  const [before, after] = [workOf(replay(events.slice(0, place))), workOf(replay(events.slice(0, place + 1)))]
  if (before === null || after === null) throw new Error('there is no plan')
  return { before, after }
}

let climbs = ''
let riddle = ''

async function begin(words: string, mode: string): Promise<string> {
  const issue = await world.openIssue(words)
  await world.say(issue, `/plan --mode ${mode}`)
  return `${issue}`
}

it('two runs begin side by side', async () => {
  climbs = await begin(CLIMB, 'off')
  riddle = await begin(STUCK, 'off')
})

describe('a task whose work is never accepted', () => {
  let events: RunEvent[] = []

  it('comes to be planned again while another one is in the middle of its work', async () => {
    await world.when(climbs, 'in its third attempt', (_, work) => recordOf(work, 'mends').attempts.length === 3)
    const before = refsOf(climbs, 'other', 'later')
    const amended = await world.when(climbs, 'planned again', (_, work) => work.amendments.length > 0 && work)
    expect(recordOf(amended, 'other').state.status).toBe('in_progress')
    expect(refsOf(climbs, 'other', 'later')).toEqual(before)
    door.open()
    expect((await world.ended(climbs)).conclusion).toBe('success')
    events = await world.events(climbs)
  })
  it('goes back twice in each attempt, with the output and the difference', () => {
    const talks = talksOf(stage.model, 'mends')
    expect(talks.map((talk) => talk.length)).toEqual([6, 6, 6])
    const [second, third] = [talks[0]?.[2]?.lastText ?? '', talks[0]?.[4]?.lastText ?? '']
    for (const told of ['not the word: red', '+red', 'It is checked 2 more times at most.'])
      expect(second).toContain(told)
    for (const told of ['not the word: green', '+green', 'It is checked once more.']) expect(third).toContain(told)
  })
  it('is begun afresh with a digest of what was tried, and then by a stronger model', () => {
    const [first, second, third] = talksOf(stage.model, 'mends').map(([opening]) => opening?.firstText ?? '')
    expect(modelsOf('mends')).toEqual(['claude-sonnet-5-5', 'claude-sonnet-5-5', 'claude-opus-5-5'])
    expect(first).not.toContain('# Earlier attempts')
    for (const told of [
      '# Earlier attempts at this task',
      'Attempt 1: ',
      'not the word: blue',
      'What attempt 1 had changed',
      '+blue',
    ])
      expect(second).toContain(told)
    for (const told of ['Attempt 1: ', 'not the word: blue', 'Attempt 2: ', 'not the word: elm', '+elm'])
      expect(third).toContain(told)
    expect(third).not.toContain('+blue')
    expect(
      eventsOf(events, 'task_failed').map(({ task, attempt, final, replan }) => ({ task, attempt, final, replan })),
    ).toEqual([
      { task: 'mends', attempt: 1, final: false },
      { task: 'mends', attempt: 2, final: false },
      { task: 'mends', attempt: 3, final: true, replan: true },
    ])
  })
  it('is then planned again by the model of plans, which hears all that failed', () => {
    const [asked, ...more] = replansOf(CLIMB)
    expect(more).toEqual([])
    expect(asked?.model).toBe('claude-opus-5-5')
    for (const told of ['not the word: blue', 'not the word: elm', 'not the word: lead', '+++ mends/word.txt\nlead'])
      expect(asked?.firstText).toContain(told)
  })
  it('takes with it those that waited for it and no others: they are not touched', () => {
    const [amended, ...more] = eventsOf(events, 'plan_amended')
    expect(more).toEqual([])
    expect(amended).toMatchObject({ cause: 'replan', of: 'mends', within: true })
    expect(amended?.plan.tasks.map(({ id, needs }) => [id, needs])).toEqual([
      ['mends-ground', []],
      ['mends-word', ['mends-ground']],
      ['last', ['mends-word']],
      ['other', []],
      ['later', ['other']],
    ])
    const { before, after } = around(events, placeOf(events, 'plan_amended'))
    expect(after.amendments).toMatchObject([{ added: ['mends-ground', 'mends-word'], removed: ['mends', 'after'] }])
    for (const id of ['other', 'later']) {
      expect(recordOf(after, id)).toEqual(recordOf(before, id))
      expect(ofTask(events, id)).toEqual(['task_queued', 'task_started', 'task_verified', 'task_landed', 'trunk_moved'])
    }
    expect(recordOf(before, 'other').state).toMatchObject({ status: 'in_progress', attempt: 1 })
    expect(ofTask(events, 'after')).toEqual([])
  })
  it('is done by those that came in its place, and the run ends well', async () => {
    await expectFinished(world, climbs, {
      title: 'Done',
      checks: {
        'mends-ground': 'success',
        'mends-word': 'success',
        last: 'success',
        other: 'success',
        later: 'success',
      },
      pulls: { merged: ['last', 'later', 'mends-ground', 'mends-word', 'other'], closed: ['mends'] },
    })
    const trunk = `refs/heads/tributary/${climbs}/trunk`
    expect(world.git('show', `${trunk}:mends/word.txt`)).toBe('right')
    expect(world.git('diff', '--name-only', 'main', trunk).split('\n')).toEqual([
      'last/done.txt',
      'later/done.txt',
      'mends/deep/done.txt',
      'mends/word.txt',
      'other/done.txt',
    ])
    const state = await world.state(climbs)
    const pull = state?.phase === 'ended' ? (state.projected['pull:trunk']?.number ?? 0) : 0
    const { data } = await world.admin.rest.pulls.get({ ...world.at, pull_number: pull })
    for (const text of [data.body ?? '', await statusText(climbs)])
      expect(text).toContain(
        '- `mends` failed for good (with it went `after`), and this part was planned again: `mends-ground`, `mends-word`; within the paths and commands of the plan',
      )
  })
})

describe('a task that fails twice in the same way', () => {
  it('is tried no more, and the run waits for a person with the words to type', async () => {
    const { work } = await still(world, riddle, 'waiting for a person')
    expect(recordOf(work, 'stuck')).toMatchObject({
      state: { status: 'failed' },
      failures: 2,
      replans: 0,
      replanWanted: false,
    })
    expect(recordOf(work, 'beside').state.status).toBe('landed')
    expect(recordOf(work, 'behind').attempts).toEqual([])
    const talks = talksOf(stage.model, 'stuck')
    expect(talks.map((talk) => talk.length)).toEqual([3, 3])
    expect(modelsOf('stuck')).toEqual(['claude-sonnet-5-5', 'claude-sonnet-5-5'])
    expect(replansOf(STUCK)).toEqual([])
    const status = await statusText(riddle)
    expect(status).toContain('`/retry stuck -- note` retries `stuck`; `/skip stuck` goes on without it.')
    expect(status).toContain(`Its work is kept on \`tributary/${riddle}/stuck\`.`)
    expect(world.git('show', `refs/heads/tributary/${riddle}/stuck:stuck/word.txt`)).toBe('wrong')
  })
  it('goes on with what that person knows', async () => {
    expect(await world.say(Number(riddle), '/retry stuck -- The word is right.')).toContain('`retrying`')
    expect((await world.ended(riddle)).conclusion).toBe('success')
    await expectFinished(world, riddle, {
      title: 'Done',
      checks: { stuck: 'success', behind: 'success', beside: 'success' },
      pulls: { merged: ['behind', 'beside', 'stuck'], closed: [] },
    })
    const last = talksOf(stage.model, 'stuck').at(-1)?.[0]?.firstText ?? ''
    expect(last).toContain('# What people said of this task')
    expect(last).toContain('The word is right.')
    expect(startsIn(await world.events(riddle)).filter(({ task }) => task === 'beside')).toHaveLength(1)
  })
})

describe('in `strict`, a new part that goes beyond what was approved', nightly, () => {
  let painted = ''
  let doorPlan = ''
  let next = ''

  it('waits for an approval of its own, and what was approved does not', async () => {
    painted = await begin(BEYOND, 'strict')
    const { planId } = await world.when(painted, 'proposed', (state, proposed) =>
      state.phase === 'proposed' && state.orchestrator === null ? proposed : undefined,
    )
    doorPlan = planId.slice(0, 12)
    expect(await world.say(Number(painted), `/approve ${doorPlan}`)).toContain('`approved`')
    const { work } = await still(world, painted, 'waiting for an approval')
    next = work.planId.slice(0, 12)
    expect(next).not.toBe(doorPlan)
    expect(work.amendments).toMatchObject([{ of: 'door', added: ['door-frame'], within: false }])
    expect(recordOf(work, 'door-frame')).toMatchObject({ state: { status: 'pending' }, attempts: [] })
    expect(recordOf(work, 'wall').state.status).toBe('landed')
    const status = await statusText(painted)
    expect(status).toContain('**beyond what was approved: nothing of it starts before an approval**')
    expect(status).toContain(`\`/approve ${next}\` approves the rest too: \`door-frame\`.`)
    expect(modelsOf('door')).toEqual(['claude-opus-5-5', 'claude-opus-5-5'])
  })
  it('does not take the approval of the plan before it', async () => {
    const stale = await world.say(Number(painted), `/approve ${doorPlan}`)
    expect(stale).toContain('`plan-outdated`')
    expect(stale).toContain(`/approve ${next}`)
    expect(ofTask(await world.events(painted), 'door-frame')).toEqual([])
  })
  it('goes on with its own, to the end', async () => {
    expect(await world.say(Number(painted), `/approve ${next}`)).toContain('`approved`')
    expect((await world.ended(painted)).conclusion).toBe('success')
    const events = await world.events(painted)
    expectInOrder([
      placeOf(events, 'plan_amended'),
      events.findLastIndex(({ type }) => type === 'plan_approved'),
      placeOf(events, 'task_queued', 'door-frame'),
      placeOf(events, 'task_queued', 'sign'),
    ])
    await expectFinished(world, painted, {
      title: 'Done',
      checks: { 'door-frame': 'success', sign: 'success', wall: 'success' },
      pulls: { merged: ['door-frame', 'sign', 'wall'], closed: ['door'] },
    })
    expect(world.git('show', `refs/heads/tributary/${painted}/trunk:frame/done.txt`)).toBe('a frame')
  })
})

it('asked the model for nothing that a model could not have said', () => {
  expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
})
