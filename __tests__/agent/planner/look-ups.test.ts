import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { design } from '../../../src/agent/planner/design.ts'
import type { PlanHead } from '../../../src/agent/planner/plan-schema.ts'
import { structuredAnswer } from '../../../src/agent/planner/structured-answer.ts'
import type { ModelRequest } from '../../../src/ports/model.ts'
import { calls, type Said, saidModel, says } from '../../support/said-model.ts'
import { exploration, input, metered, neverAborted, sources, written, writtenPlan } from './planner-fixtures.ts'

const view = { name: 'view', input: { path: 'src/http.ts', from: null, to: null } }
const search = (pattern: string) => ({
  name: 'search',
  input: { pattern, literal: true, ignore_case: false, glob: null, context: 0, files_only: false },
})
const word = says('{"word":"done"}')

/** A dollar buys a million tokens. */
async function asks(said: readonly Said[], usd = 100) {
  const model = saidModel(said)
  const answer = await structuredAnswer(
    {
      metered: metered(model, usd),
      model: 'strong',
      sources,
      system: [],
      blocks: [{ kind: 'text', text: 'What?' }],
      schema: z.strictObject({ word: z.string() }),
      maxTokens: 8000,
    },
    neverAborted,
  )
  return { answer, requests: model.requests }
}

const last = ({ turns }: ModelRequest) => turns.at(-1)?.blocks ?? []
const may = ({ withoutCalls }: ModelRequest) => withoutCalls !== true
const OVER = { kind: 'text', text: 'Your look-ups are over. Answer now.' }

describe('what a planner looks up before it answers', () => {
  it('is read from the base, and stands in the conversation that the answer ends', async () => {
    const { answer, requests } = await asks([calls([view, search('nothing')]), word])
    expect(answer).toEqual({ ok: true, value: { word: 'done' } })
    expect(requests.map(({ tools }) => tools.map(({ name }) => name))).toEqual(
      [1, 2].map(() => ['view', 'search', 'list', 'log']),
    )
    expect(requests[1]?.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    const [seen, none] = last(requests[1] as ModelRequest)
    expect(seen).toMatchObject({ kind: 'result', text: expect.stringContaining('send = (request: Request)') })
    expect(none).toMatchObject({ kind: 'result', text: 'No line matches' })
    expect(requests.every(may)).toBe(true)
  })

  it('is thirty calls at most: then no tool may be called, and it has to answer', async () => {
    const ten = (at: number) => calls(Array.from({ length: 10 }, (_, n) => search(`word ${at} ${n}`)))
    const { answer, requests } = await asks([ten(1), ten(2), ten(3), word])
    expect(answer).toMatchObject({ ok: true })
    expect(requests.map(may)).toEqual([true, true, true, false])
    expect(last(requests[3] as ModelRequest).at(-1)).toMatchObject(OVER)
    expect(last(requests[2] as ModelRequest)).toHaveLength(10)
  })

  it('answers no call above the thirtieth of one turn', async () => {
    const many = (at: number) => calls(Array.from({ length: 20 }, (_, n) => search(`word ${at} ${n}`)))
    const { requests } = await asks([many(1), many(2), word])
    const failed = last(requests[2] as ModelRequest).map((block) => block.kind === 'result' && block.failed)
    expect(failed).toEqual([...Array(10).fill(false), ...Array(10).fill(true), false])
  })

  it('is a fifth of the money at most', async () => {
    const costs = (tokens: number) => ({ usage: { fresh: tokens, cached: 0, written: 0, output: 0 } })
    const { answer, requests } = await asks([calls([view], costs(150_000)), calls([view], costs(100_000)), word], 1)
    expect(answer).toMatchObject({ ok: true })
    expect(requests.map(may)).toEqual([true, true, false])
  })

  it('is over when it goes in circles', async () => {
    const { requests } = await asks([...Array.from({ length: 5 }, () => calls([view])), word])
    expect(requests.map(may)).toEqual([true, true, true, true, true, false])
  })

  it('fails the stage if it calls a tool all the same', async () => {
    const costs = { usage: { fresh: 300_000, cached: 0, written: 0, output: 0 } }
    const { answer } = await asks([calls([view], costs), calls([view])], 1)
    expect(answer).toEqual({ ok: false, why: 'the model called a tool, and there is none any more' })
  })

  it('leaves what it asks for again as it was: a retry may look things up too', async () => {
    const { answer, requests } = await asks([says('{}'), calls([view]), word])
    expect(answer).toMatchObject({ ok: true })
    expect(requests).toHaveLength(3)
  })
})

describe('a plan that is written after look-ups', () => {
  async function designed(said: readonly Said[]) {
    const heads: PlanHead[] = []
    const tasks: string[] = []
    let restarts = 0
    const result = await design(
      {
        metered: metered(saidModel(said)),
        model: 'strong',
        sources,
        input: input(),
        explorations: [exploration],
        questions: [],
        answers: [],
        questionsAllowed: false,
        revisions: [],
        previous: null,
        fixed: [],
        on: {
          head: (head) => void heads.push(head),
          task: ({ id }) => void tasks.push(id),
          restart: () => {
            restarts += 1
          },
        },
      },
      neverAborted,
    )
    return { result, heads, tasks, restarts }
  }
  const plan = writtenPlan([written('t1'), written('t2')])

  it('streams its head and tasks as one that is written at once', async () => {
    const { result, heads, tasks, restarts } = await designed([calls([view]), says(plan)])
    expect(result).toMatchObject({ ok: true, draft: { plan: { tasks: [{ id: 't1' }, { id: 't2' }] } } })
    expect([heads.length, tasks, restarts]).toEqual([1, ['t1', 't2'], 0])
  })

  it('takes back what stood beside the calls', async () => {
    const early = writtenPlan([written('t1'), written('early')])
    const { result, tasks, restarts } = await designed([calls([view], { text: early }), says(plan)])
    expect(result).toMatchObject({ ok: true, draft: { plan: { tasks: [{ id: 't1' }, { id: 't2' }] } } })
    expect(restarts).toBe(1)
    expect(tasks.slice(-2)).toEqual(['t1', 't2'])
  })
})
