import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/run/event.ts'
import { gate, held, json } from '../../src/model-double/answer.ts'
import { asksFor, planned, startAgentWorld, usual } from './support/agents.ts'
import { agreement, eventsOf, startsIn } from './support/world.ts'

const plan = planned('a > c, b > d')
/** The stream of the plan stops behind its first task, until that one is at work. */
const written = gate()
let stage: Awaited<ReturnType<typeof startAgentWorld>>
let events: RunEvent[]

beforeAll(async () => {
  const slow = held(json(plan), written.opened, '"id":"b"')
  stage = await startAgentWorld([{ when: asksFor('tasks'), say: slow, times: 1 }, ...usual(plan)])
  const { world } = stage
  const issue = await world.openIssue('Please write four files.')
  await world.say(issue, '/plan --mode off')
  await world.when(`${issue}`, 'at work on a', (_, { tasks }) => tasks.a?.state.status === 'in_progress')
  written.open()
  await world.ended(`${issue}`)
  events = await world.events(`${issue}`)
})
afterAll(() => stage.close())

const at = (type: RunEvent['type'], of: (event: RunEvent) => boolean = () => true): number => {
  const found = events.findIndex((event) => event.type === type && of(event))
  if (found === -1) throw new Error(`there is no ${type}`)
  return found
}

describe('in `off`, a plan that is still being written', () => {
  it('is a run already: its first task starts before its last one is planned', () => {
    const started = at('task_started', (event) => 'task' in event && event.task === 'a')
    expect(at('plan_begun')).toBeLessThan(started)
    expect(started).toBeLessThan(
      at('task_planned', (event) => event.type === 'task_planned' && event.planned.id === 'd'),
    )
    expect(started).toBeLessThan(at('plan_proposed'))
  })
  it('loses nothing of what was begun when it is whole', () => {
    expect(
      startsIn(events)
        .map(({ task, attempt }) => `${task}/${attempt}`)
        .toSorted(),
    ).toEqual(['a/1', 'b/1', 'c/1', 'd/1'])
  })
  it('comes to the same end as any other', async () => {
    const { world } = stage
    const both = await agreement(world, '1')
    expect(both.state).toEqual(both.folded)
    expect(both.trunkInGit).toBe(both.trunkInJournal)
    expect(both.state).toMatchObject({ phase: 'ended', conclusion: 'success' })
    expect(world.git('show', 'refs/heads/tributary/1/trunk:d/done.txt')).toBe('done by d')
  })
  it('asked the model for nothing that a model could not have said', () => {
    expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
  })
  it('is asked for once', () => {
    expect(eventsOf(events, 'plan_drafted')).toHaveLength(1)
    expect(eventsOf(events, 'money_reserved').filter(({ role }) => role === 'plan')).toHaveLength(1)
  })
  it('leaves what each task handed over in the check on its pull request', async () => {
    const { world } = stage
    await world.idle()
    const { data } = await world.admin.rest.pulls.list({ ...world.at, state: 'all', base: 'tributary/1/trunk' })
    expect(data.map(({ head }) => head.ref).toSorted()).toEqual(['a', 'b', 'c', 'd'].map((id) => `tributary/1/${id}`))
    for (const { body, merged_at, head } of data) {
      expect(merged_at).not.toBeNull()
      expect(body).toContain('Nothing to do here')
      const { data: checks } = await world.admin.rest.checks.listForRef({ ...world.at, ref: head.sha })
      const of = checks.check_runs.find(({ name }) => name.startsWith(`tributary / ${head.ref.at(-1)} `))
      expect([of?.conclusion, of?.output.text]).toEqual([
        'success',
        expect.stringContaining(`- Files: \`${head.ref.at(-1)}/done.txt\``),
      ])
    }
  })
})
