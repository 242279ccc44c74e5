import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LOCAL_ACTION, workflowFor } from '../../src/cli/example-files.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import type { LiveRun } from '../../src/core/run/state.ts'
import { tools } from '../../src/model-double/answer.ts'
import { visit } from '../hub/pages/browser.ts'
import { create, finish, planned, startAgentWorld, usual, whenTask } from './support/agents.ts'
import { eventsOf } from './support/world.ts'

/** How much faster the clocks of all jobs go. */
const SPEED = 30
const workflow = workflowFor(LOCAL_ACTION).replaceAll(
  /ANTHROPIC_BASE_URL: '[^']+'/g,
  (entry) => `${entry}, TEST_CLOCK: '${Date.now()}:${SPEED}', TRIBUTARY_SILENCE_SECONDS: '90000'`,
)
const settings = [
  // All of it in seconds of the jobs' clocks: a busy machine must not run into a limit.
  'slots: { idle_seconds: 3600 }',
  'limits: { pushes_per_minute: 6000, status_seconds: 10, poll_seconds: 15, task_minutes: 360 }',
  '',
].join('\n')

const plan = planned('t1', { t1: { size: 'small' } })
const told: string[] = []
let letGo = (): void => undefined
/** The agent of the first attempt thinks until its slot is gone. */
const gone = new Promise<void>((resolve) => {
  letGo = resolve
})
const rules = [
  whenTask('t1', async ({ turns, firstText }) => {
    if (turns === 0) told.push(firstText)
    if (told.length === 1) {
      if (turns > 0) await gone
      return tools([create('t1/half.txt', 'the first half\n')])
    }
    return turns === 0 ? tools([create('t1/done.txt', 'done by t1\n')]) : finish('Wrote the other half.')
  }),
  ...usual(plan),
]

let stage: Awaited<ReturnType<typeof startAgentWorld>>
let events: RunEvent[]
let state: LiveRun
let names: () => Promise<string[]>
/** The pages of the task while its first slot works, and at the end: of the last attempt, and of the first. */
let pages: { atWork: string; ended: string; first: string }
beforeAll(async () => {
  stage = await startAgentWorld(rules, {
    files: { '.github/workflows/tributary.yml': workflow, '.github/tributary.yml': settings },
  })
  const { world } = stage
  names = async () =>
    (await world.admin.rest.actions.listArtifactsForRepo({ ...world.at, per_page: 100 })).data.artifacts.map(
      ({ name }) => name,
    )
  const issue = await world.openIssue('Please write two files.')
  await world.say(issue, '/plan --mode off')
  await world.until('a checkpoint', async () => (await names()).includes(`tributary-${issue}-t1-1-work1`))
  const visitor = await visit(world.hub)
  const page = async (query = '') => (await visitor.get(`/runs/${issue}/tasks/t1${query}`)).text
  const atWork = await page()
  await world.fault({ kind: 'kill-job', name: '^slot ', count: 1 })
  await world.when(`${issue}`, 'at work once more', (_, { tasks }) => (tasks.t1?.attempts.length ?? 0) > 1)
  letGo()
  state = await world.ended(`${issue}`)
  events = await world.events(`${issue}`)
  pages = { atWork, ended: await page(), first: await page('?attempt=1') }
})
afterAll(() => stage.close())

describe('a slot that is killed in the middle of an attempt', () => {
  it('costs no task and no person: the run ends well', () => {
    expect(state).toMatchObject({ phase: 'ended', conclusion: 'success' })
    expect(eventsOf(events, 'task_failed')).toEqual([])
    expect(eventsOf(events, 'task_returned')).toMatchObject([
      { task: 't1', attempt: 1, kept: { steps: [expect.stringContaining('write {"path":"t1/half.txt"')] } },
    ])
  })

  it('is paid for as far as its checkpoint knows, and the rest of its reservation counts as unknown', () => {
    const [known, unknown, ...more] = state.ledger.spent['t1/1'] ?? []
    expect([known?.model, known?.calls, known?.unknown, more]).toEqual(['claude-sonnet-5-5', 1, 0, []])
    const reserved = eventsOf(events, 'task_started').find(({ attempt }) => attempt === 1)?.allowance ?? 0
    expect((known?.usd ?? 0) + (unknown?.usd ?? 0)).toBeCloseTo(reserved, 9)
    expect([unknown?.model, unknown?.unknown]).toEqual(['unknown', unknown?.usd])
  })

  it('is gone on from: the next agent has the files, and is told so', () => {
    expect(told).toHaveLength(2)
    expect(told[1]).toContain('Your files hold the work of attempt 1, which was interrupted: go on from there.')
    expect(told[1]).toContain('+the first half')
  })

  it('does no work twice: both halves are in trunk, and the first was written once', () => {
    for (const file of ['half', 'done']) stage.world.git('show', `refs/heads/tributary/1/trunk:t1/${file}.txt`)
    const landed = eventsOf(events, 'task_verified')
    expect(landed.map(({ attempt, report }) => [attempt, report.turns])).toEqual([[2, 2]])
    expect(landed[0]?.report.handOff?.files).toEqual(['t1/done.txt', 't1/half.txt'])
  })

  it('shows on the page of its task what its agents did: as it grew, and as the first slot had left it', () => {
    const wrote = /<code>write<\/code> t1\/half\.txt <span class="call-done">✓ done<\/span>/
    expect(pages.atWork).toContain('Transcript of attempt 1, as it grows')
    expect(pages.atWork).toMatch(wrote)
    expect(pages.first).toContain('Transcript of attempt 1, as far as its last checkpoint has it')
    expect(pages.first).toMatch(wrote)
    expect(pages.ended).toContain('Transcript of attempt 2</h2>')
    expect(pages.ended).toMatch(/<code>finish<\/code>[\s\S]*did: Wrote the other half\./)
    expect(pages.ended).not.toContain('cannot be read')
  })

  it('leaves no checkpoint but the one that its slot could not take away', async () => {
    const left = await stage.world.until('the checkpoints of the second slot to go', async () => {
      const found = (await names()).filter((name) => name.includes('-work'))
      return found.length === 1 && found
    })
    expect(left).toEqual(['tributary-1-t1-1-work1'])
  })
})
