import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/run/event.ts'
import { json, paced, tools } from '../../src/model-double/answer.ts'
import type { LoggedRequest } from '../../src/model-double/log.ts'
import { asksFor, checks, create, finish, planned, startAgentWorld, taskOf, usual, views } from './support/agents.ts'
import { SETTINGS } from './support/repository.ts'
import { eventsOf } from './support/world.ts'

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const plan = planned(IDS.join(', '))
/** Long enough that its stream can be told from its end: about two seconds. */
const PACE = { chunk: 40, milliseconds: 12 }

let stage: Awaited<ReturnType<typeof startAgentWorld>>
let events: RunEvent[]
beforeAll(async () => {
  stage = await startAgentWorld(
    [
      { when: asksFor('tasks'), say: paced(json(plan), PACE) },
      {
        when: (request) => taskOf(request) !== null,
        say: (request) => {
          const id = taskOf(request) ?? ''
          const turns = [
            tools([views('README.md')]),
            tools([views('shared.txt'), create(`${id}/done.txt`, `done by ${id}\n`)]),
            tools([checks(request, 'sh', 'tools/check.sh', id)]),
          ]
          return turns[request.turns] ?? finish(`Wrote ${id}/done.txt.`)
        },
      },
      ...usual(plan),
    ],
    { files: { '.github/tributary.yml': SETTINGS.replace('start: 4', 'start: 8') } },
  )
  const issue = await stage.world.openIssue('Please write eight files.')
  await stage.world.say(issue, '/plan --mode off')
  await stage.world.ended(`${issue}`)
  events = await stage.world.events(`${issue}`)
})
afterAll(() => stage.close())

const isWork = ({ body }: LoggedRequest): boolean => (body?.tools ?? []).some(({ name }) => name === 'edit')

describe('eight workers', () => {
  it('read most of their prompts from the cache', () => {
    const work = stage.model.requests.filter(isWork)
    const sum = (of: (usage: NonNullable<LoggedRequest['usage']>) => number) =>
      work.reduce((total, { usage }) => total + (usage === null ? 0 : of(usage)), 0)
    const cached = sum((usage) => usage.cache_read_input_tokens ?? 0)
    const all = cached + sum((usage) => usage.input_tokens + (usage.cache_creation_input_tokens ?? 0))
    console.log(
      `${work.length} calls of 8 workers: ${all} tokens of prompts, ${((100 * cached) / all).toFixed(1)} % read from the cache`,
    )
    expect(work.length).toBe(32)
    expect(cached / all).toBeGreaterThan(0.6)
  })
  it('begin before the plan is whole', () => {
    const design = stage.model.requests.find(({ body }) =>
      JSON.stringify(body?.output_config ?? {}).includes('"tasks"'),
    )
    const begun = Math.min(...eventsOf(events, 'task_started').map(({ at }) => Date.parse(at)))
    const [streamed, ended] = [design?.startedAt.getTime() ?? 0, design?.endedAt?.getTime() ?? 0]
    const planned = Date.parse(eventsOf(events, 'task_planned')[0]?.at ?? '')
    console.log(
      `the plan streams for ${ended - streamed} ms; its first task is recorded after ${planned - streamed} ms, and at work after ${begun - streamed} ms`,
    )
    expect(planned).toBeLessThan(ended)
    expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
  })
})
