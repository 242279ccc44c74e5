import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/run/event.ts'
import { recordOf } from '../../src/core/run/lookup.ts'
import { gate, held, json } from '../../src/model-double/answer.ts'
import type { ParsedRequest } from '../../src/model-double/request.ts'
import { asksFor, create, finish, planned, startAgentWorld, usual, whenTask } from './support/agents.ts'
import { calm } from './support/calm.ts'
import { checksOf, expectFinished, statusOf, threadOf } from './support/picture.ts'
import { promptsOf } from './support/prompts.ts'
import { expectInOrder, placeOf } from './support/steps.ts'
import { calls, talksOf } from './support/talk.ts'
import { eventsOf, type World } from './support/world.ts'

/** Runs a program of the change, which throws if it calls what is not there. */
const runsWell = (path: string): string[] => ['node', path]
const exporting = (name: string) => `export const ${name} = (path, fallback = '') => path || fallback\n`

const MISMATCH = 'Please print what a file holds.'
const mismatch = planned(
  'disk > print',
  {
    disk: { interface: '`load(path)`, exported by disk/disk.mjs', acceptance: runsWell('disk/disk.mjs') },
    print: { context: 'disk/disk.mjs exports load(path).', acceptance: runsWell('print/print.mjs') },
  },
  { verification: [{ argv: runsWell('print/print.mjs') }] },
)
const CHANGE = 'disk/disk.mjs exports `readText(path, fallback)` and no `load`: import that one.'

const BACK = 'Please make a table of rows.'
const back = planned(
  'table > page, beside',
  {
    table: { interface: '`rows(text)`, exported by table/table.mjs', acceptance: runsWell('table/table.mjs') },
    page: { acceptance: runsWell('page/page.mjs') },
  },
  { verification: [{ argv: runsWell('page/page.mjs') }, { argv: ['sh', 'tools/check.sh', 'beside'] }] },
)
const FINDING = 'table/table.mjs: export it as `rows`, which page is written against, and handle an empty text.'

/** Writes one file, and hands off what that exports. */
const writes =
  (path: string, text: string, ...interfaces: string[]) =>
  ({ turns }: ParsedRequest) =>
    turns === 0 ? calls(create(path, text)) : finish(`Wrote ${path}.`, 'done', interfaces)

