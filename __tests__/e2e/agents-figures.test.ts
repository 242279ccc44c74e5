import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tools } from '../../src/model-double/answer.ts'
import type { LoggedRequest } from '../../src/model-double/log.ts'
import { checks, create, finish, planned, startAgentWorld, taskOf, usual, views } from './support/agents.ts'
import { SETTINGS } from './support/repository.ts'

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const plan = planned(IDS.join(', '))

let stage: Awaited<ReturnType<typeof startAgentWorld>>
beforeAll(async () => {
  stage = await startAgentWorld(
    [
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
    expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
  })
})
