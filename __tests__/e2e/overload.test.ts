import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LOCAL_ACTION, workflowFor } from '../../src/cli/example-files.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import type { LiveRun } from '../../src/core/run/state.ts'
import { json, tools } from '../../src/model-double/answer.ts'
import { status } from '../../src/model-double/fault.ts'
import type { Reply, Say } from '../../src/model-double/script.ts'
import { asksFor, create, finish, honest, planned, startAgentWorld, usual, whenTask } from './support/agents.ts'
import { eventsOf, startsIn } from './support/world.ts'

/** How much faster the clocks of all jobs go. */
const SPEED = 30
const minutes = (many: number): number => (many * 60_000) / SPEED
const workflow = workflowFor(LOCAL_ACTION).replaceAll(
  /ANTHROPIC_BASE_URL: '[^']+'/g,
  (entry) => `${entry}, TEST_CLOCK: '${Date.now()}:${SPEED}', TRIBUTARY_SILENCE_SECONDS: '900'`,
)
const settings = [
  // All of it in seconds of the jobs' clocks: a busy machine must not run into a limit.
  'slots: { idle_seconds: 3600 }',
  'limits: { pushes_per_minute: 6000, status_seconds: 10, poll_seconds: 15, task_minutes: 360 }',
  '',
].join('\n')

/** From the first request on, for so many minutes of the jobs' clocks, the API is overloaded. */
function overloaded(many: number, then: Say): Say {
  let since: number | null = null
  return (request, turn): Reply | Promise<Reply> => {
    since ??= Date.now()
    return Date.now() - since < minutes(many) ? status(529) : then(request, turn)
  }
}

const plan = planned('t1, t2', { t1: { size: 'small' }, t2: { size: 'small' } })
const five = overloaded(5, () => finish('Wrote t1/done.txt.'))
const twelve = overloaded(12, (request) =>
  request.turns === 0 ? tools([create('t2/done.txt', 'done by t2\n')]) : finish('Wrote the other half.'),
)
let asked = 0
const rules = [
  { when: asksFor('tasks'), say: overloaded(5, () => json(plan)) },
  whenTask('t1', (request, turn) => (request.turns === 0 ? honest(request, turn) : five(request, turn))),
  whenTask('t2', (request, turn) => {
    asked += 1
    return asked === 1 ? tools([create('t2/half.txt', 'the first half\n')]) : twelve(request, turn)
  }),
  ...usual(plan),
]

let stage: Awaited<ReturnType<typeof startAgentWorld>>
let events: RunEvent[]
let state: LiveRun
beforeAll(async () => {
  stage = await startAgentWorld(rules, {
    files: { '.github/workflows/tributary.yml': workflow, '.github/tributary.yml': settings },
  })
  const issue = await stage.world.openIssue('Please write two files.')
  await stage.world.say(issue, '/plan --mode off')
  state = await stage.world.ended(`${issue}`)
  events = await stage.world.events(`${issue}`)
})
afterAll(() => stage.close())

const bodies = () =>
  stage.model.requests.flatMap(({ body, status: code }) =>
    body === null ? [] : [{ code, text: JSON.stringify(body) }],
  )

describe('a model that is overloaded for minutes', () => {
  it('ends no run, asks no person and fails no task', () => {
    expect(state).toMatchObject({ phase: 'ended', conclusion: 'success' })
    expect(eventsOf(events, 'stage_failed')).toEqual([])
    expect(eventsOf(events, 'task_failed').map(({ task, final, failure }) => [task, final, failure.reason])).toEqual([
      ['t2', false, 'model-busy'],
    ])
    expect(eventsOf(events, 'run_paused')).toEqual([])
  })

  it('for five minutes, makes the planner wait, which is said, and it plans when it is answered', () => {
    expect(eventsOf(events, 'model_busy')).toMatchObject([{ why: expect.stringContaining('529 overloaded_error') }])
    expect(eventsOf(events, 'model_answered')).toHaveLength(1)
  })

  it('for five minutes, makes a worker wait in the middle of its attempt, and go on where it was', () => {
    expect(startsIn(events).filter(({ task }) => task === 't1')).toHaveLength(1)
    const [took] = eventsOf(events, 'task_verified').filter(({ task }) => task === 't1')
    expect(took?.report.workSeconds).toBeLessThan(300)
  })

  it('for longer than a slot waits, parks the task, which goes on from the work that was done', () => {
    const started = startsIn(events).filter(({ task }) => task === 't2')
    expect(started).toHaveLength(2)
    const told = bodies().filter(({ text }) => text.includes('it is in your files: go on from there'))
    expect(told.length).toBeGreaterThan(0)
    const { world } = stage
    for (const file of ['half', 'done']) world.git('show', `refs/heads/tributary/1/trunk:t2/${file}.txt`)
  })

  it('asks no more often than about every two minutes, after the first tries', () => {
    const refused = bodies().filter(({ code }) => code === 529)
    expect(refused.length).toBeGreaterThan(12)
    expect(refused.length).toBeLessThan(40)
  })
})