/** Calls what its brief says that `disk` exports, as it was changed last. */
function print(request: ParsedRequest) {
  const told = [...request.firstText.matchAll(/disk\/disk\.mjs exports `?(\w+)\(/g)].at(-1)?.[1] ?? 'nothing'
  const text = `import { ${told} } from '../disk/disk.mjs'\nconsole.log(${told}('a', 'b'))\n`
  return writes('print/print.mjs', text)(request)
}

/** As promised only after it was told. */
const table = (request: ParsedRequest) =>
  request.firstText.includes(FINDING)
    ? writes('table/table.mjs', exporting('rows'), 'rows(text)')(request)
    : writes('table/table.mjs', exporting('cells'), 'cells(text)')(request)

const isReview = asksFor('briefs')
const reviewOf = (task: string) => (request: ParsedRequest) =>
  isReview(request) && request.firstText.includes(`# The task: ${task} `)

/** The reviewer of `table` thinks until the door is opened, and the worker of `beside` waits until it does. */
const door = gate()
const thinking = gate()
let stage: Awaited<ReturnType<typeof startAgentWorld>>
let world: World
beforeAll(async () => {
  const accepts = { findings: [], verdict: 'accept', briefs: [{ task: 'print', words: CHANGE }] }
  const sendsBack = { findings: [FINDING], verdict: 'send_back', briefs: [] }
  stage = await startAgentWorld(
    [
      { when: reviewOf('disk'), say: json(accepts) },
      { when: reviewOf('table'), say: held(json(sendsBack), door.opened) },
      {
        when: (request) => asksFor('tasks')(request) && request.firstText.includes(BACK),
        say: json(back),
      },
      whenTask('disk', writes('disk/disk.mjs', exporting('readText'), 'readText(path, fallback) in disk/disk.mjs')),
      whenTask('print', print),
      whenTask('table', table),
      whenTask('beside', (request) => {
        const wrote = writes('beside/done.txt', 'done by beside\n')(request)
        return request.turns === 0 ? held(wrote, thinking.opened) : wrote
      }),
      whenTask('page', writes('page/page.mjs', "import { rows } from '../table/table.mjs'\nconsole.log(rows('a'))\n")),
      ...usual(mismatch),
    ],
    { files: { '.github/tributary.yml': calm() } },
  )
  world = stage.world
})
afterAll(() => stage.close())

const begin = async (words: string): Promise<string> => {
  const issue = await world.openIssue(words)
  await world.say(issue, '/plan --mode off')
  return `${issue}`
}
const trunkFile = (run: string, path: string) => world.git('show', `refs/heads/tributary/${run}/trunk:${path}`)

async function finalBody(run: string): Promise<string> {
  const state = await world.state(run)
  if (state === null || state.phase === 'empty') throw new Error(`there is no run ${run}`)
  const { data } = await world.admin.rest.pulls.get({ ...world.at, pull_number: threadOf(state) })
  return data.body ?? ''
}

describe('a task that hands off something else than it promised', () => {
  let run = ''
  let events: RunEvent[] = []
  beforeAll(async () => {
    run = await begin(MISMATCH)
    await world.ended(run)
    await world.idle()
    events = await world.events(run)
  })

  it('is reviewed before it lands, and what needs it is told of the difference before it begins', () => {
    expect(eventsOf(events, 'task_verified').map(({ task, review }) => [task, review])).toEqual([
      ['disk', ['promise']],
      ['print', undefined],
    ])
    expectInOrder([
      placeOf(events, 'task_verified', 'disk'),
      placeOf(events, 'task_reviewed', 'disk'),
      placeOf(events, 'task_adapted', 'print'),
      placeOf(events, 'task_landed', 'disk'),
      placeOf(events, 'task_queued', 'print'),
    ])
    expect(eventsOf(events, 'task_adapted')).toMatchObject([{ of: 'disk', ofAttempt: 1, words: CHANGE }])
  })
  it('shows the reviewer goal, promise, hand-off, acceptance, diff and the tasks behind it, in a context of its own', () => {
    const [review, ...more] = promptsOf(stage.model, reviewOf('disk'))
    expect(more).toEqual([])
    expect(review?.model).toBe('claude-opus-5-5')
    expect(review?.toolNames).toEqual([])
    expect(`${review?.system}`).toContain(MISMATCH)
    for (const part of [
      'Write disk/done.txt.',
      '`load(path)`, exported by disk/disk.mjs',
      'readText(path, fallback) in disk/disk.mjs',
      '`load` is no longer named',
      'The acceptance ["node","disk/disk.mjs"] has passed',
      '+export const readText',
      'disk/disk.mjs exports load(path).',
    ])
      expect(review?.firstText).toContain(part)
  })
  it('leads to later work that fits what is there, at the first attempt', () => {
    expect(talksOf(stage.model, 'print').map(([first]) => first?.firstText)).toEqual([
      expect.stringMatching(
        /# Changed since the plan was written[\s\S]*change after disk[\s\S]*readText\(path, fallback\)/,
      ),
    ])
    expect(eventsOf(events, 'task_failed')).toEqual([])
    expect(trunkFile(run, 'print/print.mjs')).toContain("import { readText } from '../disk/disk.mjs'")
  })
  it('is told to people: that a model reviewed, what differs, and whose brief it changed', async () => {
    await expectFinished(world, run, {
      title: 'Done',
      checks: { disk: 'success', print: 'success' },
      pulls: { merged: ['disk', 'print'], closed: [] },
    })
    const body = await finalBody(run)
    expect(body).toContain('**Reviewed by a model before it landed**')
    expect(body).toContain('**Reviewed by a model, `claude-opus-5-5`: nothing to change** (it is not what was promised')
    expect(body).toContain('Changed by the review of `disk`: disk/disk.mjs exports')
    expect(body).toMatch(/^\| review, `claude-opus-5-5` \|/m)
    const state = await world.state(run)
    if (state === null || state.phase === 'empty') throw new Error('there is no run')
    expect((await statusOf(world, state)).body).toContain('Its brief was changed by the review of `disk`.')
    const pull = state.projected['pull:disk']?.number ?? 0
    const { data } = await world.admin.rest.pulls.get({ ...world.at, pull_number: pull })
    expect(data.body).toContain('Not as promised: `load` is no longer named')
  })
})

describe('a result that a reviewer sends back', () => {
  let run = ''
  let events: RunEvent[] = []
  beforeAll(async () => {
    run = await begin(BACK)
    await world.when(run, 'in review', (_, work) => recordOf(work, 'table').state.status === 'verified')
    thinking.open()
    await world.when(run, 'done with what is beside it', (_, { tasks }) => tasks.beside?.state.status === 'landed')
    const state = await world.state(run)
    expect(state?.phase === 'active' && recordOf(state.work, 'table').state.status).toBe('verified')
    expect(state?.phase === 'active' && recordOf(state.work, 'page').attempts).toEqual([])
    door.open()
    await world.ended(run)
    await world.idle()
    events = await world.events(run)
  })

  it('does not land, while nothing else waits for its review', () => {
    expectInOrder([
      placeOf(events, 'task_verified', 'table'),
      placeOf(events, 'task_landed', 'beside'),
      placeOf(events, 'task_reviewed', 'table'),
      placeOf(events, 'task_landed', 'table'),
      placeOf(events, 'task_queued', 'page'),
    ])
    expect(eventsOf(events, 'task_landed').find(({ task }) => task === 'table')).toMatchObject({ attempt: 2 })
  })
  it('is done again by an agent that is told the findings and what was there', () => {
    const [, second = [], ...more] = talksOf(stage.model, 'table')
    expect(more).toEqual([])
    const told = second[0]?.firstText ?? ''
    expect(told).toContain('a reviewer (another model) sent it back with these findings')
    expect(told).toContain(FINDING)
    expect(told).toContain('What attempt 1 had changed')
    expect(told).toContain('+export const cells')
    expect(second[0]?.model).toBe('claude-sonnet-5-5')
  })
  it('is sent back once: what comes then is judged by its acceptance', () => {
    expect(promptsOf(stage.model, reviewOf('table'))).toHaveLength(1)
    expect(eventsOf(events, 'task_reviewed')).toMatchObject([{ task: 'table', attempt: 1, verdict: 'sent-back' }])
    expect(eventsOf(events, 'task_failed')).toEqual([])
    expect(trunkFile(run, 'table/table.mjs')).toContain('export const rows')
  })
  it('is labelled wherever people look', async () => {
    await expectFinished(world, run, {
      title: 'Done',
      checks: { table: 'success', page: 'success', beside: 'success' },
      pulls: { merged: ['beside', 'page', 'table'], closed: [] },
    })
    const body = await finalBody(run)
    expect(body).toContain('attempt 1 was sent back')
    expect(body).toContain('export it as `rows`, which page is written against')
    const state = await world.state(run)
    if (state?.phase !== 'ended' || state.work === null) throw new Error('the run has not ended')
    const first = recordOf(state.work, 'table').attempts[0]
    const ref = first?.head ?? ''
    const { data } = await world.admin.rest.checks.listForRef({ ...world.at, ref })
    expect(data.check_runs).toMatchObject([
      {
        conclusion: 'neutral',
        output: {
          title: 'Verified, and sent back by a model that reviewed it',
          summary: expect.stringContaining('sent-back'),
        },
      },
    ])
    expect(await checksOf(world, state.work, ['table'])).toEqual({ table: 'success' })
  })
})

it('asked the model for nothing that a model could not have said', () => {
  expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
})
