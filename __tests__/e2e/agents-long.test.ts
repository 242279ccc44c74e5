import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/run/event.ts'
import { workOf } from '../../src/core/run/state.ts'
import type { Say } from '../../src/model-double/script.ts'
import { nightly } from '../support/nightly.ts'
import { create, finish, planned, runs, startAgentWorld, taskOf, usual } from './support/agents.ts'
import { calm } from './support/calm.ts'
import { calls, talksOf } from './support/talk.ts'
import { eventsOf } from './support/world.ts'

const GRAPH = 't1 > t3 > t5 > reader, t2 > t4 > t6, t7, t8 > t9 > t10 > t11'
const TURNS = 16
/** Of one look, and how many a turn: what a tool says is at most 10,000 characters long. */
const LINES = 70
const LOOKS_A_TURN = 6
/** About 125 characters each. */
const NOTES = Array.from(
  { length: TURNS * LOOKS_A_TURN * LINES },
  (_, n) => `${n + 1} ${'a line of notes that is long enough to count for something, '.repeat(2)}`,
)

/** Reads all of the notes, which are far more than a model can hold in mind, then does its task. */
const reads: Say = ({ turns }) => {
  const look = (nth: number) => ({
    name: 'view',
    input: { path: 'notes.txt', from: nth * LINES + 1, to: (nth + 1) * LINES },
  })
  if (turns < TURNS) return calls(...Array.from({ length: LOOKS_A_TURN }, (_, nth) => look(turns * LOOKS_A_TURN + nth)))
  if (turns === TURNS) return calls(create('reader/done.txt', 'done by reader\n'))
  return turns === TURNS + 1 ? calls(runs('sh', 'tools/check.sh', 'reader', 't5')) : finish('Read it all.')
}
const honest: Say = (request) => {
  const id = taskOf(request) ?? ''
  return request.turns === 0 ? calls(create(`${id}/done.txt`, `done by ${id}\n`)) : finish(`Wrote ${id}/done.txt.`)
}

describe('twelve tasks whose agents run what the plan lists', nightly, () => {
  let stage: Awaited<ReturnType<typeof startAgentWorld>>
  let events: readonly RunEvent[]
  beforeAll(async () => {
    const rules = [
      { when: taskIs('reader'), say: reads },
      { when: (request: Parameters<Say>[0]) => taskOf(request) !== null, say: honest },
    ]
    stage = await startAgentWorld([...rules, ...usual(planned(GRAPH))], {
      files: { 'notes.txt': `${NOTES.join('\n')}\n`, '.github/tributary.yml': calm('agent_commands: listed') },
    })
    const { world } = stage
    const issue = await world.openIssue('Please write twelve files.')
    const { pull, planId } = await world.plan(issue)
    await world.say(pull, `/approve ${planId.slice(0, 12)}`)
    await world.ended(`${issue}`)
    events = await world.events(`${issue}`)
  })
  afterAll(() => stage.close())

  it('land, each in its first attempt', async () => {
    const state = await stage.world.state('1')
    expect(state).toMatchObject({ phase: 'ended', conclusion: 'success' })
    const tasks = Object.values((state && workOf(state))?.tasks ?? {})
    expect(tasks.map(({ attempts }) => attempts.length)).toEqual(Array.from({ length: 12 }, () => 1))
    expect(eventsOf(events, 'task_landed')).toHaveLength(12)
    expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
  })
  it('have no shell', () => {
    for (const { toolNames } of talksOf(stage.model, 't1').flat()) expect(toolNames).not.toContain('bash')
  })
  it('go on where one outgrows its window: old results are shortened, the brief and the last turns are not', () => {
    const [talk = [], ...more] = talksOf(stage.model, 'reader')
    expect(more).toEqual([])
    expect(talk).toHaveLength(TURNS + 3)
    const sizes = talk.map((request) => allText(request).length)
    expect(Math.max(...sizes)).toBeLessThan(700_000)
    expect(sizes.some((size, nth) => nth > 0 && size < (sizes[nth - 1] ?? 0))).toBe(true)
    const last = talk.at(-1)
    expect(last?.firstText).toBe(talk[0]?.firstText)
    expect(last && allText(last)).toContain(
      'more characters are left out here to save room. Call the tool again if you need it.',
    )
  })
})

const allText = ({ body }: Parameters<Say>[0]): string => JSON.stringify(body.messages)

function taskIs(id: string) {
  return (request: Parameters<Say>[0]) => taskOf(request) === id
}
